"""The little of SIP that a desk phone needs: messages in, messages out (RFC 3261)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

_EOL = "\r\n"


@dataclass(frozen=True)
class Message:
    """One request or response: its first line, its headers in order, its body."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """INVITE, BYE ... of a request; empty for a response."""
        return "" if self.start.startswith("SIP/2.0") else self.start.split(" ", 1)[0]

    @property
    def uri(self) -> str:
        """Whom a request asks for."""
        return self.start.split(" ")[1]

    @property
    def status(self) -> int:
        """200, 486 ... of a response; 0 for a request."""
        return 0 if self.method else int(self.start.split(" ")[1])

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method of the request that this is or answers."""
        number, method = self["CSeq"].split()
        return int(number), method

    @property
    def short(self) -> str:
        """What a log shows: `INVITE`, or `486 Busy Here`."""
        return self.method or self.start.removeprefix("SIP/2.0 ")

    def every(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        return next(iter(self.every(name)), "")

    def encode(self) -> bytes:
        """The message as it goes on the wire."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(self.body.encode())}")
        return (_EOL.join(lines) + _EOL * 2 + self.body).encode()


def parse(datagram: bytes) -> Message:
    """Read a message from the wire."""
    head, _, body = datagram.decode("utf-8", "replace").partition(_EOL * 2)
    start, *lines = head.split(_EOL)
    pairs = (line.partition(":") for line in lines)
    return Message(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)


def token() -> str:
    """A fresh tag or branch, unlike any other."""
    return secrets.token_hex(6)


def tag(address: str) -> str:
    """The tag of a From or To header, empty if it has none."""
    found = re.search(r";tag=([^;>\s]+)", address)
    return found[1] if found else ""


def branch(message: Message) -> str:
    """What ties a response to its request."""
    return message["Via"].partition("branch=")[2].split(";")[0]


def uri(address: str) -> str:
    """The SIP address inside `"Name" <sip:...>;tag=...`."""
    found = re.search(r"<([^>]+)>", address)
    return found[1] if found else address.split(";", maxsplit=1)[0].strip()


def user(address: str) -> str:
    """The part before the @ of a SIP address or header."""
    return uri(address).removeprefix("sip:").partition("@")[0]


def quoted(name: str) -> str:
    """A display name as a quoted string."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def session(host: str, port: int, version: int, direction: str = "sendrecv") -> str:
    """An SDP body that offers mu-law audio; without telephone-event, so keys go by INFO."""
    lines = [
        "v=0",
        f"o=- 1 {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000",
        f"a={direction}",
    ]
    return _EOL.join(lines) + _EOL


def audio_address(body: str) -> tuple[str, int]:
    """Where the other side wants its audio."""
    host = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    if not host or not port:
        raise ValueError(f"no audio in this session description: {body!r}")
    return host[1], int(port[1])


def answer_to(request: Message, status: str, *headers: tuple[str, str]) -> Message:
    """An answer outside any call, such as to OPTIONS or REGISTER."""
    to = request["To"] if tag(request["To"]) else f"{request['To']};tag={token()}"
    kept = [("Via", value) for value in request.every("Via")]
    kept += [(name, request[name]) for name in ("From", "Call-ID", "CSeq")]
    return Message(f"SIP/2.0 {status}", (*kept, ("To", to), *headers))
