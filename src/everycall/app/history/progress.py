"""How a long run says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of it is done, from 0 to 1."""


def silent(_what: str, _done: float) -> None:
    """Show no progress."""
