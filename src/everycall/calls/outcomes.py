"""What became of a call: exactly one outcome each. The first rule that is true wins, in this order.

A rule whose facts are unseen does not match; its unseen facts are listed as missing and lower the
confidence in whatever rule matches after it.
"""

from everycall.calls.causes import FAULTS
from everycall.calls.model import Rule

_WAITING = ("queue.entered", "queue.left")
_RINGING = ("agent.rang", "agent.stopped")
_TALKING = ("talk.started", "talk.ended")

_QUEUE = "last_request = 'queue' AND last_exit = '{}'"
_DIRECT = "last_request = 'direct' AND direct_result = '{}'"


def _exit(outcome: str, reason: str, doc: str, why: str) -> Rule:
    facts = ("last_request", "last_exit")
    return Rule(outcome, doc, _QUEUE.format(reason), why, facts, _WAITING)


def _direct(outcome: str, result: str, doc: str, why: str) -> Rule:
    facts = ("last_request", "direct_result")
    return Rule(outcome, doc, _DIRECT.format(result), why, facts, _RINGING)


INBOUND_RULES = (
    Rule(
        "pending",
        "Not over yet.",
        "NOT over",
        "the call has not ended, as far as the data goes",
    ),
    Rule(
        "blocked",
        "Spam or policy refused it.",
        "blocked",
        "the phone system refused the call by policy",
        ("blocked",),
        ("call.refused",),
    ),
    Rule(
        "failed_before_ring",
        "It never got in: capacity, network, a wrong route; or a carrier has it and we do not.",
        "never_got_in AND NOT COALESCE(answered, FALSE)",
        "nothing ever rang: the call was refused, or only the carrier knows of it",
        ("never_got_in",),
        ("call.refused", "call.arrived"),
    ),
    Rule(
        "dropped_in_talk",
        "A fault cut off the last talk with a person, with evidence for it.",
        "answered AND talk_was_cut_off",
        "the last talk ended by a fault, not by a person, and nothing followed",
        ("answered", "talk_was_cut_off"),
        (*_TALKING, "call.ended", "source.gap"),
    ),
    Rule(
        "transfer_unanswered",
        "A person spoke and handed the caller on, and no further person spoke.",
        "answered AND handed_on AND handed_to_nobody",
        "the caller was handed on to somebody who never spoke with them",
        ("answered", "handed_on", "handed_to_nobody"),
        ("transfer.started", "transfer.ended", *_TALKING, *_WAITING),
    ),
    Rule(
        "answered",
        "A person spoke with the caller.",
        "answered",
        "a person spoke with the caller",
        ("answered",),
        (*_RINGING, *_TALKING),
    ),
    Rule(
        "answered_elsewhere",
        "The call was taken on a phone that this system cannot see.",
        "taken_elsewhere",
        "another phone outside this system took the call",
        ("taken_elsewhere",),
        ("call.ended",),
    ),
    Rule(
        "callback_requested",
        "The caller accepted to be called back.",
        "callback_requested",
        "the caller asked to be called back",
        ("callback_requested",),
        ("callback.requested",),
    ),
    Rule(
        "voicemail_left",
        "The call ended in voicemail with a message.",
        "voicemail_reached AND message_left",
        "the caller left a message",
        ("voicemail_reached", "message_left"),
        ("voicemail.reached", "voicemail.left"),
    ),
    Rule(
        "voicemail_no_message",
        "The call ended in voicemail, and no message was seen.",
        "voicemail_reached",
        "the call went to voicemail and no message was seen",
        ("voicemail_reached",),
        ("voicemail.reached",),
    ),
    Rule(
        "failed_waiting",
        "A fault ended the call while the caller waited or a phone rang, with evidence for it.",
        "failed_while_waiting",
        "a fault ended the call before anyone answered",
        ("failed_while_waiting",),
        (*_WAITING, *_RINGING, "call.ended", "source.gap"),
    ),
    _exit(
        "caller_left_in_queue",
        "caller",
        "The caller gave up in a queue, also while a phone rang for it there.",
        "the caller hung up while waiting in the queue",
    ),
    _direct(
        "caller_left_while_ringing",
        "cancelled",
        "The caller gave up while a person or a ring group rang.",
        "the caller hung up while a phone rang",
    ),
    _exit(
        "timed_out",
        "timeout",
        "The queue's longest waiting time ran out.",
        "the queue's longest waiting time ran out",
    ),
    _exit(
        "queue_empty",
        "empty",
        "The last agents left while the caller waited.",
        "no agent was left in the queue while the caller waited",
    ),
    _exit(
        "queue_full",
        "full",
        "The queue took no more callers.",
        "the queue was full and refused the caller",
    ),
    _exit(
        "queue_unstaffed",
        "unstaffed",
        "Nobody was signed in, so the queue refused the caller.",
        "nobody was signed in and the queue refused the caller",
    ),
    _exit(
        "left_by_key",
        "key",
        "The caller left the queue by pressing a key.",
        "the caller pressed a key to leave the queue",
    ),
    Rule(
        "closed_while_waiting",
        "The queue closed, or somebody sent the caller away, while the caller waited.",
        "last_request = 'queue' AND last_exit IN ('closing', 'withdrawn')",
        "the queue closed, or the caller was sent away, while waiting",
        ("last_request", "last_exit"),
        _WAITING,
    ),
    _direct(
        "rejected",
        "rejected",
        "The person who was called refused.",
        "the phone that was called refused the call",
    ),
    _direct(
        "rang_out",
        "no_answer",
        "A person or ring group was called and did not answer.",
        "the phone rang and nobody answered",
    ),
    _direct(
        "busy", "busy", "The person who was called was busy.", "the phone that was called was busy"
    ),
    _direct(
        "unreachable",
        "unreachable",
        "The phone that was called was out of reach.",
        "the phone that was called was out of reach",
    ),
    Rule(
        "self_served",
        "The caller was helped without a person: an SMS, an answer heard, a bot that resolved it.",
        "self_served",
        "an answer was sent or heard, and nobody was asked for after that",
        ("self_served",),
        ("info.sent", "info.played", "bot.resolved"),
    ),
    Rule(
        "caller_left_closed",
        "The caller was told that you are closed, and left.",
        "COALESCE(last_request, 'none') = 'none' AND told_closed",
        "the caller was told that you are closed",
        ("last_request", "told_closed"),
        ("call.closed", "call.ended"),
    ),
    Rule(
        "caller_left_in_bot",
        "The caller left while speaking with a bot.",
        "COALESCE(last_request, 'none') = 'none' AND in_bot",
        "the caller hung up on the bot",
        ("last_request", "in_bot"),
        ("bot.entered", "bot.ended", "call.ended"),
    ),
    Rule(
        "caller_left_in_menu",
        "The caller left in a menu or announcement, or before any stage, without asking for a person.",
        "COALESCE(last_request, 'none') = 'none' AND in_menu AND NOT stopped",
        "the caller hung up before asking for a person",
        ("last_request", "in_menu"),
        ("menu.entered", "menu.chose", "call.ended"),
    ),
    Rule(
        "unknown",
        "The sources stopped speaking, or none of them can say.",
        "TRUE",
        "no source could say what became of the call",
    ),
)
"""Outcomes of calls that came in or stayed inside, in the order in which they are tried."""

OUTBOUND_RULES = (
    Rule("pending", "Not over yet.", "NOT over", "the call has not ended, as far as the data goes"),
    Rule(
        "reached",
        "A person of ours spoke with the one who was called.",
        "answered",
        "the one who was called spoke with a person",
        ("answered",),
        _TALKING,
    ),
    Rule(
        "message_left",
        "A machine answered and a message was left.",
        "failure = 'machine'",
        "a machine answered",
        (),
        ("call.ended",),
    ),
    Rule(
        "busy",
        "The one who was called was busy.",
        "failure = 'busy' OR (failure IS NULL AND q850 = 17)",
        "the number was busy",
        (),
        ("call.ended",),
    ),
    Rule(
        "refused",
        "The one who was called refused.",
        "failure = 'rejected' OR (failure IS NULL AND q850 = 21)",
        "the call was refused",
        (),
        ("call.ended",),
    ),
    Rule(
        "invalid_number",
        "There is no such number.",
        "failure = 'invalid_number' OR (failure IS NULL AND q850 IN (1, 22, 28))",
        "there is no such number",
        (),
        ("call.ended",),
    ),
    Rule(
        "failed",
        "A fault kept the call from going through.",
        f"failure = 'failed' OR (failure IS NULL AND (ended_by = 'network' OR q850 IN {FAULTS}))",
        "a fault kept the call from going through",
        (),
        ("call.ended",),
    ),
    Rule(
        "no_answer",
        "Nobody answered.",
        "TRUE",
        "nobody answered, as far as the sources can tell",
        (),
        ("call.ended",),
    ),
)
"""Outcomes of calls that we made, in the order in which they are tried; they are never missed."""


def outcome_names() -> tuple[str, ...]:
    """Return every outcome, in order, without repeats."""
    return tuple(dict.fromkeys(rule.outcome for rule in (*INBOUND_RULES, *OUTBOUND_RULES)))
