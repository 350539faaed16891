"""Sound: a tone over RTP from a phone, and the tones that stand for prompts."""

from __future__ import annotations

import asyncio
import math
import secrets
import struct
import wave
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RATE = 8000
FRAME_S = 0.02
_FRAME = int(RATE * FRAME_S)


def _mu_law(sample: int) -> int:
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~((0x80 if sample < 0 else 0) | exponent << 4 | mantissa) & 0xFF


def _sine(hertz: int, samples: int) -> list[int]:
    return [int(12000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(samples)]


TONE = bytes(map(_mu_law, _sine(400, _FRAME)))
SILENCE = bytes([0xFF]) * _FRAME


def write_prompt(path: Path, seconds: float, hertz: int = 440) -> None:
    """Write a tone as the WAV file that Asterisk plays."""
    samples = _sine(hertz, int(RATE * seconds))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


class Speaker:
    """One RTP socket that says the same tone every 20 ms until it is closed.

    Attributes:
        loses: every so-manieth packet gets lost on its way; 0: none.
    """

    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport
        self._task: asyncio.Task[None] | None = None
        self.frame = TONE
        self.loses = 0
        self.is_mute = False

    @classmethod
    async def open(cls, host: str, *, mute: bool = False) -> Speaker:
        """Bind a socket on any free port of the phone's address; a mute one never sends."""
        loop = asyncio.get_running_loop()
        made = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(host, 0))
        speaker = cls(made[0])
        speaker.is_mute = mute
        return speaker

    @property
    def port(self) -> int:
        """The port that the other side shall send to."""
        return int(self._transport.get_extra_info("sockname")[1])

    def speak_to(self, address: tuple[str, int]) -> None:
        """Begin, or go on towards another address."""
        self._stop()
        if self.is_mute:
            return
        self._task = asyncio.get_running_loop().create_task(self._run(address))

    def close(self) -> None:
        """Fall silent and give the port back."""
        self._stop()
        self._transport.close()

    def _stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _run(self, address: tuple[str, int]) -> None:
        source = secrets.randbits(32)
        clock = asyncio.get_running_loop().time
        begin, count = clock(), 0
        while True:
            header = (0x80, 0, count & 0xFFFF, count * _FRAME & 0xFFFFFFFF, source)
            count += 1
            if not self.loses or count % self.loses:
                self._transport.sendto(struct.pack("!BBHII", *header) + self.frame, address)
            await asyncio.sleep(max(0.0, begin + count * FRAME_S - clock()))
