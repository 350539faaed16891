"""From what was gathered to the facts, the outcome and the finished table of calls."""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from everycall.calls.facts import ENDS, FACTS
from everycall.calls.model import Fact, Rule, Setting
from everycall.calls.outcomes import INBOUND_RULES, OUTBOUND_RULES
from everycall.calls.results import RESULTS
from everycall.calls.statement import add_columns, fill, parse
from everycall.events.sights import Sight

_PLACED = """
SELECT g.call_id, g.client, g.language, s.stopped_at, d.shut_at,
  m.as_of, m.covered_from, m.covered_to,
  CASE WHEN NOT k.schedule IS NULL THEN NOT c.schedule IS NULL END AS open_at_arrival
FROM (
  SELECT t.call_id, t.arrived_at,
    COALESCE(h.client, pn.client, pq.client, pt.client) AS client,
    COALESCE(h.language, pn.language, pq.language, pt.language) AS language,
    COALESCE(
      sn.schedule, sq.schedule,
      'client:' || COALESCE(h.client, pn.client, pq.client, pt.client), 'site'
    ) AS wanted
  FROM touched AS t
  LEFT JOIN who AS h ON h.call_id = t.call_id
  LEFT JOIN call_visits AS v ON v.call_id = t.call_id
  LEFT JOIN places AS pn ON pn.kind = 'number' AND pn.place = h.called
  LEFT JOIN places AS pq ON pq.kind = 'queue' AND pq.place = v.first_queue
  LEFT JOIN places AS pt ON pt.kind = 'trunk' AND pt.place = h.trunk
  LEFT JOIN schedules AS sn ON sn.kind = 'number' AND sn.place = h.called
  LEFT JOIN schedules AS sq ON sq.kind = 'queue' AND sq.place = v.first_queue
) AS g
LEFT JOIN stopped_calls AS s ON s.call_id = g.call_id
LEFT JOIN shut_down_calls AS d ON d.call_id = g.call_id
CROSS JOIN moment AS m
LEFT JOIN schedules AS w ON w.schedule = g.wanted AND w.kind <> 'known'
LEFT JOIN schedules AS k ON k.kind = 'known' AND k.schedule = COALESCE(w.schedule, 'site')
LEFT JOIN calendar AS c ON c.schedule = k.schedule AND c.day = g.arrived_at // 86400000000
  AND g.arrived_at >= c.opens_at AND g.arrived_at < c.closes_at
"""

_ENDING = """
SELECT h.* EXCLUDE (client, language), p.* EXCLUDE (call_id)
FROM gathered AS h
INNER JOIN placed AS p ON p.call_id = h.call_id
"""

_WE_CALLED = "COALESCE(direction, 'inbound') IN ('outbound', 'callback')"


PENDING = (0, 100)
"""The numbers of the rules that say that a call is not over."""


def ends(setting: Setting) -> exp.Expr:
    """Return the statement that says whether and when each call ended."""
    tree = parse("SELECT * EXCLUDE (ended_at) FROM ending")
    return add_columns(tree, _expressions(ENDS, setting))


def placed() -> exp.Expr:
    """Return the statement that says where each call belongs, and whether that was open.

    It has few columns: many tables are joined here, and each would carry all that was gathered.
    """
    return parse(_PLACED)


def ending() -> exp.Expr:
    """Return the statement that brings together what is needed to tell whether a call is over."""
    return parse(_ENDING)


def facts(setting: Setting) -> exp.Expr:
    """Return the statement that works out every fact of every call."""
    tree = parse("SELECT * EXCLUDE (last_exit, direct_result) FROM ends")
    return add_columns(tree, _expressions(FACTS, setting))


def judged() -> exp.Expr:
    """Return the statement that gives each call its rule, and what kept earlier rules unsaid."""
    number = f"CASE WHEN {_WE_CALLED} THEN {_first_true(OUTBOUND_RULES, 100)} "
    number += f"ELSE {_first_true(INBOUND_RULES, 0)} END"
    columns = [
        ("rule_no", number),
        ("null_rules", _mask([rule.when for rule in INBOUND_RULES])),
        ("null_facts", _mask([fact.name for fact in FACTS])),
    ]
    return add_columns(parse("SELECT * FROM facts"), columns)


def _first_true(rules: Sequence[Rule], start: int) -> str:
    whens = " ".join(f"WHEN {rule.when} THEN {start + i}" for i, rule in enumerate(rules))
    return f"CASE {whens} END"


def _mask(expressions: Iterable[str]) -> str:
    """Return a number with a bit set for each expression that is null."""
    bits = (f"CASE WHEN ({e}) IS NULL THEN {1 << i} ELSE 0 END" for i, e in enumerate(expressions))
    return " + ".join(bits)


def coded(setting: Setting) -> exp.Expr:
    """Return the statement of the table of calls, with numbers in the place of rules."""
    tree = parse("SELECT call_id, rule_no, null_rules, null_facts FROM judged")
    return add_columns(tree, _expressions(RESULTS, setting))


def missing() -> exp.Expr:
    """Return the statement that names the unseen facts, once for every combination of them."""
    names = ", ".join(_missing_name(i, fact) for i, fact in enumerate(FACTS))
    tree = parse("SELECT DISTINCT rule_no, null_rules, null_facts FROM coded")
    return add_columns(tree, [("missing", f"CONCAT_WS(',', {names})")])


def _missing_name(bit: int, fact: Fact) -> str:
    """Name a fact that is null and that an unjudged rule before the one that matched stands on."""
    users = [i for i, rule in enumerate(INBOUND_RULES) if fact.name in rule.facts]
    earlier = " OR ".join(
        f"((null_rules & {1 << i}) <> 0 AND rule_no > {i} AND rule_no < 100)" for i in users
    )
    condition = f"(null_facts & {1 << bit}) <> 0 AND ({earlier or 'FALSE'})"
    return f"CASE WHEN {condition} THEN '{fact.name}' END"


def calls() -> exp.Expr:
    """Return the statement of the finished table of calls."""
    tree = parse(
        "SELECT c.* EXCLUDE (rule_no, null_rules, null_facts), "
        "CONCAT_WS(',', CASE WHEN c.direction_assumed THEN 'direction' END, NULLIF(m.missing, '')) "
        "AS missing FROM coded AS c "
        "INNER JOIN missing_facts AS m ON m.rule_no = c.rule_no "
        "AND m.null_rules = c.null_rules AND m.null_facts = c.null_facts"
    )
    rules = (*enumerate(INBOUND_RULES), *enumerate(OUTBOUND_RULES, 100))
    named = " ".join(f"WHEN {i} THEN '{rule.outcome}'" for i, rule in rules)
    columns = [("outcome", f"CASE c.rule_no {named} END"), ("confidence", _confidence())]
    return add_columns(tree, columns)


def _confidence() -> str:
    number = {rule.outcome: i for i, rule in enumerate(INBOUND_RULES)}
    return (
        f"CASE WHEN c.direction_assumed OR c.rule_no = {number['unknown']} OR c.outside_only "
        f"OR (c.rule_no = {number['voicemail_no_message']} AND c.message_left IS NULL) THEN 'low' "
        "WHEN m.missing <> '' THEN 'medium' ELSE 'high' END"
    )


def _expressions(declared: Iterable[Fact], setting: Setting) -> list[tuple[str, str]]:
    return [(fact.name, expression(fact, setting)) for fact in declared]


def expression(fact: Fact, setting: Setting) -> str:
    """Return a fact's SQL; what its sources cannot see is null, what was seen is true."""
    sql = fill(fact.sql, None, **_places(fact, setting)).sql("duckdb")
    if fact.type in ("BIGINT", "INTEGER"):
        return f"CAST({sql} AS {fact.type})"
    if fact.type != "BOOLEAN" or fact.sight is None:
        return sql
    seen = f"(seen_by & {setting.seeing(fact.sight)}) <> 0"
    return f"CASE WHEN {sql} THEN TRUE WHEN {seen} THEN FALSE END"


def _places(fact: Fact, setting: Setting) -> dict[str, str | int]:
    """Return what the `:names` in a fact stand for."""
    carriers = setting.mask(s.name for s in setting.sources if s.carrier)
    everything = (1 << len(setting.sources)) - 1
    longest = int(setting.limits.longest_call.total_seconds() * 1_000_000)
    places: dict[str, str | int] = {
        f"sees_{sight.value}": f"(seen_by & {setting.seeing(sight)}) <> 0" for sight in Sight
    }
    places |= {
        "not_carriers": everything - carriers,
        "too_long_ago": f"as_of - {longest}",
        "short_ms": int(setting.limits.short_call.total_seconds() * 1000),
    }
    return {name: part for name, part in places.items() if f":{name}" in fact.sql}
