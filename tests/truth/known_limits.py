"""What the logs of the recorded scenarios cannot tell, or tell otherwise than it was: every case.

A limit that is no longer needed must go: the tests fail if a fact listed here is told as it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from truth.comparing import Deviation

QUEUE_LOG, CDR, CEL, AMI = "queue_log", "cdr", "cel", "ami"
ALL = "all"
QUEUE_LOG_CEL, QUEUE_LOG_AMI = "queue_log+cel", "queue_log+ami"
QUEUE_LOG_CDR, CEL_CDR = "queue_log+cdr", "cel+cdr"
EVERY = (
    QUEUE_LOG,
    CDR,
    CEL,
    AMI,
    ALL,
    QUEUE_LOG_CEL,
    QUEUE_LOG_AMI,
    QUEUE_LOG_CDR,
    CEL_CDR,
)
WITH_CHANNELS = (CEL, AMI, ALL, QUEUE_LOG_CEL, QUEUE_LOG_AMI, CEL_CDR)
WITH_AMI = (AMI, ALL, QUEUE_LOG_AMI)
WITHOUT_AMI = (CDR, CEL, QUEUE_LOG_CEL, QUEUE_LOG_CDR, CEL_CDR)
WITHOUT_CHANNELS = (QUEUE_LOG, CDR, QUEUE_LOG_CDR)
CDR_AT_BEST = (CDR, QUEUE_LOG_CDR)
QUEUE_LOG_AT_BEST = (QUEUE_LOG, QUEUE_LOG_CDR)

BLIND = {
    QUEUE_LOG: {"hold"},
    CDR: {"hold", "ended_by", "answered_at", "talk", "rang_at", "ring", "wait"},
    QUEUE_LOG_CDR: {"hold", "ended_by"},
}
"""What these sources need not tell of any call; if they do tell it, it must be right."""


@dataclass(frozen=True)
class Limit:
    """Facts that certain sources cannot tell of certain calls, and why."""

    why: str
    sources: tuple[str, ...]
    calls: str
    facts: str

    def cases(self) -> set[tuple[str, str, str]]:
        """Return every (source, call, fact) that it speaks of."""
        return {
            (source, call, fact)
            for source in self.sources
            for call in self.calls.split()
            for fact in self.facts.split(", ")
        }


LIMITS = (
    # what no log of Asterisk knows
    Limit("a number that nobody has is refused before any log begins", EVERY, "s32", "call"),
    Limit(
        "a dead phone is noticed after 6 s without audio, so the talk seems 6 s longer",
        (QUEUE_LOG, *WITH_CHANNELS, QUEUE_LOG_CDR),
        "s12 s13",
        "talk",
    ),
    Limit("a dead phone of a caller is noticed 6 s late", EVERY, "s13 s67", "ended_at"),
    Limit(
        "nobody writes down the moment of a crash, so neither the end nor the talk is known",
        (QUEUE_LOG, *WITH_CHANNELS, QUEUE_LOG_CDR),
        "s36",
        "ended_at, talk",
    ),
    Limit(
        "nobody writes down the moment of a crash",
        (QUEUE_LOG, *WITH_CHANNELS, QUEUE_LOG_CDR),
        "s79",
        "ended_at",
    ),
    Limit(
        "the manager's transfer takes 0.24 s before the logs see it",
        WITH_CHANNELS,
        "s18 s37",
        "talk",
    ),
    Limit(
        "a consultation that is refused or taken back stays an internal call of its own",
        (CDR, *WITH_CHANNELS, QUEUE_LOG_CDR),
        "s20 s75",
        "attempts, another call",
    ),
    Limit(
        "the agent's phone was only turned away; the logs say that the other side refused or failed",
        WITH_CHANNELS,
        "s62 s63 s64",
        "ended_by",
    ),
    # manager events
    Limit(
        "a phone that never registered is sent no invitation, but it was called",
        WITH_AMI,
        "s45",
        "attempts",
    ),
    # the channel event log, alone or with records coarser than itself
    Limit(
        "the channel events do not say whether a phone rang, so one that is unplugged did not answer",
        (CEL, QUEUE_LOG_CEL, CEL_CDR),
        "s33 s46",
        "result",
    ),
    Limit(
        "as above, and nobody was called by a queue",
        (CEL, QUEUE_LOG_CEL, CEL_CDR),
        "s46",
        "outcome",
    ),
    Limit(
        "a refusal at a queue's door and a phone that does not exist leave no trace",
        WITHOUT_AMI,
        "s45 s56/2 s84",
        "outcome",
    ),
    Limit(
        "only the manager's events say where a call that the phone system placed was to go on",
        WITHOUT_AMI,
        "s25",
        "direction",
    ),
    Limit(
        "why a caller left a queue stands in no channel event",
        (CDR, CEL, CEL_CDR),
        "s82 s85",
        "outcome",
    ),
    Limit("the records end with the crash", (CEL, CEL_CDR), "s36 s79", "ended_by, outcome"),
    Limit(
        "a restart is no event of a channel, so the talk seems to have ended",
        (CEL, CEL_CDR),
        "s80",
        "outcome",
    ),
    # queue_log
    Limit(
        "who never enters a queue is not in queue_log",
        (QUEUE_LOG,),
        "s03 s08 s22 s23 s24 s25 s31/1 s31/3 s40 s41 s42 s43 s44 s45 s46 s47 s48 s49 s50 s51 s52 "
        "s53 s54 s55 s56/2 s60 s61 s62 s63 s64 s72 s76 s78 s84 s86 s87 s88 s89",
        "call",
    ),
    Limit(
        "queue_log ends where the caller leaves the queue",
        (QUEUE_LOG,),
        "s07 s09",
        "ended_at, ended_by, outcome",
    ),
    Limit(
        "queue_log ends where the caller leaves the queue",
        (QUEUE_LOG,),
        "s21 s71 s81 s82 s83 s85",
        "ended_at, ended_by",
    ),
    Limit(
        "queue_log ends where the caller is handed on",
        (QUEUE_LOG,),
        "s15 s17 s18 s19 s37 s58 s59 s75",
        "ended_at, ended_by, talk, attempts",
    ),
    Limit(
        "queue_log ends where the caller is parked",
        (QUEUE_LOG,),
        "s57",
        "ended_at, ended_by, talk",
    ),
    Limit(
        "queue_log ends where the caller is handed on",
        (QUEUE_LOG,),
        "s66",
        "ended_at, ended_by, talk, attempts, outcome",
    ),
    Limit("a consultation is not in queue_log", (QUEUE_LOG,), "s20", "attempts"),
    Limit(
        "queue_log writes a call that we return through a queue like one that came in",
        (QUEUE_LOG,),
        "s26",
        "direction, outcome",
    ),
    Limit(
        "queue_log counts from the agent's answer, before the customer was dialled",
        QUEUE_LOG_AT_BEST,
        "s26",
        "answered_at, talk",
    ),
    Limit("queue_log does not see who called from inside", (QUEUE_LOG,), "s65", "direction"),
    Limit(
        "queue_log has no line for the phones that lost a call to another",
        QUEUE_LOG_AT_BEST,
        "s27",
        "attempts",
    ),
    Limit(
        "the ring that was answered counts from the beginning of the round, a refusal included",
        QUEUE_LOG_AT_BEST,
        "s10 s11",
        "rang_at",
    ),
    Limit(
        "queue_log writes a call that a fault cut off like a normal end",
        QUEUE_LOG_AT_BEST,
        "s12 s13 s14 s80",
        "ended_by, outcome",
    ),
    # call detail records, and queue_log with them
    Limit(
        "a refusal, an unplugged phone, and no answer are one word",
        WITHOUT_CHANNELS,
        "s10 s11 s33",
        "result",
    ),
    Limit(
        "call detail records write a caller who hangs up like a phone that does not answer",
        (CDR,),
        "s05 s34 s66",
        "result",
    ),
    Limit("as above, after queue_log has ended", (QUEUE_LOG_CDR,), "s66", "result"),
    Limit(
        "a refusal, an unplugged phone, a caller who hangs up, and no answer are one word",
        CDR_AT_BEST,
        "s43 s44 s46",
        "result, outcome",
    ),
    Limit("the phones of a queue that lost a call look unanswered", (CDR,), "s27", "result"),
    Limit(
        "call detail records write a call that a fault cut off like a normal end",
        (CDR,),
        "s12 s13 s14 s80",
        "outcome",
    ),
    Limit(
        "who leaves a queue by a fault or a restart seems to have hung up",
        WITHOUT_CHANNELS,
        "s67 s69",
        "ended_by, outcome",
    ),
    Limit(
        "voicemail was reached; whether a message was left is not said",
        CDR_AT_BEST,
        "s07 s08 s49 s55 s88",
        "outcome",
    ),
    Limit(
        "an announcement shows that it was begun, not whether it was heard to the end",
        CDR_AT_BEST,
        "s53 s54",
        "outcome",
    ),
    Limit("why a caller left a queue is not said", (CDR,), "s81 s83", "outcome"),
    Limit("who handed a caller on is not said", (CDR,), "s66 s77", "outcome"),
    Limit("a number that does not exist looks unanswered", CDR_AT_BEST, "s63", "outcome"),
    Limit(
        "a call that was never ended has no record",
        (CDR,),
        "s36 s79",
        "call",
    ),
    Limit(
        "a consultation over a second line has a call id of its own, and nothing joins the two",
        CDR_AT_BEST,
        "s19",
        "another call",
    ),
    Limit(
        "after a transfer the records count from the transfer, not from the answer",
        (QUEUE_LOG_CDR,),
        "s15 s17 s58 s59",
        "ring, talk",
    ),
    Limit(
        "after a transfer the records count from the transfer, not from the answer",
        (QUEUE_LOG_CDR,),
        "s18 s19 s75",
        "talk",
    ),
    Limit("who joined by a transfer was rung in a call apart", (QUEUE_LOG_CDR,), "s19", "attempts"),
    Limit(
        "the record counts from the agent's answer", (QUEUE_LOG_CDR,), "s22", "answered_at, talk"
    ),
)


def held_against(
    source: str, found: Sequence[Deviation], stories: Iterable[str]
) -> tuple[list[Deviation], set[tuple[str, str, str]]]:
    """Return what deviates beyond the known limits, and the limits that were not needed."""
    named = set(stories)
    every = set().union(*(limit.cases() for limit in LIMITS))
    mine = {case for case in every if case[0] == source and case[1].partition("/")[0] in named}
    beyond = [d for d in found if (source, d.name, d.fact) not in mine]
    return beyond, mine - {(source, d.name, d.fact) for d in found}
