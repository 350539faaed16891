"""More columns of the finished table of calls: how a person was asked for, what became of a call
back, and how exact the durations are. Definitions speak of them.
"""

from everycall.calls.model import Fact
from everycall.events.sights import Sight

REQUESTS = (
    Fact(
        "queued",
        "BOOLEAN",
        "The caller waited in a queue; a refusal at its door is no waiting.",
        "COALESCE(visits, 0) > COALESCE(doors, 0)",
        sight=Sight.QUEUE,
    ),
    Fact(
        "rang_directly",
        "BOOLEAN",
        "A person or ring group was rung outside a queue.",
        "COALESCE(direct_rings, 0) > 0",
        sight=Sight.DIRECT,
    ),
    Fact(
        "queue_wait_ms",
        "BIGINT",
        "From the first entry into a queue until a person spoke or the caller left the last request.",
        "CASE WHEN waited_to >= first_entered_at THEN (waited_to - first_entered_at) // 1000 END",
        unit="ms",
        sight=Sight.QUEUE,
    ),
    Fact(
        "callback_requested_at",
        "BIGINT",
        "When the caller accepted to be called back.",
        "callback_at",
        unit="us",
        sight=Sight.CALLBACK,
    ),
    Fact(
        "callback_reached_at",
        "BIGINT",
        "When the call back reached the caller.",
        "callback_reached_at",
        unit="us",
        sight=Sight.CALLBACK,
    ),
    Fact(
        "callback_reached",
        "BOOLEAN",
        "The call back reached the caller; unknown where no source tells what became of it.",
        "CASE WHEN NOT callback_reached_at IS NULL THEN TRUE "
        "WHEN callback_dials + callback_cancels > 0 THEN FALSE END",
    ),
    Fact(
        "callback_tries",
        "BIGINT",
        "How often the caller was called back; unknown where no source tells of a try.",
        "CASE WHEN callback_dials > 0 THEN callback_dials END",
    ),
    Fact(
        "wait_resolution_ms",
        "BIGINT",
        "How exact the waiting times are: a queue_log measures whole seconds.",
        "GREATEST(stays_within, rings_within) // 1000",
        unit="ms",
        sight=Sight.QUEUE,
    ),
    Fact(
        "talk_resolution_ms",
        "BIGINT",
        "How exact the talking time is.",
        "talks_within // 1000",
        unit="ms",
        sight=Sight.TALK,
    ),
)
