"""A gateway for texts that keeps what it is given, and fails as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Carrier:
    """What was sent; `trouble` is the next answer that is not the usual one, `ids` how ids begin."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""
    ids: str = "SM"
    address: str = ""


@contextmanager
def carrying() -> Iterator[Carrier]:
    """Serve a gateway, and lend it."""
    carrier = Carrier()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = self.rfile.read(int(self.headers["Content-Length"]))
            trouble, carrier.trouble = carrier.trouble, ""
            if trouble not in ("limit", "refused"):
                carrier.sent.append(_read(self.headers.get("Content-Type", ""), told))
            if trouble == "lost":
                return
            status = {"limit": 429, "refused": 400, "down": 502}.get(trouble, 201)
            said = json.dumps({"sid": f"{carrier.ids}{len(carrier.sent)}"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    carrier.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield carrier
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _read(kind: str, told: bytes) -> dict[str, Any]:
    if kind.startswith("application/json"):
        found: dict[str, Any] = json.loads(told)
        return found
    return {name: values[0] for name, values in parse_qs(told.decode()).items()}
