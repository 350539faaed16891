"""The tables that questions need beside those of the history, each made when first asked for."""

from collections.abc import Callable, Iterable, Iterator

from sqlglot import exp

from everycall.app.asking import Asking
from everycall.app.sitefile import SiteFile
from everycall.calls.statement import words
from everycall.definitions import Definition, verdicts
from everycall.metrics.levels import JUDGED, TABLES
from everycall.metrics.presence import NAMES, presence_steps
from everycall.metrics.slots import OFFSETS, offsets, slots

Maker = Callable[[Asking, SiteFile], None]


def make(
    asking: Asking, names: Iterable[str], site: SiteFile, definition: Definition | None
) -> dict[str, str]:
    """Make what is not there yet; returns the names that tables go by where they differ."""
    other: dict[str, str] = {}
    for name in sorted(names):
        if name == "verdicts" and definition is not None:
            other[name] = _verdicts(asking, definition)
        elif name in _MAKERS and not _exists(asking, name):
            _MAKERS[name](asking, site)
    return other


def _exists(asking: Asking, name: str) -> bool:
    found = "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = ?"
    return bool(asking.rows(found, [name])[0][0])


def _slots(asking: Asking, _site: SiteFile) -> None:
    first = min(source.first_at for source in asking.manifest.sources)
    last = max(source.last_at for source in asking.manifest.sources)
    rows = list(offsets(asking.zone, first, last))
    asking.engine.load("offsets", OFFSETS, rows)
    asking.engine.view("quarters", f"SELECT range AS slot FROM RANGE({rows[0][0]}, {rows[-1][1]})")
    asking.engine.table("slots", slots())


_LONE = """
SELECT t.call_id, t.agent, t.agent_kind, t.queue, t.leg, t.seq, t.began_at, t.began_within,
  t.began_at AS ended_at, t.began_within AS ended_within, CAST(NULL AS BIGINT) AS lasted_ms,
  'answered' AS result, CAST(NULL AS INTEGER) AS q850
FROM talks AS t
INNER JOIN (
  SELECT call_id FROM counted
  WHERE answered AND NOT answered_queue IS NULL
    AND COALESCE(last_queue, '') <> answered_queue
) AS c ON c.call_id = t.call_id
LEFT JOIN visits AS v ON v.call_id = t.call_id AND v.queue = t.queue
WHERE NOT t.queue IS NULL AND v.call_id IS NULL
QUALIFY ROW_NUMBER() OVER (PARTITION BY t.call_id, t.queue ORDER BY t.began_at, t.seq) = 1
"""


def _stays(asking: Asking, _site: SiteFile) -> None:
    """Make the stays in queues: a talk there without an entry is a stay that began unseen."""
    asking.engine.table("lone_stays", _LONE)
    columns = (
        "call_id, agent, agent_kind, queue, leg, seq, began_at, began_within, ended_at, "
        "ended_within, lasted_ms, result, q850"
    )
    alone = asking.rows("SELECT COUNT(*) FROM lone_stays")[0][0]
    others = f" UNION ALL SELECT {columns} FROM lone_stays" if alone else ""
    asking.engine.view("stays", f"SELECT {columns} FROM visits{others}")


def _presence(asking: Asking, site: SiteFile) -> None:
    """Make the time of people."""
    make(asking, ["slots"], site, None)
    asking.engine.load("given_names", NAMES, site.agents.items())
    for name, statement in presence_steps(_as_of(asking)):
        asking.engine.table(name, statement)


_TAGS = """
SELECT COALESCE(l.call_id, e.call_id) AS call_id,
  MAX_BY(COALESCE(e.text, e.reason), e."at") AS tag
FROM events AS e
LEFT JOIN links AS l ON l.id = e.call_id
WHERE e.kind = 'call.tagged'
GROUP BY 1
"""


def _tags(asking: Asking, _site: SiteFile) -> None:
    asking.engine.table("tags", _TAGS)


def _teams(asking: Asking, site: SiteFile) -> None:
    teams = getattr(site, "teams", {})
    rows = [(queue, name) for name, team in teams.items() for queue in team.queues]
    asking.engine.load("teams", TABLES["teams"], rows)


def _verdicts(asking: Asking, definition: Definition) -> str:
    """Make the verdicts of a definition; a word includes the words that are a kind of it."""
    name = f"verdicts_{definition.digest}"
    if not _exists(asking, name):
        marks = ", ".join(_mark(definition, word) for word in JUDGED)
        judged = verdicts(definition, as_of=_as_of(asking), zone=asking.zone, table="judgeable")
        asking.engine.view("judgeable", _judgeable(judged))
        tree = f"SELECT call_id, category, reason, {marks} FROM ({judged.sql('duckdb')}) AS judged"
        asking.engine.table(name, tree)
    return name


def _mark(definition: Definition, word: str) -> str:
    """Return the column that says whether a call is what a word means; null if nobody can tell."""
    if word == "lost" and word not in spoken(definition):
        return "reason = 'failed_before_ring' AS lost"
    kinds = words(_kinds(definition, word))
    return f"CASE WHEN category <> 'cannot_tell' THEN category IN ({kinds}) END AS {word}"


def spoken(definition: Definition) -> set[str]:
    """Return the words that a definition has calls for."""
    return {rule.category for rule in definition.rules} | set(definition.pack.part_of.values())


def _kinds(definition: Definition, word: str) -> Iterator[str]:
    """Yield a word, and every word that the definition calls a kind of it."""
    yield word
    for part, whole in definition.pack.part_of.items():
        if whole == word:
            yield from _kinds(definition, part)


def _judgeable(judged: exp.Expr) -> str:
    """Return the calls as definitions see them."""
    if any(column.name == "helped_later" for column in judged.find_all(exp.Column)):
        return f"SELECT c.*, h.helped_later FROM counted AS c INNER JOIN ({_HELPED}) AS h ON h.call_id = c.call_id"
    return "SELECT * FROM counted"


_HELPED = """
SELECT call_id, CASE WHEN NOT caller_key IS NULL THEN COALESCE(MAX(CASE WHEN answered THEN 1 ELSE 0 END) OVER (
  PARTITION BY caller_key, client ORDER BY arrived_at, call_id
  ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) = 1 END AS helped_later
FROM counted
"""


def _as_of(asking: Asking) -> int:
    return max(source.last_at for source in asking.manifest.sources)


_MAKERS: dict[str, Maker] = {
    "presence": _presence,
    "slots": _slots,
    "stays": _stays,
    "tags": _tags,
    "teams": _teams,
}
