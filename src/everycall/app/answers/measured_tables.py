"""The tables that questions need beside those of the history, each made when first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from sqlglot import exp

from everycall.app.answers.defining import as_of, judged
from everycall.app.history.asking import Asking
from everycall.app.history.kept_tables import found_once, take
from everycall.app.history.pooling import literal
from everycall.app.history.stored import of_history
from everycall.app.site.given import site_calendars
from everycall.app.site.sitefile import SiteFile
from everycall.app.site.tagging import make_tags
from everycall.calls.statement import DIALECT, parse, write
from everycall.definitions import Definition
from everycall.metrics.callers import episode_people, neighbours, ratings
from everycall.metrics.levels import JUDGED, LAST_VISITS, TABLES
from everycall.metrics.lines import LIMITS, line_steps
from everycall.metrics.presence import (
    NAMES,
    PERSON_STATES,
    SEEN_SPANS,
    TALKING,
    presence_steps,
    ring_steps,
    seen_spans,
    sign_steps,
    talking_steps,
)
from everycall.metrics.returns import BUSINESS, OWN_SCHEDULES, business, return_steps
from everycall.metrics.slots import OFFSETS, offsets, slots
from everycall.metrics.stays import COLUMNS as STAY
from everycall.metrics.stays import lone_stays
from everycall.money.ledger import ledger_steps

Maker = Callable[[Asking, SiteFile], None]


def make(
    asking: Asking, names: Iterable[str], site: SiteFile, definition: Definition | None
) -> dict[str, str]:
    """Make what is not there yet; returns the names that tables go by where they differ."""
    other: dict[str, str] = {}
    for name in sorted(names):
        if name == "returns" and definition is not None:
            other[name] = _returns(asking, site, definition)
        elif name in _MAKERS and not exists(asking, name):
            _MAKERS[name](asking, site)
    return other


def exists(asking: Asking, name: str) -> bool:
    """Tell whether there is such a table or view."""
    found = "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = ?"
    return bool(asking.rows(found, [name])[0][0])


def _slots(asking: Asking, _site: SiteFile) -> None:
    first = min(source.first_at for source in asking.manifest.sources)
    last = max(source.last_at for source in asking.manifest.sources)
    rows = list(offsets(asking.zone, first, last))
    asking.engine.load("offsets", OFFSETS, rows)
    asking.engine.view("quarters", f"SELECT range AS slot FROM RANGE({rows[0][0]}, {rows[-1][1]})")
    asking.engine.table("slots", slots())


def _stays(asking: Asking, _site: SiteFile) -> None:
    """Make the stays in queues: a talk there without an entry is a stay that began unseen."""
    found_once(
        asking,
        ["lone_stays"],
        lambda: asking.engine.table("lone_stays", lone_stays("counted")),
        in_memory=True,
    )
    alone = asking.rows("SELECT COUNT(*) FROM lone_stays")[0][0]
    others = f" UNION ALL SELECT {STAY} FROM lone_stays" if alone else ""
    asking.engine.view("stays", f"SELECT {STAY} FROM visits{others}")


_SIGNED = ("staff_names", "staff_events", "sign_ins", "pauses")


def _sign_ins(asking: Asking, site: SiteFile) -> None:
    """Make when people were signed in, and when they paused."""

    def signed() -> None:
        asking.engine.load("given_names", NAMES, site.agents.items())
        _run(asking, sign_steps(as_of(asking)))

    found_once(asking, _SIGNED, signed, site.agents, in_memory=True)


def _presence(asking: Asking, site: SiteFile) -> None:
    """Make the time of people."""

    def present() -> None:
        make(asking, ["slots", "sign_ins"], site, None)
        _run(asking, presence_steps())

    found_once(asking, ["presence", PERSON_STATES], present, site.agents)


def _talking(asking: Asking, site: SiteFile) -> None:
    """Make the time that people talked."""

    def talked() -> None:
        make(asking, ["slots", "sign_ins"], site, None)
        asking.engine.view(SEEN_SPANS, of_history(seen_spans()))
        _run(asking, talking_steps())

    found_once(asking, [TALKING], talked, site.agents)


def _ring_states(asking: Asking, site: SiteFile) -> None:
    """Make what people were doing when their phones rang."""

    def rung() -> None:
        make(asking, ["presence", "sign_ins"], site, None)
        _run(asking, ring_steps())

    found_once(asking, ["ring_states"], rung, site.agents)


def _line_use(asking: Asking, site: SiteFile) -> None:
    """Make the use of lines."""
    channels = site.channels
    together = [("*", sum(channels.values()))] if _all_known(asking, channels) else []
    asking.engine.load("channel_limits", LIMITS, [*channels.items(), *together])
    _run(asking, line_steps())


def _all_known(asking: Asking, channels: Mapping[str, int]) -> bool:
    used = asking.rows("SELECT DISTINCT trunk FROM counted WHERE NOT trunk IS NULL")
    return bool(channels) and {trunk for (trunk,) in used} <= set(channels)


def _run(asking: Asking, steps: Iterable[tuple[str, str]]) -> None:
    for name, statement in steps:
        asking.engine.table(name, of_history(statement))


def _neighbours(asking: Asking, _site: SiteFile) -> None:
    if not _stored(asking, "neighbours"):
        _run(asking, [("neighbours", neighbours())])


def _episode_people(asking: Asking, _site: SiteFile) -> None:
    if not _stored(asking, "episode_people"):
        _run(asking, [("episode_people", episode_people())])


def _stored(asking: Asking, name: str) -> bool:
    """Read a table that was made when the calls were counted; it knows them by number."""
    if asking.by_number:
        path = asking.episode_folder() / f"{name}.parquet"
        asking.engine.view(name, f"SELECT * FROM read_parquet([{literal(path)}])")
    return asking.by_number


def _ratings(asking: Asking, _site: SiteFile) -> None:
    _run(asking, [("ratings", ratings())])


_LAST_TAGS = 'SELECT call_id, MAX_BY(tag, ("at", seq)) AS tag FROM call_tags GROUP BY call_id'


def _last_tags(asking: Asking, site: SiteFile) -> None:
    make_tags(asking, site.tags)
    asking.engine.table("last_tags", _LAST_TAGS)


def _teams(asking: Asking, site: SiteFile) -> None:
    rows = [(queue, name) for name, team in site.teams.items() for queue in team.queues]
    asking.engine.load("teams", TABLES["teams"], rows)


def held(definition: Definition) -> str:
    """Return the name of the table of calls that are held in memory with their verdicts."""
    return f"held_{definition.digest}"


def judged_table(definition: Definition) -> str:
    """Return the name under which calls are kept with their verdicts."""
    return f"judged_{definition.digest}"


def verdict_table(definition: Definition) -> str:
    """Return the name of the table of the verdicts of a definition."""
    return f"verdicts_{definition.digest}"


def verdicts(asking: Asking, definition: Definition) -> str:
    """Make the verdicts of a definition; a word includes the words that are a kind of it."""
    name = verdict_table(definition)
    if not exists(asking, name):
        asking.engine.table(name, judged_calls(asking, definition))
    return name


def judged_calls(asking: Asking, definition: Definition, columns: Iterable[str] = ()) -> str:
    """Return the query of calls, as far as these columns tell of them, each with its verdict."""
    for name in (held(definition), judged_table(definition)):
        if exists(asking, name):
            return f"SELECT * FROM {name}"
    if take(asking, [judged_table(definition)], definition.name):
        return f"SELECT * FROM {judged_table(definition)}"
    named = sorted(columns)
    kept = "".join(f"kept_{column} AS {column}, " for column in named)
    tree = write(judged(asking, definition, keep=named))
    return f"SELECT call_id, {kept}category, reason, {', '.join(JUDGED)} FROM ({tree}) AS judged"


_OF_STAYS = frozenset(
    {"answered", "arrived_at", "called", "client", "direction", "first_queue", "outcome", *JUDGED}
)


def stays_with_calls(asking: Asking, definition: Definition) -> None:
    """Make the stays with what is said of their calls, and keep them: to join them takes longest."""
    name = _judged_stays(definition)
    told = ", ".join(f"c.{column} AS {of_call(column)}" for column in sorted(_OF_STAYS))
    calls = judged_calls(asking, definition, _OF_STAYS - set(JUDGED))
    joined = (
        f"SELECT v.*, w.last_at, {told} FROM stays AS v "
        f"INNER JOIN ({calls}) AS c ON c.call_id = v.call_id {LAST_VISITS}"
    )
    found_once(asking, [name], lambda: asking.engine.view(name, joined), definition.name)


def kept_stays(asking: Asking, definition: Definition, columns: AbstractSet[str]) -> str | None:
    """Return the table of stays with what is said of their calls, if it was kept and says enough."""
    name = _judged_stays(definition)
    there = columns <= _OF_STAYS and (exists(asking, name) or take(asking, [name], definition.name))
    return name if there else None


def of_call(column: str) -> str:
    """Return what a column of the call is called beside those of a stay."""
    return f"call_{column}"


def _judged_stays(definition: Definition) -> str:
    return f"judged_stays_{definition.digest}"


def _returns(asking: Asking, site: SiteFile, definition: Definition) -> str:
    """Make what became of missed needs, in tables of this definition's own."""
    name = f"returns_{definition.digest}"
    if not exists(asking, name):
        found_once(
            asking,
            [name],
            lambda: _find_returns(asking, site, definition),
            definition.name,
            site.limits,
            site.hours,
            site.zone,
        )
    return name


def _find_returns(asking: Asking, site: SiteFile, definition: Definition) -> None:
    until = as_of(asking)
    first = min(source.first_at for source in asking.manifest.sources)
    asking.engine.load("own_schedules", OWN_SCHEDULES, _own_schedules(site))
    asking.engine.load("business", BUSINESS, business(site_calendars(site), first, until))
    asking.engine.load("moment", {"as_of": "BIGINT"}, [(until,)])
    short = int(site.limits.short_call.total_seconds() * 1_000_000)
    steps = [*ledger_steps(short), *return_steps(until)]
    own = {step: f"{step}_{definition.digest}" for step, _ in steps}
    own |= {"calls": "counted", "called_missed": verdicts(asking, definition)}
    for step, statement in steps:
        tree = exp.replace_tables(parse(statement), own, dialect=DIALECT)
        asking.engine.table(own[step], write(tree))


def _own_schedules(site: SiteFile) -> Iterator[tuple[str, str, str]]:
    for schedule in site.hours.schedules():
        kind, _, place = schedule.partition(":")
        if place:
            yield kind, place, schedule


_MAKERS: dict[str, Maker] = {
    "episode_people": _episode_people,
    "line_use": _line_use,
    "neighbours": _neighbours,
    "presence": _presence,
    "ratings": _ratings,
    "ring_states": _ring_states,
    "sign_ins": _sign_ins,
    "slots": _slots,
    "stays": _stays,
    TALKING: _talking,
    "last_tags": _last_tags,
    "teams": _teams,
}
