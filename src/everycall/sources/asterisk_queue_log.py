"""Asterisk's queue_log: what happened in queues, one line per happening, by the second.

Source of the verbs and their fields: Asterisk's app_queue.c and logger.c, the documentation page
"Queue Logs", and Wazo's and FreePBX's own verbs. `data` fields are numbered from 1.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from everycall.events import AttemptResult, EndedBy, Exit, Kind
from everycall.events.markers import Form, Stage
from everycall.events.sights import Sight
from everycall.sources.asterisk_queue_log_table import chunks_of, is_heading
from everycall.sources.base import Head, LineTranslation, Recognised, Site, Source

SECOND = 1000
"""Milliseconds; most durations of queue_log are whole seconds, those of rings are milliseconds."""


@dataclass(frozen=True, slots=True)
class Emit:
    """One event that a verb gives; `*_in` is the number of the data field, 0 for none.

    Attributes:
        begins: a call may begin with it, and its channel was born before.
        part: 0 for the first event of a line, 1 for the second, and so on.
        link: with 'LINK' in the first data field the others stand one further.
    """

    verb: str
    kind: Kind | None
    reason: str | None = None
    value_in: int = 0
    times: int = SECOND
    leg_in: int = 0
    party_in: int = 0
    caller_in: int = 0
    called_in: int = 0
    text_in: int = 0
    direction: str | None = None
    agent: bool = True
    staff: bool = False
    link: bool = False
    part: int = 0
    begins: bool = False


def _exit(verb: str, exit_: Exit, value_in: int, text_in: int = 0) -> Emit:
    return Emit(verb, Kind.QUEUE_LEFT, exit_, value_in, text_in=text_in)


def _door(verb: str, exit_: Exit) -> Emit:
    return Emit(verb, Kind.QUEUE_LEFT, exit_, agent=False, times=0, begins=True)


def _talk_ended(verb: str, by: EndedBy, value_in: int, *, link: bool = False) -> Emit:
    return Emit(verb, Kind.TALK_ENDED, by, value_in, link=link)


def _staff(verb: str, kind: Kind, value_in: int = 0, text_in: int = 0) -> Emit:
    return Emit(verb, kind, value_in=value_in, text_in=text_in, staff=True)


def _called_out(verb: str, by: EndedBy) -> tuple[Emit, ...]:
    talked = Emit(verb, Kind.TALK_ENDED, by, 3)
    return talked, Emit(verb, Kind.CALL_ENDED, by, agent=False, part=1)


_CAME_TO_NOTHING = ("OUTBUSY", "OUTNOANSWER", "OUTCHANUNAVAIL", "OUTCONGESTION")
"""PBXware's verbs of calls that agents made and that nobody answered."""

_INSIDE = {
    "OUTCANCELINTERNAL": AttemptResult.CANCELLED,
    "OUTNOANSWERINTERNAL": AttemptResult.NO_ANSWER,
    "OUTBUSYINTERNAL": AttemptResult.BUSY,
    "OUTCHANUNAVAILINTERNAL": AttemptResult.UNREACHABLE,
    "OUTCONGESTIONINTERNAL": AttemptResult.UNREACHABLE,
}
"""The same where one agent called another."""

VERBS = (
    Emit("DID", Kind.CALL_ARRIVED, called_in=1, agent=False, begins=True),
    Emit("ENTERQUEUE", Kind.QUEUE_ENTERED, caller_in=2, agent=False, begins=True),
    Emit("CONNECT", Kind.AGENT_STOPPED, AttemptResult.ANSWERED, 3, leg_in=2),
    Emit("CONNECT", Kind.QUEUE_LEFT, Exit.ANSWERED, 1, part=1),
    Emit("CONNECT", Kind.TALK_STARTED, part=2),
    _talk_ended("COMPLETECALLER", EndedBy.CALLER, 2),
    _talk_ended("COMPLETEAGENT", EndedBy.AGENT, 2),
    _talk_ended("BLINDTRANSFER", EndedBy.TRANSFER, 4),
    Emit("BLINDTRANSFER", Kind.TRANSFER_STARTED, "blind", party_in=1, part=1),
    _talk_ended("TRANSFER", EndedBy.TRANSFER, 4),
    Emit("TRANSFER", Kind.TRANSFER_STARTED, "blind", party_in=1, part=1),
    _talk_ended("ATTENDEDTRANSFER", EndedBy.TRANSFER, 4, link=True),
    Emit("ATTENDEDTRANSFER", Kind.TRANSFER_STARTED, "attended", party_in=2, part=1),
    _exit("ABANDON", Exit.CALLER, 3),
    _exit("EXITWITHTIMEOUT", Exit.TIMEOUT, 3),
    _exit("EXITEMPTY", Exit.EMPTY, 3),
    Emit("LEAVEEMPTY", Kind.QUEUE_LEFT, Exit.EMPTY),
    _exit("EXITWITHKEY", Exit.KEY, 4, text_in=1),
    _exit("WITHDRAW", Exit.WITHDRAWN, 3, text_in=4),
    Emit("SYSCOMPAT", Kind.QUEUE_LEFT, Exit.SYSTEM),
    _door("FULL", Exit.FULL),
    _door("DIVERT_CA_RATIO", Exit.FULL),
    _door("DIVERT_HOLDTIME", Exit.FULL),
    _door("JOINEMPTY", Exit.UNSTAFFED),
    _door("CLOSED", Exit.CLOSING),
    Emit("CLOSED", Kind.CALL_CLOSED, agent=False, part=1),
    Emit("RINGNOANSWER", Kind.AGENT_STOPPED, AttemptResult.NO_ANSWER, 1, times=1),
    Emit("RINGCANCELED", Kind.AGENT_STOPPED, AttemptResult.CANCELLED, 1, times=1),
    Emit("AGENTDUMP", Kind.AGENT_STOPPED, AttemptResult.REJECTED),
    _staff("ADDMEMBER", Kind.AGENT_SIGNED_IN, text_in=1),
    _staff("REMOVEMEMBER", Kind.AGENT_SIGNED_OUT),
    _staff("PAUSE", Kind.AGENT_PAUSED, text_in=1),
    _staff("PAUSEALL", Kind.AGENT_PAUSED, text_in=1),
    _staff("UNPAUSE", Kind.AGENT_RESUMED, text_in=1),
    _staff("UNPAUSEALL", Kind.AGENT_RESUMED, text_in=1),
    _staff("AGENTLOGIN", Kind.AGENT_SIGNED_IN, text_in=1),
    _staff("AGENTLOGOFF", Kind.AGENT_SIGNED_OUT, value_in=2),
    _staff("AGENTCALLBACKLOGIN", Kind.AGENT_SIGNED_IN, text_in=1),
    _staff("AGENTCALLBACKLOGOFF", Kind.AGENT_SIGNED_OUT, value_in=2, text_in=3),
    Emit("WRAPUPSTART", Kind.AGENT_WRAPPED_UP, "begins", value_in=1, staff=True),
    Emit("QUEUESTART", Kind.SOURCE_GAP, "restart", staff=True),
    Emit("OUTCALL", Kind.CALL_ARRIVED, direction="outbound", text_in=1),
    Emit("OUTCALL", Kind.TALK_ENDED, EndedBy.UNKNOWN, 2, part=1),
    Emit("OUTDIAL", Kind.CALL_ARRIVED, caller_in=1, called_in=1, direction="outbound", agent=False),
    Emit("OUTDIALINTERNAL", Kind.CALL_ARRIVED, called_in=1, direction="internal", agent=False),
    *_called_out("OUTANSWERAGENT", EndedBy.AGENT),
    *_called_out("OUTANSWERCALLER", EndedBy.CALLER),
    *_called_out("OUTANSWER", EndedBy.UNKNOWN),
    *_called_out("OUTANSWERTRANSFER", EndedBy.TRANSFER)[:1],
    Emit("OUTTRANSFER", Kind.TRANSFER_STARTED, "blind", party_in=2),
    Emit("OUTCANCEL", Kind.CALL_ENDED, EndedBy.AGENT, agent=False),
    *(Emit(verb, Kind.CALL_ENDED, text_in=2, agent=False) for verb in _CAME_TO_NOTHING),
    *(Emit(verb, Kind.AGENT_STOPPED, result, 2) for verb, result in _INSIDE.items()),
    *(Emit(verb, Kind.CALL_ENDED, agent=False, part=1) for verb in _INSIDE),
    Emit("CONFIGRELOAD", None, staff=True),
    Emit("PENALTY", None, staff=True),
    Emit("RINGINUSE", None, staff=True),
)
"""What each verb of queue_log gives; a verb with no event is understood and needs none."""

COLUMNS = ("stamp", "callid", "queue", "agent", "verb", *(f"d{i}" for i in range(1, 9)))

_STAGE_KINDS = {
    Stage.CALLBACK_REQUESTED: (Kind.CALLBACK_REQUESTED, None),
    Stage.CALLBACK: (Kind.CALL_ARRIVED, "callback"),
    Stage.INBOUND: (Kind.CALL_ARRIVED, "inbound"),
    Stage.OUTBOUND: (Kind.CALL_ARRIVED, "outbound"),
    Stage.INTERNAL: (Kind.CALL_ARRIVED, "internal"),
    Stage.WELCOME: (Kind.MENU_ENTERED, None),
    Stage.MENU: (Kind.MENU_ENTERED, None),
    Stage.INFORMATION: (Kind.INFO_PLAYED, None),
    Stage.CLOSED: (Kind.CALL_CLOSED, None),
    Stage.VOICEMAIL: (Kind.VOICEMAIL_REACHED, None),
    Stage.BOT: (Kind.BOT_ENTERED, None),
    Stage.BLOCKED: (Kind.CALL_REFUSED, None),
}

_STAMPED = """
SELECT *,
  CASE WHEN LENGTH(stamp) < 12 THEN CAST(TRY_CAST(stamp AS UINTEGER) AS BIGINT) * 1000000
    WHEN SUBSTRING(stamp, 5, 1) = '-'
      THEN EPOCH_US(TRY_CAST(stamp AS TIMESTAMP) AT TIME ZONE :zone)
    ELSE TRY_CAST(TRY_CAST(stamp AS DECIMAL(20, 6)) * 1000000 AS BIGINT) END AS "at",
  CASE WHEN stamp LIKE '%.%' THEN 1 ELSE 1000000 END AS resolution
FROM lines
"""

_EVENTS = """
SELECT l."at", l.line * 4 + v.part AS seq, l.resolution,
  CASE WHEN NOT v.staff THEN l.callid END AS call_id, v.kind, v.direction,
  :caller AS caller_raw, :called AS called, NULLIF(l.queue, 'NONE') AS queue,
  CASE WHEN v.agent THEN NULLIF(l.agent, 'NONE') END AS agent,
  CASE WHEN v.kind = 'source.gap' AND l.callid LIKE '%~%' THEN SPLIT_PART(l.callid, '~', 1)
    ELSE :leg END AS leg, :party AS party,
  CASE WHEN v.verb = 'RINGNOANSWER' AND l.d1 = '0' THEN 'unreachable' ELSE v.reason END AS reason,
  CASE WHEN v.times = 0 THEN 0
    ELSE TRY_CAST(TRY_CAST(:value AS DOUBLE) * v.times AS BIGINT) END AS value,
  :text AS text
FROM stamped AS l
INNER JOIN verbs AS v ON v.verb = l.verb
WHERE NOT l."at" IS NULL AND NOT v.kind IS NULL
  AND (v.staff OR NOT l.callid IN ('NONE', 'REALTIME', 'MANAGER', 'CLI'))
  AND (v.verb <> 'DID' OR NOT l.d1 IS NULL)
UNION ALL BY NAME
SELECT born * 1000000 AS "at", line * 4 - 1 AS seq, 1000000 AS resolution, callid AS call_id,
  'call.arrived' AS kind, 'its channel began' AS text
FROM (
  SELECT l."at", l.line, l.callid,
    CAST(CASE WHEN callid LIKE '__________.%' THEN TRY_CAST(LEFT(callid, 10) AS UINTEGER)
      ELSE TRY_CAST(REGEXP_EXTRACT(callid, '([0-9]{9,10})[.][0-9]+$', 1) AS UINTEGER)
    END AS BIGINT) AS born
  FROM stamped AS l
  INNER JOIN verbs AS v ON v.verb = l.verb
  WHERE v.begins AND (v.verb <> 'DID' OR NOT l.d1 IS NULL)
) AS entries
WHERE born * 1000000 < "at" AND born * 1000000 >= "at" - 600000000
"""

_REFUSED = """
SELECT l.line,
  CASE WHEN l.verb IS NULL THEN 'too_few_fields' WHEN l."at" IS NULL THEN 'bad_time'
    WHEN v.verb IS NULL THEN 'no_word' ELSE 'no_call_id' END AS reason,
  CASE WHEN l.verb IS NULL THEN NULL WHEN l."at" IS NULL THEN l.stamp ELSE l.verb END AS detail,
  CONCAT_WS('|', l.stamp, l.callid, l.queue, l.agent, l.verb, l.d1, l.d2, l.d3, l.d4, l.d5) AS text
FROM stamped AS l
LEFT JOIN (SELECT verb, MIN(staff) AS staff FROM verbs GROUP BY verb) AS v ON v.verb = l.verb
WHERE l.verb IS NULL OR l."at" IS NULL OR v.verb IS NULL
  OR (NOT v.staff AND l.callid IN ('NONE', 'REALTIME', 'MANAGER', 'CLI'))
"""


def _stamped(site: Site) -> str:
    return _STAMPED.replace(":zone", f"'{site.zone or 'UTC'}'")


def _verbs(site: Site, seen: Iterable[str]) -> Iterator[Emit]:
    """Yield what the verbs of a file give, the site's own verbs included."""
    yield from VERBS
    known, here = {emit.verb for emit in VERBS}, set(seen)
    for verb in sorted(here - known):
        stage = site.markers.stage_of(Form.VERB, verb, _STAGE_KINDS)
        if stage is not None:
            kind, direction = _STAGE_KINDS[stage]
            yield Emit(verb, kind, direction=direction, party_in=1, agent=False, begins=True)
        elif site.markers.means(Stage.TAG, Form.VERB, verb):
            yield Emit(verb, Kind.CALL_TAGGED, text_in=1)
    yield from _directions(site, here & {emit.verb for emit in VERBS if not emit.staff})


def _directions(site: Site, verbs: Iterable[str]) -> Iterator[Emit]:
    """Yield what the site says of the verbs that are known: which way the calls went that have one."""
    for verb in sorted(verbs):
        for stage, (_, direction) in _STAGE_KINDS.items():
            own = site.markers.own(stage, Form.VERB)
            if direction is not None and any(fnmatchcase(verb, pattern) for pattern in own):
                yield Emit(verb, Kind.CALL_ARRIVED, direction=direction, agent=False, part=3)


def _lookup(site: Site, seen: Iterable[str]) -> list[dict[str, object]]:
    return [asdict(emit) for emit in _verbs(site, seen)]


_SQL_TYPES: dict[Any, str] = {int: "INTEGER", bool: "BOOLEAN"}
_LOOKUP_TYPES = {f.name: _SQL_TYPES.get(f.type, "VARCHAR") for f in fields(Emit)}

_FIELDS = {
    ":caller": "caller_in",
    ":called": "called_in",
    ":leg": "leg_in",
    ":party": "party_in",
    ":text": "text_in",
}


def _events() -> str:
    text = _EVENTS
    for name, column in _FIELDS.items():
        text = text.replace(name, _field(column, f"v.{column}"))
    shifted = "v.value_in + CASE WHEN v.link AND l.d1 = 'LINK' THEN 1 ELSE 0 END"
    return text.replace(":value", _field("value_in", shifted))


def _field(column: str, number: str) -> str:
    """Return the SQL of the data field whose number stands in a column of the verbs."""
    used = {getattr(emit, column) for emit in VERBS} - {0}
    if column in ("value_in", "party_in"):
        used |= {1, max(used) + 1}
    whens = " ".join(f"WHEN {i} THEN d{i}" for i in sorted(used))
    return f"CASE {number} {whens} END"


_LINE = re.compile(
    r"^(\d{9,10}(\.\d+)?|\d{4}-\d\d-\d\d[ T][\d:.]+)\|[^|]*\|[^|]*\|[^|]*\|[A-Z_]+(\||$)"
)


def _recognise(head: Head) -> Recognised | None:
    """Know queue_log by its lines, or its table by the heading."""
    if is_heading((head.lines or [""])[0]) is not None:
        return Recognised(0.95, "its heading is that of a table of queue_log")
    lines = [line for line in head.lines if line.strip()][:50]
    good = sum(1 for line in lines if _LINE.match(line))
    if not lines or good * 2 < len(lines):
        return None
    reason = f"{good} of its first {len(lines)} lines read: time | call id | queue | agent | VERB"
    return Recognised(0.5 + good / len(lines) / 2, reason)


source = Source(
    name="asterisk_queue_log",
    title="Asterisk queue_log",
    doc="What happened in Asterisk's queues, by the second: a file, rotated or compressed, or the "
    "table of a realtime database as CSV.",
    sees=frozenset(
        {
            Sight.CALLER,
            Sight.QUEUE,
            Sight.EXIT,
            Sight.RINGS,
            Sight.TALK,
            Sight.TRANSFER,
            Sight.ENDED_BY,
            Sight.STAFF,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.DIRECTION: "it writes callbacks through a queue like calls that came in; add CDR, "
        "CEL or AMI",
        Sight.CALLED: "FreePBX adds a DID line; on others add CDR, CEL or AMI",
        Sight.TRUNK: "add CDR, CEL or AMI",
        Sight.MENU: "it begins at the queue; add CEL or AMI, and name your menus as markers",
        Sight.SELF_SERVICE: "add CEL or AMI, and name your information prompts as markers",
        Sight.CLOSED: "name your closed announcement as a marker, or declare opening hours",
        Sight.DOOR: "stock Asterisk writes nothing when a queue refuses; add CEL or AMI",
        Sight.DIRECT: "people called outside a queue are in CDR, CEL and AMI only",
        Sight.RING_RESULT: "a refusal and no answer are one verb here; add CEL or AMI",
        Sight.HOLD: "add AMI or CEL",
        Sight.AFTER_TRANSFER: "it stops at the transfer; add CEL, AMI or CDR",
        Sight.ELSEWHERE: "add CEL or AMI",
        Sight.VOICEMAIL: "it ends at the queue; add CDR, CEL or AMI",
        Sight.MESSAGE: "add AMI or CEL",
        Sight.CALLBACK: "name your own verb for it as a marker",
        Sight.END: "it sees the end only of calls that ended in a queue or a talk; add CDR or CEL",
        Sight.CAUSE: "it writes a call cut off by a fault like a normal end; add CEL or AMI",
    },
    recognise=_recognise,
    translation=LineTranslation(
        delimiter="|",
        columns=COLUMNS,
        filler="||||",
        stamped=_stamped,
        lookup=_lookup,
        lookup_types=_LOOKUP_TYPES,
        events=_events(),
        refused=_REFUSED,
        chunks=chunks_of,
    ),
    forms=frozenset({Form.VERB}),
    fineness=6,
    people=True,
    alike=True,
)
