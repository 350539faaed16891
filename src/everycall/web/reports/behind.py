"""The calls behind a number of a report, as whoever reads the report may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils.http import urlencode

from everycall.app.audit.kept_audits import KeptAudits, read_report
from everycall.app.audit.kept_choices import Choice, KeptChoice
from everycall.render.links import query
from everycall.reports import Calls
from everycall.reports.ledger import PARTS, dimensions
from everycall.web.reading import site_reader
from everycall.web.reports.awaiting import makers
from everycall.web.reports.making import Question, Wish

_VALUES: Mapping[str, tuple[str, ...]] = {
    **{one.name: one.values for one in dimensions("UTC")},
    **{part.pair[0]: () for part in PARTS},
    **{part.pair[1]: part.values for part in PARTS},
}
"""The words that a number says its calls in, and what each may be; () for anything."""


_IN_THE_LIST = {"arrived", "outcome", "client", "day"}
"""What the list of all calls can be asked by under the same meaning."""


def address_of(wish: Wish, calls: Calls, page: int = 1) -> str:
    """Return where the calls behind a number of a report are listed.

    That is the list of all calls, where it can be asked for just these.
    """
    if calls.get("arrived") == "yes" and calls.keys() <= _IN_THE_LIST and calls.get("client") != "":
        day = calls.get("day")
        given: dict[str, Any] = {
            "from": day or wish.since,
            "to": day or wish.until,
            "direction": "inbound",
        }
        given["client"] = calls.get("client") or wish.client
        given["outcome"] = calls.get("outcome", "")
        return f"{reverse('calls')}?{_written(given)}"
    further = _written({"calls": query(calls), "page": page if page > 1 else ""})
    return f"{reverse('report-calls')}?{wish.query}&{further}"


def _written(given: Mapping[str, Any]) -> str:
    return urlencode({name: str(value) for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Behind:
    """The calls behind a number.

    Attributes:
        choice: the calls; None while they are being chosen.
        about: what the number is called in the report; '' if the report is not at hand.
    """

    choice: Choice | None
    about: str


def wanted_of(text: str) -> Calls:
    """Read what holds of the calls behind a number; what no report says of any is left out."""
    given = dict(parse_qsl(text[:2000], keep_blank_values=True))
    return {name: value for name, value in given.items() if _is_said(name, value)}


def _is_said(name: str, value: str) -> bool:
    may_be = _VALUES.get(name)
    return may_be is not None and "\0" not in value and (not may_be or value in may_be)


def calls_behind(asked: Question, wanted: Calls, patience: float | None = None) -> Behind:
    """Return the calls of a report, in its words, for which everything that is wanted holds.

    If they were not chosen before that begins, and is waited for a moment.

    Raises:
        EverycallError: they cannot be chosen, or not be kept.
    """
    with site_reader().closed(asked.only, staff=asked.staff) as asking:
        kept = KeptAudits(asking, asked.site, asked.order, asked.words)
        before = KeptChoice(kept, wanted)
        report = read_report(kept.folder, kept.name)
        choice = before.found()
    if choice is None:
        choice, _ = makers.ask(before.name, lambda: _choose(asked, wanted), patience)
    return Behind(choice, report.about(wanted) if report is not None else "")


def _choose(asked: Question, wanted: Calls) -> Choice:
    with site_reader().apart(asked.only, staff=asked.staff) as asking:
        return KeptChoice(KeptAudits(asking, asked.site, asked.order, asked.words), wanted).make()
