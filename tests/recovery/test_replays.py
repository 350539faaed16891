"""Months of a bank and weeks of a 3CX, replayed: what would have been promised, and who returned when.

The counts are made twice: by the promises, and by a few lines over the rows of the file itself. They
agree, for the bank within one in a hundred: whose calls overlap is told a little differently where a menu's
clock is off.
"""

import csv
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.history.asking import Asking
from everycall.app.recovery.replaying_promises import DELAYS, Replay, replay
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.recovery import State
from sources.shared import data, found
from truth.histories import site_of, told
from truth.taken import copied

BANK = found("anonymous_bank_1999/*.txt") or ["anonymous_bank_1999/absent.txt"]
WEEKS = found("threecx/call_log/*.csv") or ["threecx/absent.csv"]
SEVEN = timedelta(days=7)
TRIES = 3


def replayed(folder: Path, path: Path, site: SiteFile) -> Replay:
    told(folder, [path], site)
    return _replay(folder, site)


def _replay(folder: Path, site: SiteFile) -> Replay:
    with Asking(History(folder), site.zone) as asking:
        return replay(asking, site)


def moment(row: dict[str, str], column: str, arrived: datetime | None = None) -> datetime:
    zone = ZoneInfo("Asia/Jerusalem")
    day = datetime.strptime(row["date"].strip(), "%y%m%d").replace(tzinfo=zone)
    hours, minutes, seconds = map(int, row[column].strip().split(":"))
    at = day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return at + timedelta(days=1) if arrived is not None and at < arrived else at


Call = tuple[datetime, datetime, str, bool, bool, int]
"""When it began and ended, whose it is, whether it was ours, asked for a person, and how long they talked."""


def bank(path: Path) -> list[Call]:
    calls: list[Call] = []
    with path.open(encoding="ascii", newline="") as file:
        for given in csv.DictReader(file, delimiter="\t"):
            row = {k.strip(): v.strip() for k, v in given.items()}
            if row["outcome"] == "PHANTOM":
                continue
            began = moment(row, "vru_entry")
            answered = row["outcome"] == "AGENT"
            last = "ser_exit" if answered else "q_exit" if int(row["q_time"]) else "vru_exit"
            # a column that was never filled in says midnight
            ended = moment(row, last if row[last] != "0:00:00" else "vru_exit", began)
            queued = int(row["q_time"]) > 0
            talk = int(row["ser_time"]) if answered else -1
            # an id of fewer than six digits is taken for an extension of our own
            who = row["customer_id"] if len(row["customer_id"]) >= 6 else "0"
            calls.append((began, ended, who, row["type"] == "TT", queued, talk))
    return sorted(calls, key=lambda call: (call[1], call[0]))


def seen_twice_at_once(calls: list[Call]) -> set[str]:
    """Return the customers who were on the line twice at the same time."""
    long_ago = datetime(1998, 1, 1, tzinfo=ZoneInfo("UTC"))
    shared, last_end = set(), defaultdict(lambda: long_ago)
    for began, ended, who, ours, _, _ in sorted(calls):
        if not ours:
            if last_end[who] - began > timedelta(seconds=2):
                shared.add(who)
            last_end[who] = ended
    return shared


def by_hand(calls: list[Call]) -> tuple[int, list[timedelta]]:
    """Count promises, and returns with their delays, with nothing of ours."""
    shared, owed, tries = seen_twice_at_once(calls), dict[str, datetime](), Counter[str]()
    made, returned = 0, list[timedelta]()
    for began, ended, who, ours, queued, talk in calls:
        if who == "0":
            continue
        if who in owed and owed[who] + SEVEN <= ended:
            del owed[who]
        if who in owed and who not in shared and talk >= 10:
            since = owed.pop(who)
            returned += [] if ours else [ended - since]
        elif who in owed and who not in shared and ours:
            tries[who] += 1
            if tries[who] == TRIES:
                del owed[who]
        elif not ours and talk < 0 and queued and who not in owed:
            owed[who], tries[who] = began, 0
            made += 1
    return made, returned


def withheld(calls: list[Call]) -> int:
    """Count the misses of customers whom nobody knows."""
    return sum(who == "0" and not ours and q and talk < 0 for _, _, who, ours, q, talk in calls)


@pytest.mark.parametrize("name", BANK)
def test_a_month_of_the_bank(name: str, tmp_path: Path) -> None:
    path = data(name)
    copied(tmp_path, [path], SiteFile())
    found = _replay(tmp_path, site_of(zone="Asia/Jerusalem"))
    made, returned = by_hand(bank(path))
    assert found.balanced
    assert abs(found.withheld - withheld(bank(path))) <= found.withheld * 0.005
    assert abs(found.made - made) <= made * 0.01, (found.made, made)
    assert abs(len(found.returned_after) - len(returned)) <= len(returned) * 0.01
    for delay, count in found.curve():
        theirs = sum(after <= delay for after in returned)
        assert abs(count - theirs) <= max(3, theirs * 0.015), (delay, count, theirs)


def lasted(text: str) -> timedelta:
    hours, minutes, seconds = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def is_person(party: str) -> bool:
    """Tell whether a party of a 3CX is somebody at a phone: an extension that is no machine's."""
    machine = re.search(r"queue|IVR|parking|voice|receptionist|attendant", party, re.IGNORECASE)
    return machine is None and re.search(r"\(\d{2,4}\)$", party) is not None


def outside(party: str) -> str:
    """Return the last nine digits of a number outside; '0' for none."""
    found = re.search(r"\+?(\d{6,})\)?$", party)
    return found[1][-9:] if found else "0"


def week(path: Path) -> list[Call]:
    """Read the calls of a week from the rows of their legs; the last row adds them up, some come twice."""
    legs: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {tuple(row.values()): row for row in csv.DictReader(file)}
    for row in rows.values():
        if row["Call ID"] and row["Call Time"] != "Totals":
            legs[row["Call ID"]].append(row)
    calls = (of_legs(found) for found in legs.values())
    return sorted((call for call in calls if call is not None), key=lambda c: (c[1], c[0]))


def of_legs(rows: list[dict[str, str]]) -> Call | None:
    """Return one call of its legs; None for one inside the house."""
    ways = {row["Direction"].split()[0] for row in rows}
    ours = "Inbound" not in ways
    if ours and "Outbound" not in ways:
        return None
    began = [datetime.fromisoformat(row["Call Time"]).replace(tzinfo=UTC) for row in rows]
    ended = max(
        at + lasted(row["Ringing"]) + lasted(row["Talking"])
        for at, row in zip(began, rows, strict=True)
    )
    side = "To" if ours else "From"
    who = next((n for row in rows if (n := outside(row[side])) != "0"), "0")
    spoken = (outside(r["To"]) != "0" if ours else is_person(r["To"]) for r in rows)
    answered = [
        row for row, one in zip(rows, spoken, strict=True) if one and row["Status"] == "Answered"
    ]
    talk = int(sum((lasted(row["Talking"]) for row in answered), timedelta()).total_seconds())
    queued = any("Queue" in row["Direction"] for row in rows)  # else all lines were in use
    return min(began), ended, who, ours, queued, talk or -1


@pytest.mark.parametrize("name", WEEKS)
def test_a_week_of_a_3cx(name: str, tmp_path: Path) -> None:
    path = data(name)
    found = replayed(tmp_path, path, site_of(zone="UTC", region="IE"))
    made, returned = by_hand(week(path))
    assert found.balanced
    assert found.states.get(State.WITHDRAWN, 0) == len(found.returned_after)
    assert found.states.get(State.KEPT, 0) == len(found.reached_after)
    assert found.withheld == withheld(week(path))
    assert found.made == made
    assert len(found.returned_after) == len(returned)
    for delay, count in found.curve(DELAYS):
        theirs = sum(after <= delay for after in returned)
        assert abs(count - theirs) <= 1, (
            delay,
            count,
            theirs,
        )  # a rounded second may be on the edge


def test_invented_rows_are_counted_alike(tmp_path: Path) -> None:
    """The independent count is no echo: on rows whose numbers are known, both must give them."""
    path = Path(__file__).parents[1] / "sources" / "anonymous_bank_1999" / "recording.txt"
    found = replayed(tmp_path, path, site_of(zone="Asia/Jerusalem"))
    made, returned = by_hand(bank(path))
    theirs = made, len(returned), withheld(bank(path))
    assert (found.made, len(found.returned_after), found.withheld) == theirs
