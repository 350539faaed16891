"""The columns of the finished table of calls, each declared once."""

from everycall.calls.model import Fact
from everycall.calls.requests import REQUESTS
from everycall.events.callers import SPELT
from everycall.events.sights import Sight

_WAIT = "(waited_to - waited_from) // 1000"
_ENDED_BY = (
    "COALESCE(CASE WHEN stopped THEN 'system' WHEN ended_by IN ('caller', 'agent', 'system', 'network') THEN ended_by END, "
    "CASE WHEN ended_by = 'elsewhere' THEN 'system' END, "
    "CASE WHEN talk_ended_by IN ('caller', 'agent', 'network') "
    "AND last_talk_ended_at >= last_at - 2000000 THEN talk_ended_by END, "
    "CASE WHEN last_exit = 'caller' THEN 'caller' END)"
)
_LOST_SIGHT = (
    "NOT (:sees_after_transfer) AND COALESCE(transfer_at > last_talk_at, FALSE) "
    "AND NOT COALESCE(handed_to_nobody, FALSE)"
)
"""The call was handed on, and what came after that is unseen."""

_SPELT = ", ".join(f"'{number}'" for number in sorted(SPELT))
_NOBODY_SAID_WHO = "caller_raw IS NULL AND direction IS NULL"
"""No record of the call says who called or from where, as where its beginning was cut off."""


RESULTS = (
    Fact(
        "direction",
        "VARCHAR",
        "Where the call came from; inbound is assumed where no source can see it.",
        "COALESCE(direction, 'inbound')",
        sight=Sight.DIRECTION,
    ),
    Fact(
        "direction_assumed",
        "BOOLEAN",
        "No source could see the direction, so inbound was assumed.",
        "direction IS NULL",
    ),
    Fact("arrived_at", "BIGINT", "When the call reached us.", "arrived_at", unit="us"),
    Fact("ended_at", "BIGINT", "When the call ended.", "ended_at", unit="us", sight=Sight.END),
    Fact(
        "caller",
        "VARCHAR",
        "The customer's number as E.164.",
        "CASE WHEN caller_key LIKE '+%' THEN caller_key END",
        sight=Sight.CALLER,
    ),
    Fact(
        "caller_raw",
        "VARCHAR",
        "The customer's number or id as it was received.",
        "caller_raw",
        sight=Sight.CALLER,
    ),
    Fact(
        "caller_key",
        "VARCHAR",
        "What joins the calls of one customer; null if withheld.",
        "caller_key",
        sight=Sight.CALLER,
    ),
    Fact("called", "VARCHAR", "The number that was dialled.", "called", sight=Sight.CALLED),
    Fact("trunk", "VARCHAR", "The line that the call came or went by.", "trunk", sight=Sight.TRUNK),
    Fact("client", "VARCHAR", "The brand that the call was for.", "client"),
    Fact("language", "VARCHAR", "The caller's language.", "language"),
    Fact(
        "first_queue",
        "VARCHAR",
        "The first queue or ring group that the caller entered.",
        "first_queue",
        sight=Sight.QUEUE,
    ),
    Fact(
        "last_queue",
        "VARCHAR",
        "The last queue or ring group that the caller entered.",
        "last_queue",
        sight=Sight.QUEUE,
    ),
    Fact(
        "answered_queue",
        "VARCHAR",
        "The queue in which the first person answered.",
        "CASE WHEN answered THEN COALESCE(NULLIF(first_talk_queue, ''), visit_answered_in) END",
        sight=Sight.QUEUE,
    ),
    Fact(
        "answered_agent",
        "VARCHAR",
        "The first person who spoke with the caller.",
        "CASE WHEN answered THEN first_agent END",
        sight=Sight.TALK,
    ),
    Fact(
        "answered",
        "BOOLEAN",
        "A person spoke with the caller, also if the talk was cut off later.",
        "answered",
    ),
    Fact(
        "answered_at",
        "BIGINT",
        "When the first person began to speak with the caller.",
        "CASE WHEN answered AND talked_within < 2000000 THEN talked_at END",
        unit="us",
        sight=Sight.TALK,
    ),
    Fact(
        "wait_ms",
        "BIGINT",
        "Waiting in queues and ringing before the first person, menus left out.",
        f"CASE WHEN {_WAIT} >= 0 THEN {_WAIT} END",
        unit="ms",
        sight=Sight.QUEUE,
    ),
    Fact(
        "ring_ms",
        "BIGINT",
        "How long the phone rang that was answered.",
        "CASE WHEN answering_ring >= 0 THEN answering_ring END",
        unit="ms",
        sight=Sight.RINGS,
    ),
    Fact(
        "talk_ms",
        "BIGINT",
        "Time with a person, less the hold that was seen.",
        f"CASE WHEN unmeasured_talks = 0 AND NOT ({_LOST_SIGHT}) THEN spoken_ms - COALESCE(held_in_talk_ms, 0) END",
        unit="ms",
        sight=Sight.TALK,
    ),
    Fact(
        "hold_ms",
        "BIGINT",
        "Time on hold or parked.",
        "CASE WHEN unmeasured_holds = 0 THEN hold_ms WHEN holds IS NULL AND :sees_hold AND answered THEN 0 END",
        unit="ms",
        sight=Sight.HOLD,
    ),
    Fact(
        "ended_by",
        "VARCHAR",
        "Who ended the call: caller, agent, system or network.",
        _ENDED_BY,
        sight=Sight.ENDED_BY,
    ),
    Fact(
        "q850",
        "INTEGER",
        "The Q.850 cause of the caller's leg.",
        "COALESCE(q850, refused_q850)",
        sight=Sight.CAUSE,
    ),
    Fact(
        "sip_code",
        "INTEGER",
        "The SIP answer that ended the caller's leg.",
        "COALESCE(sip_code, refused_sip)",
        sight=Sight.CAUSE,
    ),
    Fact(
        "menu_choice", "VARCHAR", "The last key pressed in a menu.", "menu_choice", sight=Sight.MENU
    ),
    Fact(
        "menu_entries",
        "BIGINT",
        "How often the caller entered a menu.",
        "CASE WHEN :sees_menu OR menu_entries > 0 THEN COALESCE(menu_entries, 0) END",
        sight=Sight.MENU,
    ),
    Fact(
        "visits",
        "BIGINT",
        "Stays in queues.",
        "CASE WHEN :sees_queue OR visits > 0 THEN COALESCE(visits, 0) END",
        sight=Sight.QUEUE,
    ),
    Fact(
        "attempts",
        "BIGINT",
        "Rings of phones.",
        "CASE WHEN :sees_rings OR attempts > 0 THEN COALESCE(attempts, 0) END",
        sight=Sight.RINGS,
    ),
    Fact(
        "people",
        "BIGINT",
        "Different people who spoke with the caller.",
        "CASE WHEN :sees_talk OR people > 0 THEN "
        f"CASE WHEN NOT ({_LOST_SIGHT}) THEN COALESCE(people, 0) END END",
        sight=Sight.TALK,
    ),
    Fact(
        "transfers",
        "BIGINT",
        "Times that the caller was handed on.",
        "CASE WHEN :sees_transfer OR transfers > 0 THEN COALESCE(transfers, 0) END",
        sight=Sight.TRANSFER,
    ),
    Fact(
        "asked_for_person",
        "BOOLEAN",
        "The caller entered a queue or ring group, was refused at its door, or rang a person.",
        "asked_for_person",
    ),
    Fact(
        "last_exit", "VARCHAR", "Why the caller left the last queue.", "last_exit", sight=Sight.EXIT
    ),
    Fact(
        "callback_requested",
        "BOOLEAN",
        "The caller accepted to be called back.",
        "callback_requested",
    ),
    Fact("voicemail_reached", "BOOLEAN", "The call went to voicemail.", "voicemail_reached"),
    Fact("message_left", "BOOLEAN", "The caller left a message.", "message_left"),
    Fact("self_served", "BOOLEAN", "The caller was helped without a person.", "self_served"),
    Fact("told_closed", "BOOLEAN", "The caller was told that you are closed.", "told_closed"),
    Fact(
        "open_at_arrival",
        "BOOLEAN",
        "You were open when the call arrived, by your opening hours.",
        "open_at_arrival",
    ),
    Fact(
        "after_hours",
        "BOOLEAN",
        "The call arrived outside your opening hours.",
        "NOT open_at_arrival",
    ),
    Fact(
        "left_on_hold",
        "BOOLEAN",
        "The caller left while on hold or parked.",
        "NOT last_hold_at IS NULL AND COALESCE(last_hold_ended_at, ended_at) >= COALESCE(ended_at, last_at) - 1000000",
        sight=Sight.HOLD,
    ),
    Fact(
        "ringing_when_left",
        "BOOLEAN",
        "A phone was ringing for the caller at the moment they left.",
        "NOT COALESCE(answered, FALSE) AND last_cancelled_at >= COALESCE(caller_left_at, ended_at) - 2000000",
        sight=Sight.RINGS,
    ),
    Fact(
        "short",
        "BOOLEAN",
        "Not answered, and the caller waited less than the site's limit for a short call.",
        f"NOT COALESCE(answered, FALSE) AND {_WAIT} < :short_ms",
    ),
    Fact(
        "withheld",
        "BOOLEAN",
        "The caller withheld the number; a colleague's own number is not withheld.",
        f"CASE WHEN NOT ({_NOBODY_SAID_WHO}) THEN caller_key IS NULL "
        "AND COALESCE(direction, '') <> 'internal' "
        f"AND (COALESCE(TRY_CAST(caller_raw AS BIGINT), 0) = 0 OR caller_raw IN ({_SPELT})) END",
        sight=Sight.CALLER,
    ),
    Fact("seen_by", "BIGINT", "Which sources saw the call, one bit for each.", "seen_by"),
    Fact(
        "outside_only",
        "BOOLEAN",
        "Only an outside number took the call, and nobody confirmed that it was a person.",
        "COALESCE(answered AND NOT by_person, FALSE)",
    ),
    *REQUESTS,
)
"""The columns of the finished table of calls, beside call_id, outcome and missing."""
