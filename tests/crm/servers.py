"""Servers that speak as each CRM does, kept small: contacts, calls, tasks, deals, limits and outages.

Each refuses what the real one refuses: a wrong key, an unknown field, a reference to nothing.
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "the-key"

Answer = tuple[int, Any]


@dataclass
class Trouble:
    """What goes wrong with a request: `after` counts down requests; `done` does the work first."""

    after: int
    kind: str  # "limit", "down", "lost" (done, but the answer never arrives)


class RefusedError(Exception):
    """The server says no."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Fake:
    """One CRM's server, and what is in it."""

    contacts: dict[int, dict[str, Any]] = field(default_factory=dict)
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    deals: list[dict[str, Any]] = field(default_factory=list)
    trouble: Trouble | None = None
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def new_id(self) -> int:
        return 100 + len(self.contacts) + len(self.calls) + len(self.tasks)

    def routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        raise NotImplementedError

    def allowed(self, headers: Any) -> bool:
        raise NotImplementedError

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        for wanted, pattern, handler in self.routes():
            found = re.fullmatch(pattern, path)
            if found and wanted == method:
                return handler(*found.groups(), query=query, body=body)
        return 404, {"error": f"nothing at {method} {path}"}

    def open_task(self, number: str) -> int:
        """Return the id of the open task of a contact; there must be one."""
        contact = self.contact(number)
        return next(i for i, task in self.tasks.items() if task["contact"] == contact)

    def contact(self, number: str) -> int:
        return next(i for i, contact in self.contacts.items() if number in contact["numbers"])


def need(body: dict[str, Any], *names: str) -> None:
    missing = [name for name in names if name not in body]
    if missing:
        raise RefusedError(422, f"missing: {missing}")


def only(body: dict[str, Any], *names: str) -> None:
    unknown = set(body) - set(names)
    if unknown:
        raise RefusedError(400, f"unknown: {unknown}")


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


class HubSpotServer(Fake):
    """HubSpot."""

    def allowed(self, headers: Any) -> bool:
        return bool(headers["Authorization"] == f"Bearer {KEY}")

    def routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        yield "GET", "/account-info/v3/details", lambda **_: (200, {"portalId": 77})
        yield "POST", "/crm/v3/objects/contacts/search", self.search_contacts
        yield "POST", "/crm/v3/objects/contacts", self.add_contact
        yield "GET", r"/crm/v3/objects/contacts/(\d+)", self.get_contact
        yield "POST", "/crm/v3/objects/(calls|tasks)/search", self.search
        yield "POST", "/crm/v3/objects/(calls|tasks)", self.add
        yield "GET", r"/crm/v3/objects/tasks/(\d+)", self.get_task
        yield "PATCH", r"/crm/v3/objects/tasks/(\d+)", self.patch_task
        yield "POST", "/crm/v3/objects/deals/search", self.search_deals
        yield "GET", r"/crm/v4/objects/deals/(\d+)/associations/contacts", self.tied

    def search_contacts(self, query: Any, body: Any) -> Answer:
        wanted = [f["filters"][0] for f in body["filterGroups"]]
        found = []
        for id_, contact in self.contacts.items():
            number = contact["numbers"][0]
            local = re.sub(r"^(00?49|49|0)", "", digits(number))
            values = {"phone": number, "hs_searchable_calculated_phone_number": local}
            if any(values.get(f["propertyName"]) == f["value"] for f in wanted):
                found.append({"id": str(id_), "properties": {"phone": number, "mobilephone": None}})
        return 200, {"results": found}

    def add_contact(self, query: Any, body: Any) -> Answer:
        told = body["properties"]
        only(told, "phone", "lastname", "hubspot_owner_id")
        id_ = self.new_id()
        owner = told.get("hubspot_owner_id")
        self.contacts[id_] = {"numbers": [told["phone"]], "owner": owner}
        return 201, {"id": str(id_)}

    def get_contact(self, id_: str, query: Any, body: Any) -> Answer:
        told = self.contacts[int(id_)]
        return 200, {"properties": {"phone": told["numbers"][0], "email": told.get("email")}}

    def add(self, kind: str, query: Any, body: Any) -> Answer:
        told, tie = body["properties"], body["associations"][0]
        need(told, "hs_timestamp")
        assert tie["types"][0]["associationTypeId"] == {"calls": 194, "tasks": 204}[kind]
        contact = int(tie["to"]["id"])
        if contact not in self.contacts:
            raise RefusedError(400, "no such contact")
        id_ = self.new_id()
        store = self.calls if kind == "calls" else self.tasks
        text = told.get("hs_call_body") or told.get("hs_task_body")
        store[id_] = {"contact": contact, "text": text, "open": True, "told": told}
        return 201, {"id": str(id_)}

    def search(self, kind: str, query: Any, body: Any) -> Answer:
        wanted = body["filterGroups"][0]["filters"][0]
        assert wanted["operator"] == "CONTAINS_TOKEN"
        store = self.calls if kind == "calls" else self.tasks
        found = [i for i, told in store.items() if wanted["value"] in told["text"].split()]
        return 200, {"results": [{"id": str(i), "properties": {}} for i in found]}

    def get_task(self, id_: str, query: Any, body: Any) -> Answer:
        if int(id_) not in self.tasks:
            return 404, {}
        status = "NOT_STARTED" if self.tasks[int(id_)]["open"] else "COMPLETED"
        return 200, {"id": id_, "properties": {"hs_task_status": status}}

    def patch_task(self, id_: str, query: Any, body: Any) -> Answer:
        self.tasks[int(id_)]["open"] = body["properties"]["hs_task_status"] != "COMPLETED"
        return 200, {"id": id_}

    def search_deals(self, query: Any, body: Any) -> Answer:
        first = int(body.get("after", 0))
        rows = [
            {
                "id": str(i),
                "properties": {
                    "amount": str(deal["value"]),
                    "deal_currency_code": deal["currency"],
                    "closedate": deal["won_at"],
                },
            }
            for i, deal in enumerate(self.deals)
        ]
        page = {"results": rows[first : first + 1]}
        if first + 1 < len(rows):
            page["paging"] = {"next": {"after": str(first + 1)}}  # type: ignore[assignment]
        return 200, page

    def tied(self, id_: str, query: Any, body: Any) -> Answer:
        contact = self.contact(self.deals[int(id_)]["number"])
        return 200, {"results": [{"toObjectId": contact}]}


class PipedriveServer(Fake):
    """Pipedrive."""

    def allowed(self, headers: Any) -> bool:
        return bool(headers["x-api-token"] == KEY)

    def routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        me = {"data": {"name": "Ada", "company_name": "Shop"}}
        yield "GET", "/api/v1/users/me", lambda **_: (200, me)
        yield "GET", "/api/v2/persons/search", self.search
        yield "POST", "/api/v2/persons", self.add_person
        yield "GET", r"/api/v2/persons/(\d+)", self.get_person
        yield "GET", "/api/v2/activities", self.list
        yield "POST", "/api/v2/activities", self.add
        yield "GET", r"/api/v2/activities/(\d+)", self.get
        yield "PATCH", r"/api/v2/activities/(\d+)", self.patch
        yield "GET", "/api/v2/deals", self.list_deals

    def search(self, query: Any, body: Any) -> Answer:
        found = [
            {"item": {"id": i, "phones": contact["numbers"]}}
            for i, contact in self.contacts.items()
            if any(query["term"] in digits(number) for number in contact["numbers"])
        ]
        return 200, {"data": {"items": found}, "additional_data": {"next_cursor": None}}

    def add_person(self, query: Any, body: Any) -> Answer:
        only(body, "name", "phones", "owner_id")
        need(body, "name")
        id_ = self.new_id()
        numbers = [phone["value"] for phone in body["phones"]]
        self.contacts[id_] = {"numbers": numbers, "owner": body.get("owner_id")}
        return 201, {"data": {"id": id_}}

    def get_person(self, id_: str, query: Any, body: Any) -> Answer:
        numbers, mail = self.contacts[int(id_)]["numbers"], self.contacts[int(id_)].get("email")
        mails = [{"value": "old@example.org", "primary": False}, {"value": mail, "primary": True}]
        phones = [{"value": number} for number in numbers]
        return 200, {"data": {"phones": phones, "emails": mails if mail else []}}

    def add(self, query: Any, body: Any) -> Answer:
        fields = ("type", "done", "due_date", "due_time", "note", "duration", "owner_id")
        only(body, "subject", "participants", *fields)
        contact = body["participants"][0]["person_id"]
        if contact not in self.contacts:
            raise RefusedError(400, "no such person")
        id_ = self.new_id()
        store = self.calls if body["done"] else self.tasks
        told = {"contact": contact, "text": body["note"], "open": not body["done"]}
        store[id_] = told | {"told": body}
        return 201, {"data": {"id": id_}}

    def list(self, query: Any, body: Any) -> Answer:
        both = [*self.calls.items(), *self.tasks.items()]
        mine = [(i, told) for i, told in both if told["contact"] == int(query["person_id"])]
        first = int(query.get("cursor", 0))
        page = [{"id": i, "note": told["text"]} for i, told in mine[first : first + 1]]
        more = str(first + 1) if first + 1 < len(mine) else None
        return 200, {"data": page, "additional_data": {"next_cursor": more}}

    def get(self, id_: str, query: Any, body: Any) -> Answer:
        if int(id_) not in self.tasks:
            return 404, {}
        return 200, {"data": {"done": not self.tasks[int(id_)]["open"]}}

    def patch(self, id_: str, query: Any, body: Any) -> Answer:
        self.tasks[int(id_)]["open"] = not body["done"]
        return 200, {"data": {"id": int(id_)}}

    def list_deals(self, query: Any, body: Any) -> Answer:
        assert query["status"] == "won"
        rows = [
            {
                "id": i,
                "value": deal["value"],
                "currency": deal["currency"],
                "won_time": deal["won_at"],
                "person_id": self.contact(deal["number"]),
            }
            for i, deal in enumerate(self.deals)
        ]
        return 200, {"data": rows, "additional_data": {"next_cursor": None}}


class ZendeskServer(Fake):
    """Zendesk."""

    def allowed(self, headers: Any) -> bool:
        wanted = base64.b64encode(f"ada@example.org/token:{KEY}".encode()).decode()
        return bool(headers["Authorization"] == f"Basic {wanted}")

    def routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        me = {"user": {"id": 9, "name": "Ada", "role": "agent"}}
        yield "GET", "/api/v2/users/me.json", lambda **_: (200, me)
        yield "GET", "/api/v2/users/search.json", self.search
        yield "POST", "/api/v2/users/create_or_update.json", self.upsert
        yield "GET", r"/api/v2/users/(\d+).json", self.get_user
        yield "GET", "/api/v2/tickets.json", self.list
        yield "POST", "/api/v2/tickets.json", self.add
        yield "GET", r"/api/v2/tickets/(\d+).json", self.get
        yield "PUT", r"/api/v2/tickets/(\d+).json", self.put

    def search(self, query: Any, body: Any) -> Answer:
        wanted = digits(query["query"])
        found = [
            {"id": i, "phone": contact["numbers"][0]}
            for i, contact in self.contacts.items()
            if wanted in digits(contact["numbers"][0])
        ]
        return 200, {"users": found}

    def upsert(self, query: Any, body: Any) -> Answer:
        user = body["user"]
        only(user, "name", "phone", "external_id", "skip_verify_email")
        for i, contact in self.contacts.items():
            if contact.get("external_id") == user["external_id"]:
                return 200, {"user": {"id": i}}
        id_ = self.new_id()
        self.contacts[id_] = {"numbers": [user["phone"]], "external_id": user["external_id"]}
        return 201, {"user": {"id": id_}}

    def get_user(self, id_: str, query: Any, body: Any) -> Answer:
        return 200, {"user": {"id": int(id_), "email": self.contacts[int(id_)].get("email")}}

    def _all(self) -> list[tuple[int, dict[str, Any]]]:
        return [*self.calls.items(), *self.tasks.items()]

    def list(self, query: Any, body: Any) -> Answer:
        found = [i for i, told in self._all() if told["mark"] == query["external_id"]]
        return 200, {"tickets": [{"id": i} for i in found]}

    def add(self, query: Any, body: Any) -> Answer:
        ticket = body["ticket"]
        need(ticket, "subject", "comment", "requester_id", "status")
        self._checked(ticket)
        id_ = self.new_id()
        store = self.calls if ticket["status"] == "solved" else self.tasks
        store[id_] = {
            "contact": ticket["requester_id"],
            "mark": ticket["external_id"],
            "open": ticket["status"] != "solved",
            "told": ticket,
        }
        return 201, {"ticket": {"id": id_}}

    def _checked(self, ticket: dict[str, Any]) -> None:
        if ticket["status"] == "solved" and "assignee_id" not in ticket:
            raise RefusedError(422, "Assignee: is required when solving a ticket")

    def get(self, id_: str, query: Any, body: Any) -> Answer:
        if int(id_) not in self.tasks:
            return 404, {}
        return 200, {"ticket": {"status": "open" if self.tasks[int(id_)]["open"] else "solved"}}

    def put(self, id_: str, query: Any, body: Any) -> Answer:
        self._checked(body["ticket"])
        self.tasks[int(id_)]["open"] = body["ticket"]["status"] != "solved"
        return 200, {"ticket": {"id": int(id_)}}


class ZammadServer(Fake):
    """Zammad."""

    def allowed(self, headers: Any) -> bool:
        return bool(headers["Authorization"] == f"Token token={KEY}")

    def routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        yield "GET", "/api/v1/users/me", lambda **_: (200, {"login": "ada"})
        yield "GET", "/api/v1/users/search", self.search
        yield "POST", "/api/v1/users", self.add_user
        yield "GET", r"/api/v1/users/(\d+)", self.get_user
        yield "GET", "/api/v1/ticket_customer", self.list
        yield "POST", "/api/v1/tickets", self.add
        yield "GET", r"/api/v1/tickets/(\d+)", self.get
        yield "PUT", r"/api/v1/tickets/(\d+)", self.put

    def search(self, query: Any, body: Any) -> Answer:
        wanted = digits(query["query"])
        found = [
            {"id": i, "phone": contact["numbers"][0], "mobile": ""}
            for i, contact in self.contacts.items()
            if wanted in digits(contact["numbers"][0])
        ]
        return 200, found

    def get_user(self, id_: str, query: Any, body: Any) -> Answer:
        return 200, {"id": int(id_), "email": self.contacts[int(id_)].get("email", "")}

    def add_user(self, query: Any, body: Any) -> Answer:
        only(body, "firstname", "lastname", "phone", "roles")
        id_ = self.new_id()
        self.contacts[id_] = {"numbers": [body["phone"]]}
        return 201, {"id": id_}

    def list(self, query: Any, body: Any) -> Answer:
        mine = {
            str(i): {"title": told["told"]["title"]}
            for i, told in [*self.calls.items(), *self.tasks.items()]
            if told["contact"] == int(query["customer_id"])
        }
        return 200, {"assets": {"Ticket": mine}}

    def add(self, query: Any, body: Any) -> Answer:
        need(body, "title", "group", "customer_id", "article")
        if body["state"].startswith("pending"):
            need(body, "pending_time")
        id_ = self.new_id()
        done = body["state"] == "closed"
        store = self.calls if done else self.tasks
        store[id_] = {"contact": body["customer_id"], "open": not done, "told": body}
        return 201, {"id": id_}

    def get(self, id_: str, query: Any, body: Any) -> Answer:
        if int(id_) not in self.tasks:
            return 404, {}
        return 200, {"state": "open" if self.tasks[int(id_)]["open"] else "closed"}

    def put(self, id_: str, query: Any, body: Any) -> Answer:
        self.tasks[int(id_)]["open"] = body["state"] != "closed"
        return 200, {"id": int(id_)}


class ChatwootServer(Fake):
    """Chatwoot."""

    def allowed(self, headers: Any) -> bool:
        return bool(headers["api_access_token"] == KEY)

    def routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        base = "/api/v1/accounts/1/"
        yield "GET", base + "inboxes/5", lambda **_: (200, {"name": "Phone"})
        yield "GET", base + "contacts/search", self.search
        yield "POST", base + "contacts", self.add_contact
        yield "GET", base + r"contacts/(\d+)", self.get_contact
        yield "GET", base + r"contacts/(\d+)/conversations", self.list
        yield "POST", base + "conversations", self.add
        yield "GET", base + r"conversations/(\d+)", self.get
        yield "POST", base + r"conversations/(\d+)/messages", lambda _i, **_: (200, {})
        yield "POST", base + r"conversations/(\d+)/toggle_status", self.toggle

    def search(self, query: Any, body: Any) -> Answer:
        found = [
            {"id": i, "phone_number": contact["numbers"][0]}
            for i, contact in self.contacts.items()
            if digits(query["q"]) in digits(contact["numbers"][0])
        ]
        return 200, {"payload": found}

    def add_contact(self, query: Any, body: Any) -> Answer:
        if any(body["identifier"] == c.get("identifier") for c in self.contacts.values()):
            raise RefusedError(422, "Identifier has already been taken")
        id_ = self.new_id()
        self.contacts[id_] = {"numbers": [body["phone_number"]], "identifier": body["identifier"]}
        return 200, {"payload": {"contact": {"id": id_}}}

    def get_contact(self, id_: str, query: Any, body: Any) -> Answer:
        return 200, {"payload": {"id": int(id_), "email": self.contacts[int(id_)].get("email")}}

    def list(self, id_: str, query: Any, body: Any) -> Answer:
        mine = [
            {"id": i, "custom_attributes": told["told"]["custom_attributes"]}
            for i, told in [*self.calls.items(), *self.tasks.items()]
            if told["contact"] == int(id_)
        ]
        return 200, {"payload": mine}

    def add(self, query: Any, body: Any) -> Answer:
        need(body, "inbox_id", "contact_id")
        id_ = self.new_id()
        done = body["status"] == "resolved"
        store = self.calls if done else self.tasks
        store[id_] = {"contact": body["contact_id"], "open": not done, "told": body}
        return 200, {"id": id_}

    def get(self, id_: str, query: Any, body: Any) -> Answer:
        if int(id_) not in self.tasks:
            return 404, {}
        return 200, {"status": "open" if self.tasks[int(id_)]["open"] else "resolved"}

    def toggle(self, id_: str, query: Any, body: Any) -> Answer:
        self.tasks[int(id_)]["open"] = body["status"] != "resolved"
        return 200, {}


class Handler(BaseHTTPRequestHandler):
    """Answers for a fake, or does not, as its trouble says."""

    fake: Fake

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.fake.asked.append(f"{self.command} {parts.path}")
        kind = self._trouble()
        if not self.fake.allowed(self.headers):
            self._say(401, {"error": "who are you?"})
        elif kind == "limit":
            self._say(429, {}, {"Retry-After": "3"})
        elif kind == "down":
            self._say(502, {})
        else:
            status, said = self._answer(parts.path, dict(parse_qsl(parts.query)), body)
            self.close_connection = kind == "lost"
            if kind != "lost":
                self._say(status, said)

    def _answer(self, path: str, query: dict[str, str], body: Any) -> Answer:
        try:
            with self.fake.lock:
                return self.fake.answer(self.command, path, query, body)
        except RefusedError as refused:
            return refused.status, {"error": str(refused)}

    def _trouble(self) -> str | None:
        trouble = self.fake.trouble
        if trouble is None:
            return None
        trouble.after -= 1
        if trouble.after >= 0:
            return None
        self.fake.trouble = None
        return trouble.kind

    def _say(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        told = json.dumps(said).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(fake: Fake) -> Iterator[str]:
    """Serve a fake, and lend its address."""
    methods = {f"do_{name}": Handler.handle_any for name in ("GET", "POST", "PATCH", "PUT")}
    handler = type("FakeHandler", (Handler,), {"fake": fake, **methods})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
