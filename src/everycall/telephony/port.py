"""What is asked of every phone system that can be driven, the fake included."""

from collections.abc import AsyncIterator
from typing import ClassVar, Protocol

from everycall.errors import EverycallError
from everycall.telephony.commands import Command
from everycall.telephony.progress import Progress


class PhoneSystemError(EverycallError):
    """A phone system refused a command, cannot do it, or is not connected; nothing was done."""

    id: ClassVar[str] = "phone-system"
    retry: ClassVar[bool] = True


class UnsureError(EverycallError):
    """A command was sent and its answer never came: ask who is on the line before anything else."""

    id: ClassVar[str] = "phone-system-unsure"


class PhoneSystem(Protocol):
    """A phone system that does what it is told.

    A try is named by an id that the caller chooses and writes down *before* dialling. Whatever
    happens in between, that id answers afterwards: `forbid` says whether the customer was never
    dialled and never will be, and `on_the_line` who is being dialled right now.
    """

    @property
    def name(self) -> str:
        """The connection's name."""
        ...

    @property
    def abilities(self) -> frozenset[type]:
        """The commands that it can carry out."""
        ...

    async def knows(self, phone: str) -> bool:
        """Tell whether a phone is one of this phone system's own.

        Raises:
            PhoneSystemError: there is no connection, so nobody can say.
        """
        ...

    async def carry_out(self, command: Command) -> None:
        """Carry a command out, and return when the phone system has taken it.

        A `Dial` whose id is on the line already, or was, does nothing: it is the same try.

        Raises:
            PhoneSystemError: it was refused, or there is no connection; nothing was done.
            UnsureError: the connection broke before the answer; ask `on_the_line`.
        """
        ...

    def follow(self, dial_id: str) -> AsyncIterator[Progress]:
        """Yield how far a try is, and every step from there, until it is over.

        Of a try that began before this program did, the steps from now on are told; one that is
        over already, or never was, ends at once with the result `unknown`.
        """
        ...

    async def on_the_line(self, dial_id: str) -> Progress | None:
        """Return how far a try is that some phone is on the line for now; None if none is.

        Raises:
            PhoneSystemError: there is no connection, so nobody can say.
        """
        ...

    async def forbid(self, dial_id: str, asked_at: int | None = None) -> bool:
        """Make sure that a try dials no customer from now on, and say whether it never did.

        After it, a phone system dials no customer for this id, even if the command is still on its
        way. True: the customer was not dialled, and is not going to be. False: the customer was,
        or may have been; `on_the_line` says whether somebody still is.

        Args:
            dial_id: the try.
            asked_at: when the caller wrote down that it would be dialled, in microseconds. A phone
                system that was started since may have forgotten what it did, so False.

        Raises:
            PhoneSystemError: there is no connection, so nobody can say.
        """
        ...
