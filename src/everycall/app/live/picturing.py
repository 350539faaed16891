"""The live picture of a site: an engine in memory, what translates each source, and the board."""

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from everycall.app.answers.defining import chosen
from everycall.app.history.soundness import present_of
from everycall.app.history.staging import Numbers
from everycall.app.intake.translating import Feed, Incoming, LineFeed, Told, feed_of
from everycall.app.live.live_counting import (
    blindness_of,
    counted_by,
    judging_of,
    service_level_of,
    targets_of,
)
from everycall.app.site.given import give, give_windows
from everycall.app.site.sitefile import SiteFile
from everycall.calls.chain import written
from everycall.calls.model import Setting
from everycall.calls.statement import words
from everycall.clock import from_micros, to_micros
from everycall.events import Skip
from everycall.events.callers import caller
from everycall.history import Engine
from everycall.history.journal_segments import Entry
from everycall.live.board import Board
from everycall.live.ended import Before, EndedCall, before, ended
from everycall.live.lines import KINDS as LINE_KINDS
from everycall.live.lines import Lines, Remark
from everycall.live.needs import Helps
from everycall.live.picture import Picture
from everycall.live.repeats import Repeats
from everycall.live.signs import Sign
from everycall.live.staff import KINDS, Staff, sign_of
from everycall.live.totals import Totals, by_name
from everycall.live.window import Batch, Window
from everycall.metrics.levels import TABLES
from everycall.metrics.slots import OFFSETS, offsets, slots
from everycall.sources.base import Source

MEMORY = "1500MB"
COOLING = 5_000_000
"""How often calls that are done with are put away, in microseconds."""

MOVED = 200
"""At most so many of them, and their neighbours, at a time, for the next picture waits for it; or
four times as many as the last picture ended, so that they do not become ever more."""

DAYS = 2
"""Today and so many days before it less one are in the window; what is older is history's."""

SKIPS = 1000
"""So many of the newest records that could not be read are kept to be looked at."""

_STAFF = f"""
SELECT kind, "at", agent, queue, text FROM incoming
WHERE source = ? AND call_id IS NULL AND NOT agent IS NULL AND kind IN ({words(KINDS)})
ORDER BY "at", seq
"""
_REMARKS = f"""
SELECT kind, "at", trunk, COALESCE(agent, leg), text FROM incoming
WHERE kind IN ({words(LINE_KINDS)}) ORDER BY "at", seq
"""
_EXTENT = 'SELECT MIN("at"), MAX("at") FROM incoming'


@dataclass(slots=True)
class Unread:
    """Records that became no event: how many, and the newest of them."""

    count: int = 0
    newest: list[Skip] = field(default_factory=list)

    def add(self, skips: Sequence[Skip]) -> None:
        """Count some more."""
        self.count += len(skips)
        self.newest = [*self.newest, *skips][-SKIPS:]


class LivePicture:
    """What goes on at a site, as far as the records tell that it was given."""

    def __init__(
        self,
        site: SiteFile,
        sources: Sequence[Source],
        as_of: int,
        *,
        name: str = "main",
        memory: str = MEMORY,
    ) -> None:
        self.zone = site.zone or ZoneInfo("UTC")
        self.unread = Unread()
        self._site = site
        self._engine = Engine(memory)
        # so few rows are counted faster by one thread than handed out to several
        self._engine.run("SET threads = 1")
        # nor are well considered plans worth their while, and only plain ones are kept
        self._engine.run("PRAGMA disable_optimizer")
        # a kept plan with a join over two inequalities breaks the engine when it is run again
        self._engine.run("SET merge_join_threshold = 1000000000000")
        self._aside = Engine(memory)
        stage = Incoming(
            *(self._aside, self._aside.scratch, site.site()),
            Numbers(site.region, site.internal),
            name,
            counting=self._engine,
        )
        self._feeds: dict[str, Feed] = {source.name: feed_of(source, stage) for source in sources}
        limits = site.limits.limits()
        setting = Setting(tuple(source.view(site.site()) for source in sources), limits)
        give(self._engine, site, (as_of, as_of, as_of))
        teams = [(queue, team) for team, one in site.teams.items() for queue in one.queues]
        self._engine.load("teams", TABLES["teams"], teams)
        longest = int(limits.longest_call.total_seconds() * 1_000_000)
        self._definition = chosen(site)
        counted = counted_by(site, name)
        judging = judging_of(self._definition, self.zone, limits)
        self._window = Window(self._engine, written(setting), longest, counted, judging)
        self._tallies = by_name(counted)
        self._targets = targets_of(site)
        self._sources = {source.name: source for source in sources}
        self._spoke: set[str] = set()
        self._staff = Staff(site.agents)
        self.helps = helps_of(site)
        self._lines = Lines()
        self._picture = Picture(
            self._window,
            self._staff,
            self._definition.id,
            self.helps,
            self._lines,
            Repeats(self._window, frozenset(_keys(site))),
        )
        self._covered: tuple[int, int] | None = None
        self._cooled_at = 0
        self._ended = 0
        self._today = ""
        self._from = 0
        self._roll(as_of)
        self._window.make()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free its memory."""
        self._engine.close()
        self._aside.close()

    def take(self, entries: Iterable[Entry], as_of: int, *, tidied: bool = True) -> Batch:
        """Count what records say that the journal has taken; none of them is no error.

        Whoever is in a hurry has it tidied later.
        """
        self._roll(as_of)
        by_source: dict[str, list[Entry]] = {}
        for entry in entries:
            by_source.setdefault(entry.source, []).append(entry)
        told = [self._translate(source, found) for source, found in by_source.items()]
        self._staff.take(sorted((s for one in told for s in one.signs), key=lambda s: s.at))
        self._lines.take(Remark(*row) for row in self._engine.again(_REMARKS))
        self._moment(as_of)
        retold = [one for each in told for one in each.retold if one.calls]
        batch = self._window.take(as_of, retold)
        self._picture.remember()
        self._ended = len(batch.over)
        self._pack(batch.over)
        if tidied:
            self._window.renew()
            self._cool(as_of)
        return batch

    def tidy(self, as_of: int) -> bool:
        """Do one thing of those that no picture waits for, and return true; or there is none to do."""
        if self._window.renew():
            _settle()
            return True
        return bool(self._cool(as_of, max(MOVED, 4 * self._ended)))

    def _cool(self, as_of: int, most: int | None = None) -> set[str]:
        """Put away what is done with, unless that was done a moment ago."""
        if as_of - self._cooled_at < COOLING:
            return set()
        moved = self._window.cool(as_of, most)
        if most is None or len(moved) < most:
            self._cooled_at = as_of
        self._pack(moved)
        return moved

    def board(self, as_of: int, *, exact: bool = True) -> Board:
        """Return what is to be shown; the day's totals may be a moment old if that is enough."""
        return self._picture.board(as_of, self._today, self.totals(exact=exact))

    def finished(self, day: date) -> Totals | None:
        """Return the totals of a day if it is over and all of it was heard; else None."""
        start = to_micros(datetime.combine(day, time(), self.zone))
        totals = self.totals()
        whole = self._covered is not None and self._covered[0] <= start
        return totals if whole and totals.day(str(day)).is_finished else None

    def totals(self, *, exact: bool = True) -> Totals:
        """Return what was added up, and what is needed to read it."""
        spoke = [self._sources[name] for name in sorted(self._spoke)]
        return Totals(
            self._window.totals(exact=exact),
            self._tallies,
            self.zone,
            blindness_of(spoke, self._site.site(), self._definition),
            service_level_of(self._targets),
            self._targets,
            tuple(self._site.clients),
            heard=bool(self._spoke),
        )

    def ended(self, since: int) -> tuple[EndedCall, ...]:
        """Return the calls that ended since a moment."""
        return ended(self._window, since)

    def before(self) -> dict[str, Before]:
        """Return what was before in the calls that are on, by their ids."""
        return before(self._window, self._picture.person)

    def open_calls(self, feed: str, before: int) -> frozenset[str]:
        """Return a feed's calls that are not over and of which nothing was heard since a moment."""
        window = self._window
        mine = {call for each in self._feeds.values() for call in each.calls_of(feed)}
        return frozenset(
            call for call in window.open & mine if window.neighbours.last_at(call) < before
        )

    def said(self, feed: str, call: str) -> list[Mapping[str, Any]]:
        """Return what a feed said of the channels of a call, in order."""
        return [body for each in self._feeds.values() for body in each.said(feed, call)]

    def _translate(self, source: str, entries: Sequence[Entry]) -> Told:
        feed = self._feeds[source]
        told = feed.take(entries)
        self.unread.add(told.skips)
        self._spoke.add(source)
        if isinstance(feed, LineFeed):
            rows = self._engine.rows(_STAFF, [source])
            told.signs += [self._sign(*row) for row in rows]
        return told

    def _sign(self, kind: str, at: int, agent: str, queue: str | None, text: str | None) -> Sign:
        return sign_of(kind, at, agent, queue, text)

    def _moment(self, as_of: int) -> None:
        """Tell the chain until when the sources speak; what is too old stays history's alone.

        What a phone system says of a time that has not come is not the present, here as in history.
        """
        first, last = self._engine.rows(_EXTENT)[0]
        if first is not None:
            self._engine.run('DELETE FROM incoming WHERE "at" < ?', [self._from])
            known = self._covered or (first, last)
            self._covered = (min(known[0], first), max(known[1], last))
        covered = self._covered or (as_of, as_of)
        present = present_of(covered[1], as_of)
        values = [max(as_of, present), max(covered[0], self._from), present]
        self._engine.run("DELETE FROM moment")
        self._engine.run("INSERT INTO moment VALUES (?, ?, ?)", values)

    def _roll(self, as_of: int) -> None:
        """Begin a new day, if one has begun."""
        today = from_micros(as_of).astimezone(self.zone).date()
        if str(today) <= self._today:
            return
        self._today = str(today)
        gc.unfreeze()
        days = [today + timedelta(days=n) for n in range(1 - DAYS, 3)]
        starts = [to_micros(datetime.combine(day, time(), self.zone)) for day in days]
        self._from = starts[0]
        covered = (starts[-1], starts[0], starts[-1])
        give(self._engine, self._site, covered)
        give_windows(self._engine, self._site, covered)
        self._window.was_given()
        self._window.set_days(
            (str(day), start, end)
            for day, start, end in zip(days, starts, starts[1:], strict=False)
        )
        self._give_slots(starts[0], starts[-1])
        self._lines.begin(starts[DAYS - 1])
        gone = self._window.forget(self._from)
        for feed in self._feeds.values():
            feed.forget(gone)

    def _give_slots(self, first: int, last: int) -> None:
        """Make the table of local time for the days of the window."""
        rows = list(offsets(self.zone, first, last))
        self._engine.load("offsets", OFFSETS, rows)
        quarters = f"SELECT range AS slot FROM RANGE({rows[0][0]}, {rows[-1][1]})"
        self._engine.view("quarters", quarters)
        self._engine.table("slots", slots())

    def _pack(self, calls: Collection[str]) -> None:
        for feed in self._feeds.values():
            feed.pack(calls)


def _settle() -> None:
    """Spare the collector what is kept of calls for two days: it would look at all of it every few
    seconds. What is garbage by then waits for the next day, so the young are collected first.
    """
    gc.collect(1)
    gc.freeze()


def helps_of(site: SiteFile) -> Helps:
    """Return from when on somebody needs help: as their team says, or else the site."""
    teams = site.teams.values()
    of_teams = {queue: team.help.over(site.help) for team in teams for queue in team.queues}
    return Helps(site.help, of_teams)


def _keys(site: SiteFile) -> Iterator[str]:
    """Yield what joins the calls of callers whom the site calls important."""
    for number in site.important:
        key = caller(number, site.region, site.internal).key
        if key is not None:
            yield key
