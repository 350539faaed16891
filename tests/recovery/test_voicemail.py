"""A message that a caller left is a call back that was asked for, with the message to be heard."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.keeping.recordings import recordings
from everycall.app.recovery.recovering import Recoverer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.quality.recordings import RecordingSettings
from everycall.recovery import OwingSettings
from everycall.recovery.memory import MemoryPromises
from everycall.settings import read_table

RECORDED = Path(__file__).parents[1] / "sources"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("source", ["twilio", "aircall"])
def test_a_message_in_the_cloud_makes_a_promise_and_can_be_heard(
    source: str, tmp_path: Path
) -> None:
    site = read_table(SiteFile, {"zone": "UTC", "region": "DE", "promises": {"lasts": "36500d"}})
    assert isinstance(site.promises, OwingSettings)
    history = History(tmp_path)
    Importer(history, site).take([RECORDED / source / "recording.jsonl"])
    promises = MemoryPromises()
    with Asking(history) as asking:
        Recoverer(site, promises, ZoneInfo("UTC")).recover(asking, NOW)
        left = [
            c for c in asking.calls(Filter(), evidence=False) if c["outcome"] == "voicemail_left"
        ]
        assert left
        for call in left:
            (made,) = [p for p in promises.rows.values() if p.first_call == call["call_id"]]
            assert made.requested
            assert made.caller == call["caller"]
            heard = [one for one in recordings(asking, call, RecordingSettings()) if one.message]
            assert [one.where.startswith("https://") for one in heard] == [True]
