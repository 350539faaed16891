"""The stored tables as questions see them: what is read of each, and calls put together of several."""

from sqlglot import exp

from everycall.calls.statement import DIALECT, parse, write

BY_ID = "COLUMNS(LAMBDA name: NOT name IN ('call_no', 'episode_no', 'helped_by_no'))"
"""What is read of a stored table: calls and episodes go by their ids."""

NUMBERS = {
    **dict.fromkeys(
        ("counted", "visits", "attempts", "talks", "holds"),
        "call_no AS call_id, * EXCLUDE (call_id, call_no)",
    ),
    "episodes": "episode_no AS episode, helped_by_no AS helped_by, "
    "* EXCLUDE (episode, helped_by, episode_no, helped_by_no)",
    "episode_calls": "call_no AS call_id, episode_no AS episode",
}
"""What is read of some of them where calls and episodes go by their numbers, in the place of the ids."""

IDS = """
SELECT id, call_id FROM call_names
UNION ALL
SELECT l.id, n.call_id FROM links AS l INNER JOIN call_names AS n ON n.id = l.call_id
"""
"""Every id that an event may name a call by, and the call as it goes by here."""

WHOLE = """
SELECT c.*, {episode},
  CASE WHEN NOT c.caller_key IS NULL THEN NOT s.caller_key IS NULL END AS shared_number
FROM {calls} AS c
LEFT JOIN {episode_calls} AS e ON e.{key} = c.{key}
LEFT JOIN sharing AS s ON s.caller_key = c.caller_key
"""
"""Calls as they were counted, with the episode of each and whether its number is shared."""

CALLS = WHOLE.format(
    calls="counted", episode_calls="episode_calls", key="call_id", episode="e.episode"
)


def of_history(statement: str) -> str:
    """Return a statement over calls as they were counted: `calls` knows more, and costs more."""
    tree = exp.replace_tables(parse(statement), {"calls": "counted"}, dialect=DIALECT)
    return write(tree)
