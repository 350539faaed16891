"""Reports that are sent by themselves: made as their maker may see them, mailed, and told of if not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from everycall.alerts import Message
from everycall.channels.mail import File, Mail
from everycall.errors import EverycallError
from everycall.records.jobs import Work, enqueue, is_hopeless, run_one
from everycall.records.report_plans import SEND, TRIES, ReportPlan, ReportRun, due
from everycall.reports import Report
from everycall.web.reading import site_reader
from everycall.web.reports.making import KINDS, Wish, export, making
from everycall.web.rounds import while_there_is
from everycall.web.wording.deeds import trouble
from everycall.web.wording.saying import words
from everycall.web.work.carrying import hand

LEASE = timedelta(minutes=15)
"""A report may take so long to make."""

TELL = "report failed"
"""The job that says that a report could not be sent."""


def send(run: int) -> None:
    """Make and mail a report; a job, tried again, and told of when it was given up.

    Raises:
        EverycallError: it cannot be made, or the mail server did not take it.
        OSError: the mail server cannot be reached.
    """
    found = ReportRun.objects.select_related("plan__channel", "plan__made_by").get(pk=run)
    if found.sent_at is not None:
        return
    here = ReportRun.objects.filter(pk=run)
    here.update(tries=F("tries") + 1)
    try:
        with translation.override(found.plan.language or "en"):
            _mail(found)
    except Exception as error:
        here.update(error=str(error)[:400])
        if is_hopeless(error) or found.tries + 1 >= TRIES:
            here.update(failed_at=timezone.now())
            _tell(found.plan, run)
        raise
    here.update(sent_at=timezone.now(), error="", failed_at=None)


def _mail(run: ReportRun) -> None:
    plan, kind = run.plan, run.plan.kind
    wish = Wish(run.first, run.last, plan.client, language=plan.language or "en")
    with making(wish, plan.made_by) as made:
        body = export(made, kind, plan.made_by)
        title, text = made.report.title, "\n\n".join(_in_short(made.report))
    by = hand(plan.channel)
    if not isinstance(by, Mail):
        raise TypeError(f"{plan.channel} is no mail channel")
    link = f"{settings.ADDRESS}{reverse('report')}?{wish.query}"
    subject = f"{plan.name}: {title}, {_days(run)}"
    message = Message(f"report-{run.pk}", subject, text, link, "report")
    name = f"{wish.name}.{'zip' if kind == 'csv' else kind}"
    by.send_file(message, plan.to, File(name, KINDS[kind], body))


def _days(run: ReportRun) -> str:
    """Write of which days a report is: no two mails of a plan are called the same."""
    one = run.first == run.last
    return words().language.days(f"{run.first}" if one else f"{run.first} – {run.last}")


def _in_short(report: Report) -> Iterator[str]:
    """Yield what a report says to whoever has a minute: of when it is, and its answers."""
    yield report.subtitle
    first = report.sections[0]
    yield first.lead
    yield from (f"{one.question} {one.answer}" for one in first.answers)


def _tell(plan: ReportPlan, run: int) -> None:
    for channel in plan.failures_to.filter(removed_at=None):
        enqueue(TELL, key=f"{TELL} {run} {channel.pk}", run=run, channel=channel.pk)


def tell(run: int, channel: int) -> None:
    """Say through a channel that a report could not be sent; a job."""
    found = ReportRun.objects.select_related("plan").get(pk=run)
    to = found.plan.failures_to.get(pk=channel)
    with translation.override(to.language or "en"):
        days = words().language.days
        title = _("The report “%s” could not be sent") % found.plan.name
        text = _("From %(first)s to %(last)s. What went wrong: %(error)s") % {
            "first": days(str(found.first)),
            "last": days(str(found.last)),
            "error": trouble(found.error),
        }
    link = f"{settings.ADDRESS}{reverse('report-plans')}"
    hand(to).send(Message(f"report-failed-{run}-{channel}", title, text, link, "report failed"))


WORK: dict[str, Work] = {SEND: send, TELL: tell}
"""What there is to do for reports."""


def round_of_reports(now: datetime | None = None) -> int:
    """Write down what is due, and do what there is to do; returns how many reports were due."""
    present = now or timezone.now()
    try:
        zone = site_reader().settings().zone or ZoneInfo("UTC")
    except EverycallError:
        return 0
    found = due(present, zone)
    while_there_is(lambda: run_one(WORK, timezone.now(), LEASE))
    return len(found)
