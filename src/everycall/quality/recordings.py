"""Which recording belongs to which call: by the call's id in its name, or by what lies beside it.

A phone system knows a call by several ids, and a file carries one of them: a call and its recording
are joined by whole ids only, so that `1700000000.1` is not found in `1700000000.12`.
"""

import configparser
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everycall.settings import setting

SOUNDS = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
}
"""What browsers can play, by the end of a file's name."""

NEAR = timedelta(seconds=15)
"""A message begins within so long of the call that it belongs to."""


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """Where recordings lie, and how long they are kept is not ours to say."""

    folders: tuple[str, ...] = setting(
        (), doc="Folders with recordings whose names hold the call's id: Asterisk's 'monitor'."
    )
    voicemail: tuple[str, ...] = setting(
        (), doc="Folders with voicemail boxes: Asterisk's 'voicemail/default'."
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that can be played: a file, or an address to fetch it from.

    Attributes:
        message: a voicemail message; otherwise a talk.
    """

    where: str
    message: bool
    sound: str


@dataclass(frozen=True, slots=True)
class VoicemailNote:
    """What Asterisk writes down beside a message."""

    at: datetime
    caller: str
    seconds: int | None


def is_of(name: str, ids: Iterable[str]) -> bool:
    """Tell whether a file's name holds one of a call's ids as a whole."""
    return any(re.search(rf"(?<![\d.]){re.escape(one)}(?!\.?\d)", name) for one in ids)


def note_of(text: str) -> VoicemailNote | None:
    """Read the note beside a voicemail message; None if it says neither when nor from whom."""
    found = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        found.read_string(text)
        told = found["message"]
        at = datetime.fromtimestamp(int(told["origtime"]), UTC)
    except (configparser.Error, KeyError, ValueError, OverflowError, OSError):
        return None
    length = told.get("duration", "")
    number = re.sub(r"^.*<(.*)>.*$", r"\1", told.get("callerid", "")).strip()
    return VoicemailNote(at, number, int(length) if length.isdigit() else None)


def is_message_of(
    note: VoicemailNote, numbers: Iterable[str], began: datetime, ended: datetime
) -> bool:
    """Tell whether a message was left in a call: its caller's number, and within its time."""
    theirs = {_digits(number)[-7:] for number in numbers if number}
    return began - NEAR <= note.at <= ended + NEAR and _digits(note.caller)[-7:] in theirs


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text)) or text
