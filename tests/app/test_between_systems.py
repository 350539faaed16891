"""A call that goes from one phone system to the other over a line between them: what is counted.

The caller is handed on at the first and gives up in the queue of the second, whose line from the first
is called PJSIP/office.
"""

from pathlib import Path

import pytest

from app.test_systems import SOUTH, hear
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.events.origins import HERE
from everycall.settings import read_table
from live.days import SAMPLES, lines_of

THERE = "s59_transfer_to_outside"
GIVES_UP = "s04_abandon_5s"


def taken_in(folder: Path, site: SiteFile) -> dict[str, tuple[str, str]]:
    """Return which way each call went, and what became of it."""
    history = hear(folder / "data", origins=[HERE, SOUTH])
    for story, line, system in (
        (THERE, "PJSIP/trunk", "office"),
        (GIVES_UP, "PJSIP/office", "south"),
    ):
        path = folder / f"{system}.jsonl"
        told = lines_of(SAMPLES / "scenarios" / story / "ami.jsonl.gz")
        path.write_text("".join(f"{one}\n" for one in told).replace("PJSIP/trunk", line))
        Importer(history, site).take([path], system=system)
    with Asking(history) as asking:
        calls = list(asking.calls(Filter(), evidence=False))
        lost = asking.rows(
            "SELECT COUNT(*) FROM visits WHERE queue = 'sales' AND result = 'caller'"
        )
    assert lost == [(1,)]
    return {str(c["trunk"] or ""): (str(c["direction"]), str(c["outcome"])) for c in calls}


@pytest.mark.parametrize(
    ("trunks", "there"),
    [
        ([], {"south~PJSIP/office": ("inbound", "caller_left_in_queue")}),
        (["PJSIP/trunk"], {"": ("internal", "caller_left_in_queue")}),
    ],
    ids=["it is a line like any other", "lines that lead outside are named without it"],
)
def test_who_gives_up_there_is_counted_unless_the_line_is_said_to_be_inside(
    trunks: list[str], there: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    site = read_table(SiteFile, {"zone": "UTC", "trunks": trunks})
    assert taken_in(tmp_path, site) == {"PJSIP/trunk": ("inbound", "answered"), **there}
