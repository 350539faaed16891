"""Writing a report to where it was asked for: one file by its ending, or a folder with all of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from everycall.app.history.asking import Asking
from everycall.calls.outcomes import outcome_names
from everycall.errors import BadSettingsError, Mistake, did_you_mean
from everycall.render.files import write_files
from everycall.render.html import Page
from everycall.render.kept_calls import KeptCalls
from everycall.render.paper import write_pdf
from everycall.render.workbook import write_workbook
from everycall.reports import Report, Words
from everycall.reports.ledger import Ledger, ledger
from everycall.reports.masking import mask_calls
from everycall.reports.sections.outcomes import name

MOST_CALLS = 40_000
"""No more calls are looked at for the list in the page; it takes what fits."""


def publish(asking: Asking, report: Report, words: Words, out: Path, *, mask: bool) -> list[Path]:
    """Write a report whose calls `asking` has before it; returns the files that were written.

    `mask` hides the middle of callers' numbers in lists of calls; the report has its own already.

    Raises:
        BadSettingsError: the ending is none that a report can have.
    """
    held = ledger(asking.rows, str(asking.zone), MOST_CALLS, mask=mask)
    if out.suffix:
        return [_writer(out)(report, words, held, out)]
    out.mkdir(parents=True, exist_ok=True)
    written = [
        write(report, words, held, out / f"audit{ending}") for ending, write in WRITERS.items()
    ]
    calls = out / "calls.parquet"
    whole = "SELECT * FROM whole_calls"
    listed = mask_calls(whole) if mask else whole
    asking.engine.save(f"{listed} ORDER BY arrived_at, call_id", calls)
    return [*written, calls, *write_files(report, out)]


def check_ending(out: Path) -> None:
    """Refuse an ending that no report has, before any work is done.

    Raises:
        BadSettingsError: the ending is none that a report can have.
    """
    if out.suffix and out.suffix not in WRITERS:
        known = ", ".join(WRITERS)
        hint = did_you_mean(out.suffix, WRITERS) or f" (a report can be {known}, or a folder)"
        raise BadSettingsError([Mistake("--out", f"'{out.suffix}' is no kind of report{hint}")])


def _writer(out: Path) -> "Writer":
    check_ending(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    return WRITERS[out.suffix]


def _html(report: Report, words: Words, held: Ledger, out: Path) -> Path:
    said = {outcome: words(name(outcome)) for outcome in outcome_names()}
    kept = KeptCalls(held, words, said, report.options)
    out.write_text(Page(report, words, kept).html(), encoding="utf-8")
    return out


def _pdf(report: Report, words: Words, _held: Ledger, out: Path) -> Path:
    return write_pdf(report, words, out)


def _xlsx(report: Report, words: Words, _held: Ledger, out: Path) -> Path:
    return write_workbook(report, words, out)


Writer = Callable[[Report, Words, Ledger, Path], Path]

WRITERS: Mapping[str, Writer] = {".html": _html, ".pdf": _pdf, ".xlsx": _xlsx}
"""What a report can be written as, by the ending of the file."""
