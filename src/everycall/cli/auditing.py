"""`everycall audit`: what happened to the calls."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.brands import calls_of, language_of, seen_as
from everycall.app.audit.kept_audits import KeptAudits
from everycall.app.history.asking import Asking, day_bounds
from everycall.app.site.sitefile import SiteFile
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.clock import from_micros
from everycall.render.terminal import console, show_report
from everycall.reports import Report, Words
from everycall.reports.trades import NO_TRADE
from everycall.reports.trades import trade as trade_of


@click.command("audit")
@click.option("--days", type=click.IntRange(1), help="The last so many days of the data.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write it: FILE.html, FILE.pdf, FILE.xlsx, or a folder with all of it.",
)
@click.option("--trade", help="A starting set: shop, gp_practice, outsourcing ...")
@click.option("--definition", help="Whose words missed, lost and abandoned are.")
@click.option("--compared", help="The definition that it is compared with.")
@click.option("--client", help="For one brand only: its calls, in its words and language.")
@click.option(
    "--language", help="The language of the report: en, de, he, pl, uk; default: the client's."
)
@click.option("--nhs", is_flag=True, help="With the page of NHS England's monthly figures.")
@click.option("--mask", is_flag=True, help="Hide the middle of callers' numbers, everywhere.")
@period_options
@data_options
def command(data: Path, site: str, config: Path | None, *, as_json: bool, **wanted: Any) -> None:
    """Show what happened to the calls: by outcome, time, queue and person, and what is unseen."""
    out, client = wanted["out"], wanted["client"]
    asking, settings = _open(data, site, config, client)
    words = Words(wanted["language"] or language_of(settings, client))
    with asking:
        since, until = _period(asking, wanted)
        order = Order(
            since,
            until,
            trade_of(wanted["trade"] or settings.trade or NO_TRADE.id),
            wanted["definition"],
            wanted["compared"],
            (config or data / "site.toml").parent,
            wanted["nhs"],
            wanted["mask"],
            client,
        )
        kept = KeptAudits(asking, settings, order, words)
        if out:
            written = _written(kept, out, mask=wanted["mask"])
        report = kept.report() or _made(kept)
    if as_json:
        say_json(asdict(report))
    elif out:
        _say_written(written)
    else:
        show_report(report, console())


def _open(
    data: Path, site: str, config: Path | None, client: str | None
) -> tuple[Asking, SiteFile]:
    """Open a site's history and settings, or those of one brand."""
    asking, settings = open_site(data, site, config, by_number=True)
    if client is None:
        return asking, settings
    settings = seen_as(settings, client)
    return calls_of(asking.history, settings, client), settings


def _made(kept: KeptAudits) -> Report:
    report = make_audit(kept.asking, words=kept.words, site=kept.site, order=kept.order)
    kept.keep(report)
    return report


def _written(kept: KeptAudits, out: Path, *, mask: bool) -> list[Path]:
    """Write the report to where it was asked for; the same file as before if it was made before."""
    if kept.copy_to(out, mask=mask):
        return [out]
    # drawing takes long to load, and an answer from the disk needs none of it
    from everycall.app.audit.publishing import check_ending, publish

    check_ending(out)
    written = publish(kept.asking, _made(kept), kept.words, out, mask=mask)
    kept.keep_file(out, mask=mask)
    return written


def _period(asking: Asking, wanted: dict[str, Any]) -> tuple[int | None, int | None]:
    if wanted["days"] is None:
        return day_bounds(as_day(wanted["since"]), as_day(wanted["until"]), asking.zone)
    last = asking.rows("SELECT MAX(arrived_at) FROM counted")[0][0]
    day = from_micros(last).astimezone(asking.zone).date()
    return day_bounds(day - timedelta(days=wanted["days"] - 1), day, asking.zone)


def _say_written(files: list[Path]) -> None:
    for file in files:
        size = file.stat().st_size
        click.echo(f"{file}  {size / 1_000_000:.1f} MB" if size > 100_000 else str(file))
