"""How wanted calls are told, with the lists of what belongs to them: the queries behind it."""

from collections.abc import Iterable, Sequence
from typing import Any

from everycall.app.history.filtering import Shelf
from everycall.calls.outcomes import INBOUND_RULES, OUTBOUND_RULES

_RULES = {rule.outcome: rule for rule in (*INBOUND_RULES, *OUTBOUND_RULES)}

_PARTS = """
SELECT p.key, LIST({{
  'agent': p.agent, 'agent_kind': p.agent_kind, 'queue': p.queue,
  'began_at': CASE WHEN p.began_within < 2000000 THEN p.began_at END,
  'ended_at': CASE WHEN p.ended_within < 2000000 THEN p.ended_at END,
  'lasted_ms': p.lasted_ms, 'result': p.result
}} ORDER BY p.began_at, p.ended_at, p.agent, p.seq) AS list
FROM ({parts}) AS p INNER JOIN wanted AS w ON w.key = p.key
GROUP BY p.key
"""

_OF_PARTS = ", ".join(
    f"p.{name}"
    for name in (
        *("agent", "agent_kind", "queue", "began_at", "began_within"),
        *("ended_at", "ended_within", "lasted_ms", "result", "seq"),
    )
)
"""What is read of a part: texts that nobody asked for take longer than all the rest."""

_KINDS = ", ".join(
    f"('{rule.outcome}', '{kind}')"
    for rule in _RULES.values()
    for kind in dict.fromkeys(rule.evidence)
)

NAMED = """
SELECT w.call_id AS id, w.call_id FROM wanted AS w
UNION
SELECT l.id, l.call_id FROM links AS l INNER JOIN wanted AS w ON w.call_id = l.call_id
"""
"""Every id that events may name the wanted calls by."""

SAID = 'e.call_id, e."at", e.seq, e.kind, e.source, e.reason, e.agent, e.queue, e.text'
"""What evidence tells of an event."""

STORY = f"{SAID}, e.value, e.party, e.q850"
"""What the story of a call tells of an event."""

_EVIDENCE = f"""
SELECT w.call_id, LIST({{
  'at': e."at", 'kind': e.kind, 'source': e.source, 'reason': e.reason, 'agent': e.agent,
  'queue': e.queue, 'text': e.text
}} ORDER BY e."at", e.seq) AS list
FROM named AS n
INNER JOIN wanted AS w ON w.call_id = n.call_id
INNER JOIN said AS e ON e.call_id = n.id
INNER JOIN (VALUES {_KINDS}) AS k(outcome, kind) ON k.outcome = w.outcome AND k.kind = e.kind
GROUP BY w.call_id
"""

Near = Sequence[tuple[Shelf, str, list[Any]]]
"""Shelves on which parts of the wanted calls lie, with the condition over parts `p` and its values."""


def shown(near: Near, *, parts: bool, evidence: bool) -> tuple[str, list[Any]]:
    """Return the query that tells the wanted calls with their lists, and its values."""
    lists: list[tuple[str, str, str]] = []
    values: list[Any] = []
    for table in ("visits", "attempts", "talks") if parts else ():
        found = (
            f"SELECT p.{s.key} AS key, {_OF_PARTS} FROM {getattr(s, table)} AS p WHERE {where}"
            for s, where, _ in near
        )
        lists.append((f"{table[:-1]}_list", "key", _PARTS.format(parts=united(found))))
        values += [value for _, _, given in near for value in given]
    if evidence:
        lists.append(("evidence_list", "call_id", _EVIDENCE))
    columns = "".join(f", {name}.list AS {name}" for name, _, _ in lists)
    joined = " ".join(
        f"LEFT JOIN ({query}) AS {name} ON {name}.{key} = w.{key}" for name, key, query in lists
    )
    return f"SELECT w.*{columns} FROM wanted AS w {joined}", values


def united(queries: Iterable[str]) -> str:
    """Return one query of several that have the same columns."""
    return " UNION ALL ".join(queries)
