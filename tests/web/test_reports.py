"""Reports show what their reader may see, are taken away by right, and are sent once for each slot."""

import csv
import io
import re
import socketserver
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.app.history.asking import Filter
from everycall.definitions import load
from everycall.records.jobs import Job, run_one
from everycall.records.models import Channel, Entry, Person, ReportPlan, ReportRun, Team
from everycall.records.report_plans import Every, due
from everycall.web.reading import site_reader
from everycall.web.reports.making import Wish, trade_for
from everycall.web.work.report_sending import WORK, round_of_reports, tell
from web.conftest import browser, person

pytestmark = pytest.mark.usefixtures("calls")

UTC_ZONE = ZoneInfo("UTC")


def test_the_page_has_charts_figures_and_numbers_that_lead_to_their_calls(
    supervisor: Person,
) -> None:
    page = browser(supervisor).get("/report/").content.decode()
    assert "<svg" in page
    assert 'class="figures"' in page
    assert 'href="/calls/?from=' in page
    assert 'style="' not in page


def test_the_page_begins_with_the_answers_and_each_leads_to_its_section(supervisor: Person) -> None:
    page = browser(supervisor).get("/report/").content.decode()
    short = page.split('id="summary"')[1].split("</section>")[0]
    led = re.findall(r'<dt><a href="#([^"]+)">([^<]+)</a></dt><dd>[^<]', short)
    assert ("callers", "How many did we fail?") in led
    assert all(f'id="{section}"' in page for section, _ in led)


def test_whose_words_are_chosen_by_their_titles(supervisor: Person) -> None:
    page = browser(supervisor).get("/report/?definition=nhs_30s").content.decode()
    assert f'<option value="nhs_30s" selected>{load("nhs_30s").title}</option>' in page


def test_files_of_two_brands_and_of_other_words_are_told_apart_by_their_names() -> None:
    day = date(2026, 11, 1)
    assert Wish(day, day, "Schöne Schuhe").name == "everycall-schone-schuhe-2026-11-01-2026-11-01"
    assert Wish(day, day, definition="nhs_30s").name == "everycall-nhs_30s-2026-11-01-2026-11-01"


def test_a_number_of_the_report_leads_to_as_many_calls(supervisor: Person) -> None:
    client = browser(supervisor)
    page = client.get("/report/").content.decode()
    part = page.split('id="outcomes"')[1].split("</section>")[0]
    for piece in part.split('<a href="/calls/')[1:8]:
        link, rest = piece.split('">', 1)
        number = int(rest.split("<")[0].replace(",", ""))
        heading = client.get("/calls/" + link.replace("&amp;", "&")).content.decode()
        assert f"<h1>{number} call" in heading


@pytest.mark.parametrize(
    ("kind", "begins"), [("html", b"<!doctype"), ("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"PK")]
)
def test_a_report_is_taken_away_and_that_is_on_record(
    viewer: Person, kind: str, begins: bytes
) -> None:
    answer = browser(viewer).get(f"/report/file/{kind}/")
    assert answer.content.startswith(begins)
    assert f'.{"zip" if kind == "csv" else kind}"' in answer["Content-Disposition"]
    assert Entry.objects.get(action="report taken away").who == "Vera"


def test_csv_has_a_file_for_each_table(supervisor: Person) -> None:
    body = browser(supervisor).get("/report/file/csv/").content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        rows = list(csv.reader(io.TextIOWrapper(archive.open(names[0]), "utf-8")))
    assert len(names) > 10
    assert len(rows) > 1


def test_a_file_for_a_viewer_has_neither_names_nor_numbers(
    viewer: Person, supervisor: Person
) -> None:
    with site_reader().asking() as asking:
        agents = {a for (a,) in asking.rows("SELECT DISTINCT agent FROM talks WHERE agent <> ''")}
        callers = {c for (c,) in asking.rows("SELECT DISTINCT caller FROM counted") if c}
    page = browser(viewer).get("/report/file/html/").content.decode()
    whole = browser(supervisor).get("/report/file/html/").content.decode()
    assert any(f">{agent}<" in whole for agent in agents)
    assert any(number in whole for number in callers)
    assert not [agent for agent in agents if f'"{agent}"' in page or f">{agent}<" in page]
    assert not [number for number in callers if number in page]


def test_a_team_is_told_of_its_own_queue_only() -> None:
    sam = person("Sue", "supervisor")
    sam.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    page = browser(sam).get("/report/").content.decode()
    with site_reader().apart(Filter(queues=("sales",))) as asking:
        mine = asking.rows("SELECT COUNT(*) FROM counted WHERE direction = 'inbound'")[0][0]
        assert asking.rows("SELECT COUNT(*) FROM episodes")[0][0] > 0
    with site_reader().asking() as asking:
        every = asking.rows("SELECT COUNT(*) FROM counted WHERE direction = 'inbound'")[0][0]
        queues = [name for name in asking.queues() if name != "sales"]
    assert 0 < mine < every
    assert f">{mine}<" in page
    for name in queues:
        assert f'<th scope="row">{name}</th>' not in page or name == "support"


def test_a_client_without_calls_is_told_so_and_gets_no_sections_of_the_house() -> None:
    cleo = person("Cleo", "client", clients=["no such brand"])
    page = browser(cleo).get("/report/").content.decode()
    assert "no call that you may see" in page
    assert not {"people", "remedies", "quality"} & set(trade_for("shop", cleo).sections)


def test_who_may_not_see_colleagues_gets_no_page_about_people(viewer: Person) -> None:
    assert "people" not in trade_for("", viewer).sections
    assert 'id="people"' not in browser(viewer).get("/report/").content.decode()


# ---- sent by themselves


class Smtp(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets."""

    heard: list[bytes]
    daemon_threads = True


class _Talk(socketserver.StreamRequestHandler):
    server: Smtp

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                parts = []
                while (part := self.rfile.readline()) != b".\r\n":
                    parts.append(part)
                self.server.heard.append(b"".join(parts))
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    server = Smtp(("127.0.0.1", 0), _Talk)
    server.heard = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def mail(port: int, name: str = "Mail") -> Channel:
    made = Channel(name=name, kind="mail")
    given = {"to": "boss@example.org", "sender": "e@example.org", "host": "127.0.0.1"}
    made.keep({**given, "port": port, "tls": False})
    made.save()
    return made


def plan(owner: Person, channel: Channel, **more: object) -> ReportPlan:
    made = ReportPlan.objects.create(
        name="Daily", every="day", to=["ann@example.org"], channel=channel, made_by=owner,
        **{"kind": "pdf", **more},
    )  # fmt: skip
    ReportPlan.objects.update(made_at=datetime(2026, 1, 1, tzinfo=UTC))
    return made


NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def test_a_report_is_mailed_once_for_each_slot(owner: Person, smtp: Smtp) -> None:
    plan(owner, mail(smtp.server_address[1]))
    for _ in range(3):
        round_of_reports(NOON)
    assert ReportRun.objects.get().sent_at is not None
    (sent,) = smtp.heard
    letter = message_from_bytes(sent)
    assert letter["To"] == "ann@example.org"
    assert letter["Subject"].endswith(", 2026-11-01")
    assert parsedate_to_datetime(letter["Date"]).tzinfo is not None
    (text, file) = letter.get_payload()
    told = text.get_payload(decode=True).decode()
    assert "2026-11-01, times in " in told
    assert "0 calls arrived" in told
    assert "How many did we fail? No caller was missed." in told
    assert file.get_filename() == "everycall-2026-11-01-2026-11-01.pdf"
    assert file.get_payload(decode=True).startswith(b"%PDF")
    round_of_reports(NOON + timedelta(days=1))
    assert len(smtp.heard) == 2


def test_one_that_fails_is_told_of(owner: Person, smtp: Smtp) -> None:
    made = plan(owner, mail(1, "Broken"))
    to = mail(smtp.server_address[1])
    made.failures_to.add(to)
    round_of_reports(NOON)
    for _ in range(10):
        Job.objects.filter(failed_at=None).update(run_at=NOON)
        run_one(WORK, datetime.now(UTC))
    run = ReportRun.objects.get()
    assert run.failed_at is not None
    assert run.tries == 6
    (sent,) = smtp.heard
    assert "could not be sent" in str(message_from_bytes(sent)["Subject"]).replace(
        "=?utf-8?q?", ""
    ).replace("_", " ")
    page = browser(owner).get("/setup/reports/").content.decode()
    assert "failed" in page
    assert "refused" in page.lower()
    to.language = "de"
    to.save()
    tell(run.pk, to.pk)
    text = message_from_bytes(smtp.heard[1], policy=policy.default).get_body()
    assert "Vom 01.11.2026 bis 01.11.2026" in text.get_content()


def test_one_that_cannot_be_made_is_told_of_at_once(owner: Person, smtp: Smtp) -> None:
    to = mail(smtp.server_address[1])
    plan(owner, to, client="a brand that never was").failures_to.add(to)
    round_of_reports(NOON)
    run = ReportRun.objects.get()
    assert run.tries == 1
    assert run.failed_at is not None
    (sent,) = smtp.heard
    text = message_from_bytes(sent, policy=policy.default).get_body().get_content()
    assert "What went wrong: " in text


@given(
    st.sampled_from(list(Every)),
    st.integers(0, 365 * 24 * 60),
    st.times(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_slots_follow_one_another_without_a_gap_and_are_over_when_due(
    every: Every, minutes: int, at: time, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    now = datetime(2026, 1, 3, tzinfo=UTC) + timedelta(minutes=minutes)
    made = ReportPlan(every=every.value, at=at.replace(tzinfo=None))
    slot = made.latest(now, zone)
    assert slot.due <= now
    assert slot.last < slot.due.astimezone(zone).date() or slot.last < slot.due.date()
    before = made.latest(slot.due - timedelta(days=1), zone)
    assert before.last + timedelta(days=1) == slot.first
    if every is Every.WEEK:
        assert (slot.first.weekday(), slot.last.weekday()) == (0, 6)
    if every is Every.MONTH:
        assert slot.first.day == 1


def test_nothing_from_before_the_plan_is_sent(owner: Person) -> None:
    made = plan(owner, mail(1))
    ReportPlan.objects.filter(pk=made.pk).update(made_at=NOON)
    assert due(NOON, UTC_ZONE) == []


def test_a_plan_is_made_on_the_page(owner: Person) -> None:
    channel = mail(1)
    given = {
        "name": "Weekly", "every": "week", "at": "07:30", "to": "a@example.org, b@example.org",
        "kind": "xlsx", "language": "de", "channel": channel.pk, "is_on": "on",
    }  # fmt: skip
    answer = browser(owner).post("/setup/reports/new/", given)
    assert answer.status_code == 302, answer.content.decode()
    made = ReportPlan.objects.get()
    assert (made.to, made.made_by, made.at) == (
        ["a@example.org", "b@example.org"],
        owner,
        time(7, 30),
    )
    assert made.latest(NOON, UTC_ZONE).first == date(2026, 10, 26)


def test_a_wrong_address_is_refused(owner: Person) -> None:
    given = {"name": "W", "every": "week", "at": "07:30", "to": "nobody", "kind": "pdf"}
    answer = browser(owner).post("/setup/reports/new/", {**given, "channel": mail(1).pk})
    assert answer.status_code == 200
    assert not ReportPlan.objects.exists()
