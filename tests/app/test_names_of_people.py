"""A name that the site gives to somebody is theirs in every number, whatever the phone system says."""

from pathlib import Path

import pytest

from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History

LOG = """\
1795420800|NONE|sales|Agent 1|ADDMEMBER|
1795420800|NONE|sales|PJSIP/104|ADDMEMBER|
1795420860|1795420860.1|sales|NONE|ENTERQUEUE||+493012345678|1
1795420870|1795420860.1|sales|Agent 1|CONNECT|10|1795420869.2|3
1795420930|1795420860.1|sales|Agent 1|COMPLETECALLER|10|60|1
1795421000|1795421000.1|sales|NONE|ENTERQUEUE||+493012345679|1
1795421010|1795421000.1|sales|PJSIP/104|CONNECT|10|1795421009.2|3
1795421040|1795421000.1|sales|PJSIP/104|COMPLETECALLER|10|30|1
1795424400|NONE|sales|Agent 1|REMOVEMEMBER|
1795424400|NONE|sales|PJSIP/104|REMOVEMEMBER|
"""


def told(folder: Path, agents: dict[str, str]) -> dict[str, tuple[float | None, ...]]:
    """Return each person's calls, talk and time signed in, in milliseconds."""
    log = folder / "queue_log"
    log.write_text(LOG)
    site = SiteFile(agents=agents)
    Importer(History(folder), site).take([log])
    names = ["answered", "conversation_time", "login_time"]
    with Asking(History(folder)) as asking:
        rows = measure(asking, names, ["agent"], settings=site).rows
        found = {str(row.keys[0]): tuple(row.cells[name].value for name in names) for row in rows}
        talked = {call["answered_agent"] for call in asking.calls(Filter())}
    assert talked == set(found)
    return found


ONE, OTHER = (1, 60_000, 3_600_000), (1, 30_000, 3_600_000)


@pytest.mark.parametrize(
    ("agents", "people"),
    [
        ({}, {"Agent 1": ONE, "PJSIP/104": OTHER}),
        ({"PJSIP/104": "Ben"}, {"Agent 1": ONE, "Ben": OTHER}),
        ({"Agent 1": "Ann"}, {"Ann": ONE, "PJSIP/104": OTHER}),
        ({"Agent 1": "Ann", "PJSIP/104": "Ann"}, {"Ann": (2, 90_000, 3_600_000)}),
    ],
)
def test_calls_talk_and_time_signed_in_are_of_the_same_person(
    agents: dict[str, str], people: dict[str, tuple[float, ...]], tmp_path: Path
) -> None:
    assert told(tmp_path, agents) == people
