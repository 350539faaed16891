"""The telephone company's registrar: it takes a phone system's registration, until it goes away."""

from __future__ import annotations

import asyncio
from typing import Any

from lab import sip


class Registrar(asyncio.DatagramProtocol):
    """Answers every REGISTER at one address for as long as it is switched on.

    Attributes:
        registered: how often it took one; `refuses`: it takes none.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.registered = 0
        self.refuses = False
        self._transport: asyncio.DatagramTransport | None = None

    async def switch_on(self) -> Registrar:
        """Begin to answer."""
        loop = asyncio.get_running_loop()
        made = await loop.create_datagram_endpoint(lambda: self, local_addr=self.address)
        self._transport = made[0]
        return self

    def switch_off(self) -> None:
        """Go away without a word."""
        if self._transport:
            self._transport.close()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Nothing to do: the socket is kept by `switch_on`."""

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Take a registration, for the time that was asked for."""
        message = sip.parse(data)
        if message.method not in ("REGISTER", "OPTIONS") or self._transport is None:
            return
        if self.refuses:
            self._transport.sendto(sip.answer_to(message, "503 Service Unavailable").encode(), addr)
            return
        self.registered += message.method == "REGISTER"
        kept = [(n, message[n]) for n in ("Contact", "Expires") if message[n]]
        self._transport.sendto(sip.answer_to(message, "200 OK", *kept).encode(), addr)
