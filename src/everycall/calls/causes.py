"""What a cause code means, by the stage of the call and the leg that carried it.

The same number means different things: 17 on an agent's leg says that this agent was busy and the
call goes on; 17 given to the caller is a lost call. Numbers up to 127 are Q.850 causes as Asterisk
and FreeSWITCH use them (causes.h, switch_types.h); above 127 they are FreeSWITCH's own.
"""

from dataclasses import dataclass
from enum import StrEnum

from everycall.events import AttemptResult


class Fault(StrEnum):
    """What a cause says about a call that had not been answered, or was being talked on."""

    NORMAL = "normal"
    UNKNOWN = "unknown"
    CAPACITY = "capacity"
    NETWORK = "network"
    MISROUTED = "misrouted"
    MEDIA = "media"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Cause:
    """A group of cause codes that mean the same."""

    codes: tuple[int, ...]
    doc: str
    fault: Fault
    attempt: AttemptResult


CAUSES = (
    Cause((16,), "normal clearing", Fault.NORMAL, AttemptResult.CANCELLED),
    Cause((17,), "user busy", Fault.NORMAL, AttemptResult.BUSY),
    Cause((18, 19), "no answer", Fault.NORMAL, AttemptResult.NO_ANSWER),
    Cause((21,), "call rejected", Fault.NORMAL, AttemptResult.REJECTED),
    Cause((23, 26, 702, 805), "taken elsewhere", Fault.NORMAL, AttemptResult.ELSEWHERE),
    Cause((0, 31, 127), "not said", Fault.UNKNOWN, AttemptResult.NO_ANSWER),
    Cause(
        (34, 42, 47, 58, 63),
        "no free circuit, congestion or no resource",
        Fault.CAPACITY,
        AttemptResult.UNREACHABLE,
    ),
    Cause(
        (6, 27, 38, 41, 102, 808, 809),
        "network or line out of order",
        Fault.NETWORK,
        AttemptResult.UNREACHABLE,
    ),
    Cause(
        (43, 44, 804, 813), "media or channel lost in use", Fault.MEDIA, AttemptResult.UNREACHABLE
    ),
    Cause((20, 806, 810, 811), "not registered", Fault.NETWORK, AttemptResult.UNREACHABLE),
    Cause(
        (1, 2, 3, 5, 22, 25, 28),
        "no such number or no route",
        Fault.MISROUTED,
        AttemptResult.UNREACHABLE,
    ),
    Cause((8, 9, 45), "pre-empted", Fault.SYSTEM, AttemptResult.UNREACHABLE),
    Cause(
        (29, 50, 52, 54, 57, 65, 66, 69, 79, 88, *range(95, 102), 103, 111),
        "refused for its form, rights or protocol",
        Fault.MISROUTED,
        AttemptResult.UNREACHABLE,
    ),
    Cause((700, 701, 704), "the phone system stopped", Fault.SYSTEM, AttemptResult.UNREACHABLE),
    Cause((487,), "the caller cancelled", Fault.NORMAL, AttemptResult.CANCELLED),
    Cause((807, 812), "no answer in time", Fault.NORMAL, AttemptResult.NO_ANSWER),
    Cause((815,), "busy everywhere", Fault.NORMAL, AttemptResult.BUSY),
    Cause((816, 825), "declined", Fault.NORMAL, AttemptResult.REJECTED),
)
"""Every cause code that is known, grouped."""

_BY_CODE = {code: cause for cause in CAUSES for code in cause.codes}


def cause_of(code: int | None) -> Cause | None:
    """Return what a cause code means; null for a code nobody knows."""
    return None if code is None else _BY_CODE.get(code)


def attempt_result(code: int | None) -> AttemptResult:
    """Return how a ring ended that was not answered, by the cause of the agent's leg."""
    cause = cause_of(code)
    return AttemptResult.NO_ANSWER if cause is None else cause.attempt


def fault_codes() -> tuple[int, ...]:
    """Return the codes that prove a fault, in talk or while waiting."""
    faults = {Fault.CAPACITY, Fault.NETWORK, Fault.MISROUTED, Fault.MEDIA, Fault.SYSTEM}
    return tuple(sorted(code for code, cause in _BY_CODE.items() if cause.fault in faults))


FAULTS = f"({', '.join(map(str, fault_codes()))})"
"""The codes that prove a fault, as a list for SQL's IN."""
