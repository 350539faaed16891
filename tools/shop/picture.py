"""Draw the first part of the sample shop's audit, as the terminal shows it: `picture.py [FILE]`."""

from __future__ import annotations

import io
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.intake.samples import SITE, sample_folder, take_samples
from everycall.cli.common import open_site
from everycall.render.terminal import show_report
from everycall.reports.trades import trade

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "audit.svg"
SHOWN = ("In short", "What happened to the calls", "Queue by queue")
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture loads nothing from elsewhere."""


def main(path: Path) -> None:
    out = Console(record=True, width=80, file=io.StringIO(), highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        take_samples(sample_folder(), data)
        asking, site = open_site(data, SITE, None)
        with asking:
            report = make_audit(asking, site=site, order=Order(trade=trade("shop")))
    shown = [section for section in report.sections if section.title in SHOWN]
    show_report(replace(report, sections=tuple(shown)), out)
    drawn = out.export_svg(title="everycall audit", theme=MONOKAI)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_FONT.sub("", drawn), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
