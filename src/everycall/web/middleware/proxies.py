"""Behind a reverse proxy: who really asks, by which scheme, and below which path we are shown.

What a proxy says is believed of the proxies that are named, and of nobody else.
"""

import ipaddress
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SAID = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix")
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[\w.~-]+)+")


class BehindProxies:
    """Turns what a named proxy says into what was asked; from others it is left out.

    Args:
        app: what answers.
        proxies: addresses or networks of the proxies, as '10.0.0.1' or '10.0.0.0/8'.
        path: the path below which we are shown whoever asks, as '/calls'.
        https: whether people come by https whatever the proxy says.
    """

    def __init__(
        self, app: ASGIApp, proxies: Iterable[str] = (), path: str = "", *, https: bool = False
    ) -> None:
        self._app = app
        self._proxies = tuple(ipaddress.ip_network(name, strict=False) for name in proxies)
        self._path = _prefix(path)
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as it was meant."""
        if scope["type"] in ("http", "websocket"):
            scope = self._meant(scope)
        await self._app(scope, receive, send)

    def _meant(self, scope: Scope) -> Scope:
        said = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _SAID}
        headers = [(name, value) for name, value in scope["headers"] if name not in _SAID]
        client = scope.get("client") or ("", 0)
        if not self._is_proxy(client[0]):
            said = {}
        host = said.get(b"x-forwarded-host")
        if host:
            headers = [(n, v) for n, v in headers if n != b"host"]
            headers.append((b"host", host.split(",")[0].strip().encode("latin-1")))
        meant = {**scope, "headers": headers, "client": self._caller(said, client)}
        if self._https or said.get(b"x-forwarded-proto", "").split(",")[-1].strip() == "https":
            meant["scheme"] = "https"
        return _below(meant, self._path or _prefix(said.get(b"x-forwarded-prefix", "")))

    def _caller(self, said: dict[bytes, str], client: tuple[str, int]) -> tuple[str, int]:
        """Return who asked the outermost of our proxies."""
        hops = [hop.strip() for hop in said.get(b"x-forwarded-for", "").split(",") if hop.strip()]
        for hop in reversed(hops):
            if not self._is_proxy(hop):
                return (hop, 0) if _is_address(hop) else client
        return client

    def _is_proxy(self, address: str) -> bool:
        if not _is_address(address):
            return False
        found = ipaddress.ip_address(address)
        return any(found in network for network in self._proxies)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _prefix(text: str) -> str:
    """Return a path as it stands before ours; '' for anything that is none."""
    path = "/" + text.strip().strip("/")
    return path if _PATH.fullmatch(path) else ""


def _below(scope: Scope, prefix: str) -> Scope:
    """Return a request below a path, whether the proxy has cut the path off or not."""
    if not prefix:
        return scope
    path, raw = scope["path"], scope.get("raw_path") or scope["path"].encode()
    if path != prefix and not path.startswith(f"{prefix}/"):
        path, raw = prefix + path, prefix.encode() + raw
    return {**scope, "root_path": prefix, "path": path, "raw_path": raw}
