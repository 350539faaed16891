"""Something of everything, for pages that are looked at; run in a process of its own.

Names are long and from many languages on purpose, and there is something good and something bad of each.
"""

import json
import os
import sys
from datetime import datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")

import django

django.setup()

from django.contrib.auth.tokens import default_token_generator  # noqa: E402  Django must be set up first
from django.utils import timezone  # noqa: E402  the same
from django.utils.http import urlsafe_base64_encode  # noqa: E402  the same

from everycall.records.models import (  # noqa: E402  the same
    Alert,
    AlertRule,
    Channel,
    Connection,
    CrmAccount,
    Delivery,
    Hook,
    Job,
    NotReturnable,
    OptOut,
    Person,
    Promise,
    PromiseMove,
    ReportPlan,
    ReportRun,
    SavedView,
    Standing,
    Team,
    Telling,
    Text,
    TextGateway,
    Token,
    Wall,
    WonDeal,
)
from everycall.records.texts import new_link  # noqa: E402  the same
from everycall.records.trail import note  # noqa: E402  the same

LONG = "Maximiliane Hintertupfinger-Schnabelwopski"
HOUR = timedelta(hours=1)

KNOWN: dict[str, str] = {}
"""What stands in addresses, by the word for it."""

SITE = """
zone = "Europe/Berlin"
region = "DE"

[hours]
week = ["mon-fri 08:00-20:00", "sat 10:00-16:00"]

[requests]
on = true

[texts]
on = true
senders = {DE = "Shop"}

[mails]
on = true

[money]
currency = "EUR"
conversion = {base = 0.2, low = 0.1, source = "till"}
order_value = {base = 80, source = "till"}
enquiry_share = {base = 0.5, source = "guess"}
"""


def fill(now: datetime) -> None:
    owner = Person.objects.get()
    owner.agent = "Ann"
    owner.save()
    people(owner)
    alerts(now)
    owed(owner, now)
    outward(owner, now)


def people(owner: Person) -> None:
    team = Team.objects.create(name="Verkauf und Reklamationsbearbeitung", queues=["sales"])
    max_ = Person.objects.create_user(
        "maximiliane.hintertupfinger-schnabelwopski@beispielunternehmen.example",
        "a tall tree by the sea",
        name=LONG,
        role="agent",
    )
    max_.teams.add(team)
    gone = Person.objects.create_user(
        "x@example.org", "a tall tree by the sea", name="Xaver", role="viewer"
    )
    gone.is_active = False
    gone.save()
    invited = Person.objects.create_user("new@example.org", name="Neu", role="agent")
    name = urlsafe_base64_encode(str(invited.pk).encode())
    KNOWN["{join}"] = f"/join/{name}/{default_token_generator.make_token(invited)}/"
    note(owner, "numbers revealed", "?outcome=caller_left_in_queue&from=2026-11-01", calls=12)
    SavedView.objects.create(
        person=owner, name="Left the queue", address="?outcome=caller_left_in_queue"
    )
    SavedView.objects.create(
        person=max_, name="Verlorene Anrufe der Woche", address="?direction=all", is_shared=True
    )
    Wall.objects.create(name="Konferenzraum Niederschönhausen", queues=["sales"], sound=True)
    Token.issue("shop system", ["events:write", "calls:read", "metrics:read", "promises:read"])


def alerts(now: datetime) -> None:
    mail = Channel(name="Mail to the office", kind="mail")
    mail.keep({"to": "a@example.org", "sender": "e@example.org"})
    mail.save()
    missed = AlertRule.objects.create(name="Missed callers", measure="missed_call")
    wait = AlertRule.objects.create(name="Long wait", measure="longest_wait", limit=60)
    off = AlertRule.objects.create(name="No calls at noon", measure="longest_wait", is_on=False)
    for rule in (missed, wait, off):
        rule.channels.add(mail)
    one = Alert.objects.create(
        rule=missed, thing="+493023125001", since=now - timedelta(minutes=3), opened_at=now,
        caller="+493023125001", call_id="c1", queue="sales", misses=2, message=True,
    )  # fmt: skip
    Alert.objects.create(
        rule=wait,
        thing="sales",
        since=now - timedelta(minutes=9),
        opened_at=now,
        value=75,
        claimed_by=LONG,
    )
    Alert.objects.create(
        rule=wait, thing="support", since=now - 2 * HOUR, opened_at=now, value=75, closed_at=now
    )
    trouble = "the server cannot be reached: connection refused"
    Delivery.objects.create(
        alert=one,
        channel=mail,
        message={"title": "Missed call: ****001"},
        key="k1",
        tries=2,
        error=trouble,
    )
    Delivery.objects.create(
        alert=one,
        channel=mail,
        message={"title": "Long wait (sales)"},
        key="k2",
        tries=1,
        sent_at=now,
    )


def owed(owner: Person, now: datetime) -> None:
    given = {"client": "", "queue": "sales", "reason": "caller_left_in_queue", "made_at": now}
    given |= {"due_business": now + HOUR, "due_clock": now + HOUR, "due_pure": now + 2 * HOUR}
    for number, who in enumerate(("", str(owner), "", LONG, "")):
        Promise.objects.create(
            caller=f"+4930231256{number:02}", missed_at=now - HOUR, first_call=f"p{number}", owner=who,
            state="claimed" if who else "waiting", lease_until=now + HOUR if who else None,
            misses=number + 1, language="de" if number else "", **given,
        )  # fmt: skip
    free, mine, late = (Promise.objects.get(first_call=f"p{place}") for place in range(3))
    late.due_clock = late.due_business = now - HOUR
    late.requested = late.message_left = True
    late.save()
    kept = Promise.objects.create(
        caller="+493023125699", state="kept", missed_at=now - HOUR, ended_at=now, first_call="p9",
        keeper=str(owner), **given,
    )  # fmt: skip
    for promise, move, why in (
        (late, "dial", ""),
        (late, "note", "Fragt nach der Lieferung vom Dienstag; die Hausnummer stimmt nicht"),
        (kept, "keep", "helped: sent a new one"),
    ):
        PromiseMove.objects.create(promise=promise, move=move, who=str(owner), at=now, why=why)
    NotReturnable.objects.create(call_id="n1", queue="sales", missed_at=now)
    for word, one in (("free", free), ("mine", mine), ("late", late), ("kept", kept)):
        KNOWN[f"{{{word}}}"] = str(one.pk)
    texts(late, kept, now)
    rules(owner, now)


def rules(owner: Person, now: datetime) -> None:
    why = "Ruft jeden Tag aus Versehen an; die Hausverwaltung weiß Bescheid"
    for number, kind in ((1, "never"), (2, "shared")):
        Standing.objects.create(
            number=f"+49302312570{number}", kind=kind, who=LONG, why=why, at=now
        )
    Standing.objects.create(
        number="+493023125703", kind="never", who=LONG, at=now, ended_at=now, ended_by=str(owner)
    )
    OptOut.objects.create(number="+493023125704", client="", at=now, how="answered STOP")


def texts(promise: Promise, other: Promise, now: datetime) -> None:
    gateway = TextGateway(kind="twilio")
    gateway.keep({"account": "AC", "secret": "x", "address": "http://127.0.0.1:1"})
    gateway.save()
    told = "Shop: Entschuldigung, dass wir Ihren Anruf verpasst haben: https://shop.example/c/abcdefghijklmnop/"
    Text.objects.create(
        promise=promise,
        kind="missed",
        number=promise.caller,
        sender="Shop",
        body=told,
        state="sent",
        at=now,
    )
    Text.objects.create(
        promise=promise,
        kind="answer",
        number=promise.caller,
        body="אחרי חמש בבקשה",
        state="received",
        at=now,
    )
    Text.objects.create(
        promise=other, kind="missed", number=other.caller, body=told, state="unclear", at=now,
        error="Twilio answered 502",
    )  # fmt: skip
    KNOWN["{caller}"] = new_link(promise, "en", now + 24 * HOUR)


def outward(owner: Person, now: datetime) -> None:
    mail = Channel.objects.get()
    plan = ReportPlan.objects.create(
        name="Every Monday",
        every="week",
        to=["a@example.org", "b@example.org"],
        channel=mail,
        made_by=owner,
    )
    day = now.date()
    ReportRun.objects.create(
        plan=plan, key="1", due_at=now, first=day - timedelta(days=7), last=day - timedelta(days=1),
        error="the mail server refused it: 550 no such mailbox", failed_at=now,
    )  # fmt: skip
    crm = CrmAccount(kind="hubspot")
    crm.keep({"secret": "x", "address": "http://127.0.0.1:1"})
    crm.save()
    WonDeal.objects.create(
        account=crm, remote="1", caller="+493023125699", value="1234.50", currency="EUR",
        won_at=now + HOUR,
    )  # fmt: skip
    Job.objects.create(
        func="crm-call", args={}, run_at=now + 5 * HOUR, attempts=3, error="HubSpot answered 502"
    )
    Job.objects.create(
        func="crm-task", args={}, run_at=now + 5 * HOUR, attempts=1, failed_at=now,
        error="HubSpot refused the key (401); make a new one there",
    )  # fmt: skip
    hook = Hook(name="Warenwirtschaft", kinds=["call.ended", "promise.moved"])
    hook.keep({"address": "http://127.0.0.1:1", "secret": "whsec_x"})
    hook.save()
    Telling.objects.create(
        hook=hook, about="call 1730538005.17", kind="call.ended", body={}, sent_at=now
    )
    Telling.objects.create(
        hook=hook, about="call 1730538005.18", kind="call.ended", body={}, tries=3,
        error="the address answered 503",
    )  # fmt: skip
    of_ami: dict[str, object] = {"host": "127.0.0.1", "port": 1, "user": "u", "secret": "s"}
    of_twilio: dict[str, object] = {"account": "AC", "secret": "s"}
    for name, kind, settings in (("zentrale", "ami", of_ami), ("wolke", "twilio", of_twilio)):
        row = Connection(name=name, kind=kind)
        row.keep(settings)
        row.save()


if __name__ == "__main__":
    fill(timezone.now())
    sys.stdout.write(json.dumps(KNOWN))
