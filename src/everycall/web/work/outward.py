"""What goes out to customers and to their files elsewhere: answers may take long, so this is a round of its own."""

from datetime import timedelta

from django.utils import timezone

from everycall.records.jobs import Work, run_one
from everycall.web.reading import Reader
from everycall.web.rounds import Round, while_there_is
from everycall.web.work import crm, mailing, texting

PAUSE = 2.0
"""Seconds between two rounds."""

LEASE = timedelta(minutes=5)
"""Who does one of these jobs has it for so long: a CRM is asked several times for one of them."""

WORK: dict[str, Work] = {**crm.WORK, **texting.WORK, **mailing.WORK}
"""What jobs may ask for here, by name."""


def one_round(reader: Reader) -> None:
    """Make jobs of what is missing, and do the jobs that are due."""
    crm.keep_in_step(reader)
    texting.tell_the_missed(reader, timezone.now())
    mailing.mail_the_missed(reader, timezone.now())
    while_there_is(lambda: run_one(WORK, timezone.now(), LEASE))


def outward(reader: Reader) -> tuple[Round, ...]:
    """Return the round that tells the outside what it has to know."""
    return (Round("outward", lambda: one_round(reader), PAUSE),)
