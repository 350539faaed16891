"""The list of calls inside the page: small, and cut off where it would grow too large."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from shlex import quote
from typing import Any

from everycall.reports import Calls, Words
from everycall.reports.ledger import PARTS, Ledger
from everycall.reports.words import DASH

MOST_BYTES = 2_200_000
"""The page stays under 3 MB; the charts and tables need less than the rest."""

FIRST = 20
"""So many calls are written into the page itself, for those who read it without scripts."""

INSIDE = " --direction inbound --direction internal"
"""Stays and rings are those of calls that came in or stayed inside."""

_PLAIN = ("seconds", "wait", "talk", "hour", "weekday", "need_calls")


def command_of(command: str, wanted: Calls) -> str:
    """Return what lists the calls of a filter on the command line; the page's script does the same."""
    flags = "".join(
        f" --{name.replace('_', '-')} {quote(str(value))}" for name, value in wanted.items()
    )
    inside = any(side in wanted for part in PARTS for side in part.pair)
    return f"{command}{flags}{INSIDE if inside and 'arrived' not in wanted else ''}"


@dataclass(frozen=True)
class KeptCalls:
    """The calls that a page carries with it, in no more bytes than `most`."""

    ledger: Ledger
    words: Words
    said: Mapping[str, str]
    options: str = ""
    most: int = MOST_BYTES

    @property
    def command(self) -> str:
        """Return what lists the calls on the command line."""
        return f"everycall calls{self.options}"

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Return the calls that fit."""
        return self._fitting[0]

    @cached_property
    def _fitting(self) -> tuple[Sequence[tuple[Any, ...]], str]:
        """Return the calls that fit, and how they are written."""
        rows = list(self.ledger.rows)
        while (size := len((text := self._json(rows)).encode())) > self.most:
            # those without an answer are what people look for, so they are the last to be left out
            answered = self.ledger.columns.index("spoke")
            order = sorted(range(len(rows)), key=lambda place: rows[place][answered] == "yes")
            kept = sorted(order[: int(len(rows) * self.most / size * 0.97)])
            rows = [rows[place] for place in kept]
        return rows, text

    def kept(self) -> str:
        """Say how many of the calls are in the page."""
        say, kept = self.words, len(self.rows)
        if kept == self.ledger.total:
            return say("All {n} calls of this report are in this file.", n=say.count(kept))
        return say(
            "This file holds {kept} of {total} calls, those without an answer first.",
            kept=say.count(kept),
            total=say.count(self.ledger.total),
        )

    def as_json(self) -> str:
        """Return them as the script of the page reads them; safe inside a script element."""
        return self._fitting[1].replace("<", "\\u003c")

    def _json(self, rows: Sequence[tuple[Any, ...]]) -> str:
        names: dict[str, list[str]] = {}
        by_name = {
            name: [row[place] for row in rows] for place, name in enumerate(self.ledger.columns)
        }
        by_name["seconds"] = _gaps(by_name["seconds"])
        columns = [_coded(name, values, names) for name, values in by_name.items()]
        held = {
            "columns": self.ledger.columns,
            "names": names,
            "rows": columns,
            "size": len(rows),
            "parts": [{"name": part.name, "pair": part.pair} for part in PARTS],
            "said": dict(self.said),
            "words": self._words(),
            "command": self.command,
            "inside": INSIDE,
        }
        return json.dumps(held, ensure_ascii=False, separators=(",", ":"))

    def _words(self) -> dict[str, str]:
        say = self.words
        return {
            "s": say("{s} s"),
            "min": say("{min} min {s} s"),
            "h": say("{h} h {min} min"),
            "chosen": say("Chosen calls"),
            "all": say("Calls: {calls}, all listed here."),
            "pieces": say("{sum}. Calls: {calls}, all listed here."),
            "some": say("{sum} of {all} are in this file."),
        }

    def headings(self) -> list[tuple[str, str]]:
        """Return the headings of the list, and the kind of each column."""
        say = self.words
        return [
            (say("arrived"), "moment"),
            (say("caller"), ""),
            (say("outcome"), ""),
            (say("queues"), ""),
            (say("people"), ""),
            (say("waited"), "duration"),
            (say("talked"), "duration"),
            (say("call"), ""),
        ]

    def first(self) -> list[list[str]]:
        """Return the latest calls without an answer, as the page shows them at first."""
        named = (dict(zip(self.ledger.columns, row, strict=True)) for row in self.rows)
        found = [call for call in named if call["spoke"] == "no" and call["arrived"] == "yes"]
        return [self._line(call) for call in found[:FIRST]]

    def _line(self, call: Mapping[str, Any]) -> list[str]:
        at = datetime.fromtimestamp(call["seconds"], UTC)
        return [
            f"{self.words.language.days(f'{at:%Y-%m-%d}')} {at:%H:%M:%S}",
            call["caller"] or DASH,
            self.said.get(call["outcome"], call["outcome"]),
            _who(call["stays"]),
            _who(call["rings"]),
            self.words.duration(call["wait"]),
            self.words.duration(call["talk"]),
            call["call_id"],
        ]


def _gaps(moments: Sequence[int]) -> list[int]:
    """Return the first moment, and for each other one how much earlier it is than the one before."""
    return [*moments[:1], *(before - moment for before, moment in pairwise(moments))]


def _who(parts: Sequence[str] | None) -> str:
    return ", ".join(dict.fromkeys(part.split("|")[0] for part in parts or ())) or DASH


def _coded(name: str, values: list[Any], names: dict[str, list[str]]) -> list[Any]:
    """Return a column with a number for each different text, where texts come again."""
    if name in _PLAIN or len({str(value) for value in values}) > len(values) / 2:
        return values
    codes: dict[str, int] = {}
    coded: list[Any] = []
    for value in values:
        if isinstance(value, list):
            found = [codes.setdefault(text, len(codes)) for text in value]
            coded.append(found[0] if len(found) == 1 else found or None)
        else:
            coded.append(None if value is None else codes.setdefault(value, len(codes)))
    names[name] = list(codes)
    return coded
