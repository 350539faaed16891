"""Sending JSON to an address that a person gave: signed, and not into this network unasked.

Source of the signature: the Standard Webhooks specification (id.timestamp.body, HMAC-SHA256).
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import time
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from everycall.errors import NotTakenError
from everycall.wire.deadline import Until

PATIENCE = 20.0
"""Seconds that the other side may take, from the first sign to the last of its answer's head."""


def signature(secret: str, message_id: str, sent_at: int, body: bytes) -> str:
    """Return the signature of a message; a secret may begin with 'whsec_' and is base64 then."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{sent_at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Where messages go, and how they are signed.

    Attributes:
        secret: the key of the signature; empty: unsigned.
        inside: whether the address may lie inside this network.
    """

    url: str
    secret: str = ""
    inside: bool = False

    def send(self, message_id: str, sent_at: int, body: bytes) -> None:
        """Send a message.

        Raises:
            NotTakenError: the address is not allowed, or the other side did not take it.
        """
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(sent_at),
        }
        if self.secret:
            headers["webhook-signature"] = self._signed(message_id, sent_at, body)
        self._post(body, headers)

    def _signed(self, message_id: str, sent_at: int, body: bytes) -> str:
        try:
            return signature(self.secret, message_id, sent_at, body)
        except ValueError:
            raise NotTakenError("the key of the signature is none: what follows whsec_") from None

    def _post(self, body: bytes, headers: dict[str, str]) -> None:
        parts, host, port = self._parts()
        address = self._address(host, port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {"Host": parts.netloc.rpartition("@")[2], **headers}
        try:
            with closing(_connect(parts.scheme, host, address, port)) as connection:
                connection.request("POST", path, body, named)
                status = connection.getresponse().status
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NotTakenError(f"{host} cannot be reached: {error}") from None
        if not 200 <= status < 300:
            raise NotTakenError(f"{host} answered {status}")

    def _parts(self) -> tuple[SplitResult, str, int]:
        """Return the address in its parts, its host and its port."""
        try:
            parts = urlsplit(self.url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise NotTakenError(f"'{self.url}' is no address") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotTakenError(f"'{self.url}' is no address of a webhook; it begins with https://")
        return parts, parts.hostname, port

    def _address(self, host: str, port: int) -> str:
        """Return the address that is called; the name is looked up once, and that one is used."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotTakenError(f"{host} is not known: {error}") from None
        address = str(found[0][4][0])
        if not self.inside and not _is_outside(address):
            sentence = f"{host} lies inside this network; the owner has to allow that"
            raise NotTakenError(sentence)
        return address


def outside(host: str, port: int) -> str | None:
    """Return the address at which a host is called; None if it is unknown, or any is of this network.

    Who calls has to call that one: asked again, a name may say another.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    addresses = [str(one[4][0]) for one in found]
    return addresses[0] if addresses and all(map(_is_outside, addresses)) else None


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address, which a gateway would call (RFC 6052)."""


def _is_outside(address: str) -> bool:
    """Tell whether an address is a public one; an IPv4 address inside an IPv6 one is looked at."""
    found = ipaddress.ip_address(address)
    return found.is_global and all(inner.is_global for inner in _inside_of(found))


def _inside_of(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    if address in _TRANSLATED:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    told = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return [inner for inner in told if inner is not None]


def _connect(scheme: str, host: str, address: str, port: int) -> http.client.HTTPConnection:
    """Return a connection to an address, by the certificate of the host that was meant."""
    until = time.monotonic() + PATIENCE
    connection = http.client.HTTPConnection(host, port)
    plain = Until(socket.create_connection((address, port), timeout=PATIENCE), until)
    try:
        connection.sock = plain if scheme == "http" else plain.encrypted(host)
    except BaseException:
        plain.close()
        raise
    return connection
