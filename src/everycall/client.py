"""A client of the interface for other programs: thin, typed, with nothing but the standard library.

client = Client("http://127.0.0.1:8440", "ec_...")
for call in client.calls(since=datetime(2026, 11, 1, tzinfo=UTC)):
    print(call["arrived_at"], call["outcome"])
"""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import quote, urlencode

Call = dict[str, Any]
"""A call, as `everycall calls --json` gives it; unknown is null."""

_TRIES = 5
_LONGEST_PAUSE = 60.0
_AGAIN = (429, 503)


class Taken(TypedDict):
    """What became of a batch."""

    taken: int
    known: int


class Requested(TypedDict):
    """The promise of a request; `joined`: a call was owed already."""

    promise: int
    joined: bool
    state: str
    due_at: str
    due_in_business_time: str | None
    at: str | None


class Values(TypedDict):
    """Metrics by anything: one object for each group, with a cell for each metric."""

    values: list[dict[str, Any]]
    remarks: list[str]
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class UnsignedError(Exception):
    """A message that says it comes from Everycall does not, or is not of this moment."""


def verify(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    within: timedelta = timedelta(minutes=5),
    clock: Callable[[], float] = time.time,
) -> dict[str, Any]:
    """Return what a webhook says, once it is sure who sent it, and when.

    Args:
        secret: as Set-up showed it, which begins with whsec_.
        headers: those of the request, in whatever case.
        body: as it came, before anything was read from it.
        within: so far may the moment of sending lie from now, on either side.
        clock: says what time it is, in seconds since 1970.

    Raises:
        UnsignedError: do not believe it: nobody who knows the secret signed it, or it is old and
            may have been sent by somebody who listened.
    """
    given = {name.lower(): value for name, value in headers.items()}
    name, sent, signed = (given.get(f"webhook-{n}", "") for n in ("id", "timestamp", "signature"))
    if not (name and signed and sent.isascii() and sent.isdigit() and len(sent) < 20):
        raise UnsignedError(
            "the message is not signed: webhook-id, -timestamp or -signature is missing"
        )
    if abs(clock() - int(sent)) > within.total_seconds():
        raise UnsignedError("the message was not sent just now")
    mine = _signature(secret, f"{name}.{sent}.".encode(errors="replace") + body)
    # a secret that is being changed signs twice; other versions of signatures are passed over
    theirs = [one.removeprefix("v1,") for one in signed.split(" ") if one.startswith("v1,")]
    if not any(hmac.compare_digest(mine, one.encode(errors="replace")) for one in theirs):
        raise UnsignedError("the signature is not that of the secret")
    found: dict[str, Any] = json.loads(body)
    return found


def _signature(secret: str, signed: bytes) -> bytes:
    key = secret.encode()
    if secret.startswith("whsec_"):
        key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


Send = Callable[[str, str, Mapping[str, str], bytes | None], Reply]
"""Sends a request (method, address, headers, body) and returns the reply."""


class RefusedError(Exception):
    """The interface said no: `name` never changes, the sentence may."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.name = str(problem.get("type", "")).removeprefix("urn:everycall:")
        self.problem = problem
        super().__init__(str(problem.get("detail") or f"the server answered {status}"))


def _by_urllib(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
    request = urllib.request.Request(url, body, dict(headers), method=method)  # noqa: S310 - the address is its user's own
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            return Reply(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        return Reply(error.code, dict(error.headers), error.read())


@dataclass(slots=True)
class Client:
    """Asks one Everycall; what it may see follows from the key.

    Attributes:
        send: carries the requests; another one is for tests and proxies.
        pause: waits, when the server says that it should be asked again later.
    """

    address: str
    key: str = field(repr=False)
    send: Send = _by_urllib
    pause: Callable[[float], None] = time.sleep
    _tags: dict[str, tuple[str, Any]] = field(default_factory=dict, repr=False)

    def calls(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        outcome: Sequence[str] = (),
        queue: Sequence[str] = (),
        caller: Sequence[str] = (),
    ) -> Iterator[Call]:
        """Yield calls in order of arrival, as many as there are."""
        asked = {"since": since, "until": until, "outcome": outcome, "queue": queue}
        return self._pages("/calls", "calls", {**asked, "caller": caller})

    def call(self, call_id: str) -> Call:
        """Return one call with its story."""
        found: Call = self._get(f"/calls/{quote(call_id, safe='')}")
        return found

    def metrics(self) -> dict[str, Any]:
        """Return what can be measured, and by what."""
        found: dict[str, Any] = self._get("/metrics")
        return found

    def measure(
        self,
        metric: Sequence[str],
        by: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        definition: str = "",
    ) -> Values:
        """Return metrics by anything."""
        asked = {"metric": metric, "by": by, "since": since, "until": until}
        found: Values = self._get("/metrics/values", {**asked, "definition": definition})
        return found

    def definitions(self) -> list[dict[str, Any]]:
        """Return what words such as missed mean."""
        found: list[dict[str, Any]] = self._get("/definitions")
        return found

    def live(self) -> dict[str, Any]:
        """Return what is happening now."""
        found: dict[str, Any] = self._get("/live")
        return found

    def queues(self) -> list[dict[str, Any]]:
        """Return the queues as they are now."""
        found: list[dict[str, Any]] = self._get("/queues")
        return found

    def agents(self) -> list[dict[str, Any]]:
        """Return who answers calls, and what they are doing."""
        found: list[dict[str, Any]] = self._get("/agents")
        return found

    def promises(
        self, state: Sequence[str] = (), since: datetime | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield callers who are owed a call, in the order in which it was promised."""
        return self._pages("/promises", "promises", {"state": state, "since": since})

    def promise(self, number: int) -> dict[str, Any]:
        """Return one promise with everything that was done about it."""
        found: dict[str, Any] = self._get(f"/promises/{number}")
        return found

    def callback_times(self, client: str = "", queue: str = "") -> list[datetime]:
        """Return the half hours that a customer may choose to be called in."""
        found = self._get("/callback-requests/times", {"client": client, "queue": queue})
        return [datetime.fromisoformat(at) for at in found["times"]]

    def request_callback(
        self,
        number: str,
        *,
        client: str | None = None,
        queue: str | None = None,
        language: str | None = None,
        at: datetime | None = None,
        about: str = "",
    ) -> Requested:
        """Ask for a call to a customer who agreed to it; sent again it is still one call."""
        asked = {"number": number, "client": client, "queue": queue, "language": language}
        asked |= {"at": at.isoformat() if at is not None else None, "about": about}
        found: Requested = json.loads(self._posted("/callback-requests", asked).body)
        return found

    def post_events(
        self, events: Iterable[Mapping[str, Any]], source: str = "everycall_events"
    ) -> Taken:
        """Send a batch; it is sent again, under one key, until it is taken or refused for good."""
        batch = {"source": source, "events": [dict(event) for event in events]}
        found: Taken = json.loads(self._posted("/events", batch).body)
        return found

    def _posted(self, path: str, said: Mapping[str, Any]) -> Reply:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        return self._reply("POST", path, headers, json.dumps(said).encode())

    def _pages(self, path: str, name: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self._get(path, {**asked, "limit": 1000, "cursor": cursor})
            yield from page[name]
            if page["next"] is None:
                return
            cursor = page["next"]

    def _get(self, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        whole = path + _query(asked or {})
        tag, known = self._tags.get(whole, ("", None))
        reply = self._reply("GET", whole, {"If-None-Match": tag} if tag else {}, None)
        if reply.status == 304:
            return known
        told = json.loads(reply.body)
        tag = next((v for k, v in reply.headers.items() if k.lower() == "etag"), "")
        if tag and path in ("/metrics", "/definitions", "/live", "/queues", "/agents"):
            self._tags[whole] = (tag, told)
        return told

    def _reply(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Reply:
        whole = {"Authorization": f"Bearer {self.key}", "Accept": "application/json", **headers}
        for last in (*[False] * (_TRIES - 1), True):
            reply = self.send(method, f"{self.address.rstrip('/')}/api/v1{path}", whole, body)
            if reply.status < 400:
                return reply
            if reply.status not in _AGAIN or last:
                break
            self.pause(min(_wait(reply), _LONGEST_PAUSE))
        raise RefusedError(reply.status, _problem(reply))


def _query(asked: Mapping[str, Any]) -> str:
    given = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asked.items()
        if value not in (None, "", ())
    }
    return f"?{urlencode(given, doseq=True)}" if given else ""


def _wait(reply: Reply) -> float:
    said = next((v for k, v in reply.headers.items() if k.lower() == "retry-after"), "")
    return float(said) if said.isdigit() else 1.0


def _problem(reply: Reply) -> Mapping[str, Any]:
    try:
        told = json.loads(reply.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
