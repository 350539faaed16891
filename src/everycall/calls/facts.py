"""Everything that is known of one call, each declared once: name, type, sentence, expression.

A fact with a sight is null where no source of the call could have seen it: the chain never reads
"not seen" as "no". What was seen is true, whatever its source says of itself.

`:name` in an expression stands for a number of the site's settings.
"""

from everycall.calls.causes import FAULTS
from everycall.calls.model import Fact
from everycall.events.sights import Sight

_GONE = "GREATEST(hung_up_at, caller_left_at)"

ENDS = (
    Fact(
        "ended_at",
        "BIGINT",
        "When the call ended.",
        f"COALESCE(ended_at, CASE WHEN open_spans = 0 AND {_GONE} >= last_at - 2000000 "
        f"THEN {_GONE} END)",
        unit="us",
        sight=Sight.END,
    ),
    Fact(
        "stopped",
        "BOOLEAN",
        "The phone system restarted while the call was on, and said nothing of it afterwards.",
        "NOT stopped_at IS NULL",
    ),
    Fact(
        "shut_down",
        "BOOLEAN",
        "Nobody ended the call; it ended in the moment in which the phone system shut down.",
        "COALESCE(ended_by, '') = 'system' AND NOT shut_at IS NULL",
    ),
    Fact(
        "over",
        "BOOLEAN",
        "The call has ended, as far as its sources can tell.",
        "NOT ended_at IS NULL OR (open_spans = 0 AND NOT :sees_end) "
        f"OR (open_spans = 0 AND COALESCE({_GONE} >= last_at - 2000000, FALSE)) "
        "OR NOT stopped_at IS NULL OR last_at < :too_long_ago",
    ),
)
"""Whether and when the call ended; the other facts stand on these."""

_ANSWERED = "COALESCE(talks, 0) > 0"
_REQUEST_IN_QUEUE = "COALESCE(visits, 0) > 0 AND last_entered_at >= COALESCE(last_direct_at, 0)"
_DIRECT_REQUEST = "COALESCE(direct_rings, 0) > 0 AND NOT COALESCE({}, FALSE)".format(
    "last_entered_at >= last_direct_at"
)
_ASKED_LAST = "GREATEST(COALESCE(last_entered_at, 0), COALESCE(last_rang_at, 0))"
_TALKED_LAST = "COALESCE(last_talk_ended_at, last_talk_at)"

FACTS = (
    Fact(
        "answered",
        "BOOLEAN",
        "A person spoke with the caller, also if the talk was cut off later.",
        _ANSWERED,
        sight=Sight.TALK,
    ),
    Fact(
        "by_person",
        "BOOLEAN",
        "At least one who spoke is known to be a person of yours, not an outside number.",
        "person_spoke = 1",
        sight=Sight.TALK,
    ),
    Fact(
        "asked_for_person",
        "BOOLEAN",
        "The caller entered a queue or ring group, was refused at its door, or rang a person.",
        "COALESCE(visits, 0) > 0 OR COALESCE(attempts, 0) > 0 OR COALESCE(talks, 0) > 0",
        sight=Sight.DOOR,
    ),
    Fact(
        "blocked",
        "BOOLEAN",
        "Spam or policy refused the call.",
        "COALESCE(refused_reason = 'blocked', FALSE)",
    ),
    Fact(
        "never_got_in",
        "BOOLEAN",
        "The call was refused before anything rang (capacity, network, wrong route), or a carrier "
        "has it and the phone system, which was listening at that time, does not.",
        "COALESCE(NOT refused_at IS NULL AND COALESCE(refused_reason, '') <> 'blocked', FALSE) "
        "OR ((seen_by & :not_carriers) = 0 AND arrived_at BETWEEN covered_from AND covered_to)",
    ),
    Fact(
        "talk_was_cut_off",
        "BOOLEAN",
        "A fault ended the last talk, with evidence for it, and nothing followed.",
        f"{_ANSWERED} AND {_TALKED_LAST} >= {_ASKED_LAST} AND ("
        "(COALESCE(open_talks, 0) > 0 AND NOT stopped_at IS NULL) OR shut_down "
        f"OR talk_ended_by = 'network' OR talk_q850 IN {FAULTS} "
        f"OR (q850 IN {FAULTS} AND {_TALKED_LAST} >= ended_at - 2000000))",
        sight=Sight.CAUSE,
    ),
    Fact(
        "handed_on",
        "BOOLEAN",
        "A person who had spoken with the caller handed the call on and left it.",
        f"{_ANSWERED} AND NOT transfer_at IS NULL",
        sight=Sight.TRANSFER,
    ),
    Fact(
        "handed_to_nobody",
        "BOOLEAN",
        "After the last hand-over a person, queue or ring group was asked for, and nobody spoke.",
        "(COALESCE(last_entered_at >= transfer_at - 1000000, FALSE) "
        "OR COALESCE(last_rang_at >= transfer_at - 1000000, FALSE) "
        "OR (:sees_after_transfer AND voicemail_at IS NULL)) "
        "AND NOT COALESCE(last_talk_at >= transfer_at, FALSE) "
        "AND NOT COALESCE(last_answered_rang_at >= transfer_at - 1000000 "
        "AND (last_talk_at IS NULL OR last_answered_rang_at > last_talk_at), FALSE) "
        "AND NOT COALESCE(kept_until > transfer_at, FALSE) "
        "AND NOT COALESCE(last_talk_ended_at > transfer_at + 1000000, FALSE)",
        sight=Sight.AFTER_TRANSFER,
    ),
    Fact(
        "taken_elsewhere",
        "BOOLEAN",
        "The call was taken on a phone outside this system.",
        f"NOT ({_ANSWERED}) AND (ended_by = 'elsewhere' OR q850 = 26)",
        sight=Sight.ELSEWHERE,
    ),
    Fact(
        "callback_requested",
        "BOOLEAN",
        "The caller accepted to be called back.",
        "NOT callback_at IS NULL",
        sight=Sight.CALLBACK,
    ),
    Fact(
        "voicemail_reached",
        "BOOLEAN",
        "The call went to voicemail.",
        "NOT voicemail_at IS NULL",
        sight=Sight.VOICEMAIL,
    ),
    Fact(
        "message_left",
        "BOOLEAN",
        "The caller left a message of 3 seconds or more.",
        "NOT message_at IS NULL",
        sight=Sight.MESSAGE,
    ),
    Fact(
        "failed_while_waiting",
        "BOOLEAN",
        "A fault ended the call while the caller waited or a phone rang, with evidence for it.",
        f"NOT ({_ANSWERED}) AND (COALESCE(visits, 0) > 0 OR COALESCE(attempts, 0) > 0) AND ("
        "(COALESCE(open_visits, 0) + COALESCE(open_rings, 0) > 0 AND NOT stopped_at IS NULL) "
        "OR shut_down "
        "OR last_exit = 'system' OR ended_by = 'network' "
        f"OR (q850 IN {FAULTS} AND COALESCE(direct_result, '') <> 'unreachable' AND GREATEST(COALESCE(last_left_at, 0), "
        "COALESCE(last_stopped_at, 0)) >= ended_at - 2000000))",
        sight=Sight.CAUSE,
    ),
    Fact(
        "last_request",
        "VARCHAR",
        "The last request for a person: a queue, or a person or ring group called directly.",
        f"CASE WHEN {_REQUEST_IN_QUEUE} THEN 'queue' WHEN {_DIRECT_REQUEST} THEN 'direct' "
        "WHEN COALESCE(visits, 0) > 0 THEN 'queue' WHEN :sees_queue AND :sees_direct THEN 'none' END",
        sight=Sight.DIRECT,
    ),
    Fact(
        "last_exit",
        "VARCHAR",
        "Why the caller left the last queue.",
        "NULLIF(last_exit, '')",
        sight=Sight.EXIT,
    ),
    Fact(
        "direct_result",
        "VARCHAR",
        "How the last ring of a person or ring group outside a queue ended.",
        "direct_result",
        sight=Sight.DIRECT,
    ),
    Fact(
        "self_served",
        "BOOLEAN",
        "An answer was sent or heard, or a bot resolved it, and nobody was asked for after that.",
        "COALESCE(visits, 0) + COALESCE(attempts, 0) = 0 AND (NOT info_sent_at IS NULL "
        "OR NOT info_at IS NULL OR NOT bot_resolved_at IS NULL)",
        sight=Sight.SELF_SERVICE,
    ),
    Fact(
        "told_closed",
        "BOOLEAN",
        "The phone system said that you are closed; where it never says so, your opening hours do.",
        "CASE WHEN NOT closed_at IS NULL THEN TRUE WHEN :sees_closed THEN FALSE "
        "ELSE NOT open_at_arrival END",
    ),
    Fact(
        "in_bot",
        "BOOLEAN",
        "The caller was speaking with a bot when the call ended.",
        "NOT bot_at IS NULL AND bot_handed_at IS NULL",
        sight=Sight.SELF_SERVICE,
    ),
    Fact(
        "in_menu",
        "BOOLEAN",
        "The caller was in a menu or another automated stage, or had not come to any.",
        "CASE WHEN COALESCE(visits, 0) + COALESCE(attempts, 0) + COALESCE(talks, 0) > 0 THEN FALSE "
        "WHEN NOT menu_at IS NULL OR ended_by = 'caller' THEN TRUE "
        "WHEN ended_by = 'system' THEN FALSE END",
    ),
    Fact(
        "waited_from",
        "BIGINT",
        "When the caller began to wait: first queue entry or first ring of a person.",
        "LEAST(first_entered_at, first_direct_at)",
        unit="us",
        sight=Sight.QUEUE,
    ),
    Fact(
        "waited_to",
        "BIGINT",
        "When the waiting ended: the first person spoke, or the caller left the last request.",
        f"CASE WHEN {_ANSWERED} AND first_talk_queue <> '' THEN visit_answered_until "
        f"WHEN {_ANSWERED} THEN CASE WHEN talked_within < 2000000 THEN talked_at END "
        "WHEN unmeasured_visits > 0 THEN NULL "
        "WHEN last_entered_at >= COALESCE(last_direct_at, 0) THEN waited_until "
        "ELSE GREATEST(waited_until, direct_until) END",
        unit="us",
        sight=Sight.QUEUE,
    ),
)
"""What the outcome rules and the definitions may speak of."""
