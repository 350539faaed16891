"""Alerts are told in the time of the site, also where its zone is set while the server runs."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from everycall.app.site.sitefile import SiteFile
from everycall.live.board import Board
from everycall.web.live.hub import hub
from everycall.web.work import alarms
from everycall.web.work.alarms import Alarm


def test_a_zone_that_is_set_later_holds_for_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    site = SiteFile()

    class Reader:
        def settings(self) -> SiteFile:
            return site

    zones: list[ZoneInfo] = []

    def looked(self: Any, *_: object) -> int:
        zones.append(self.zone)
        return 0

    monkeypatch.setattr(alarms, "situation", lambda *_: None)
    monkeypatch.setattr(alarms.Watcher, "look", looked)
    monkeypatch.setattr(hub, "board", Board(0, 1, "", (), (), (), ()))
    alarm = Alarm(Reader(), None)  # type: ignore[arg-type]  # neither is asked for more
    alarm.look()
    site = SiteFile(zone=ZoneInfo("Europe/Berlin"))
    alarm.look()
    assert zones == [ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")]
