"""Trying a phone system: what it lets us see, or why nothing."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from everycall.app.live.reaching import Silence, silences
from everycall.clock import from_micros
from everycall.records.connections import Connection
from everycall.settings import read_table
from everycall.telephony import PhoneSystemError
from everycall.web.phones.kinds import (
    POSTING,
    TwilioSettings,
    account_of,
    ari_of,
    pbx_of,
    people_in,
)
from everycall.web.phones.manager_rights import READ, WRITE, Lacks, lacking
from everycall.wire.ami import AmiError, AmiUnsureError
from everycall.wire.ami import Connection as AmiConnection
from everycall.wire.ari import AriError
from everycall.wire.twilio_calls import TwilioError

PATIENCE = 8.0
"""Seconds that a try may take."""

NAMED = 6
"""So many phones are named in a sentence."""

_LACKS_READ = gettext_lazy(
    "Asterisk lets us in but does not tell us everything: in manager.conf, add to read: %s."
)
_LACKS_WRITE = gettext_lazy(
    "Asterisk lets us in but does not let us ask and do everything: in manager.conf, add to "
    "write: %s."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a try saw.

    Attributes:
        good: what works; empty where something has to be mended first.
        lacks: what is missing, and where to mend it.
    """

    good: str
    lacks: str = ""


def tried(found: Connection) -> Seen:
    """Try a connection, now.

    Raises:
        EverycallError, OSError, TimeoutError: it does not work.
    """
    if found.kind == "ami":
        return asyncio.run(_try_manager(found))
    return Seen(_said(found))


def _said(found: Connection) -> str:
    if found.kind == "twilio" and found.given().get("account"):
        return asyncio.run(_try_twilio(found))
    if found.kind == "ari":
        return asyncio.run(_try_ari(found))
    if found.kind in POSTING:
        return _("It posts to us, so there is nothing to try: ring, and look at Now.")
    path = Path(str(found.given()["path"]))
    with path.open("rb") as file:
        file.read(1)
    changed = from_micros(int(path.stat().st_mtime * 1_000_000))
    return _("The log can be read; its last change was at %s UTC.") % f"{changed:%F %T}"


async def _try_twilio(found: Connection) -> str:
    terms = read_table(TwilioSettings, found.given(), found.name)
    people_in(terms.people)
    account = account_of(terms)
    try:
        named = str((await account.myself()).get("friendly_name") or terms.account)
        owned = not terms.number or bool(await account.numbers(terms.number))
    except TwilioError as error:
        raise PhoneSystemError(str(error)) from None
    said = [_("It works: the account %s answers.") % named]
    if not terms.number:
        said.append(_("It does not dial for you: no number of the account is named."))
    elif not owned:
        said.append(_("%s is no number of this account, so it cannot dial.") % terms.number)
    if not settings.ADDRESS.startswith("https://"):
        said.append(_("Twilio has to reach us: start with EVERYCALL_ADDRESS=https://..."))
    return " ".join(said)


async def _try_ari(found: Connection) -> str:
    ari = ari_of(found.given(), found.name)
    try:
        version = (await ari.ask("GET", "/asterisk/info", only="system"))["system"]["version"]
        phones = await ari.ask("GET", "/endpoints")
    except AriError as error:
        raise PhoneSystemError(str(error)) from None
    return _("It works: Asterisk %(version)s, %(phones)d phones and lines.") % {
        "version": version,
        "phones": len(phones),
    }


async def _try_manager(found: Connection) -> Seen:
    pbx = pbx_of(found.given(), found.name)
    try:
        async with asyncio.timeout(PATIENCE):
            connection = await AmiConnection.open(pbx, lambda _: None)
            try:
                return await _seen(connection, pbx.user)
            finally:
                await connection.close()
    except AmiError as error:
        raise PhoneSystemError(_in_words(str(error))) from None


def _in_words(said: str) -> str:
    """Say what to do about a login that Asterisk refuses: it does not say why itself."""
    if "Authentication failed" in said:
        return _(
            "Asterisk refuses the login. Name and secret have to be those of manager.conf, which "
            "may also say by permit and deny from where somebody may log in."
        )
    return said


async def _seen(connection: AmiConnection, user: str) -> Seen:
    lacks = await _rights(connection, user)
    refused = [_LACKS_READ % ", ".join(lacks.read)] if lacks.read else []
    refused += [_LACKS_WRITE % ", ".join(lacks.write)] if lacks.write else []
    try:
        members = await connection.listing("QueueStatus")
    except AmiError:
        if not refused:
            raise
        return Seen("", " ".join(refused))
    queues = {event.get("Queue") for event in members if event.get("Event") == "QueueParams"}
    joined = [event for event in members if event.get("Event") == "QueueMember"]
    people = {event.get("Name") for event in joined}
    said = _("It works: %(queues)d queues and %(people)d people were seen.") % {
        "queues": len(queues),
        "people": len(people),
    }
    unseen = [_silence(one) for one in silences(await _phones(connection), joined)]
    return Seen("" if refused else " ".join([said, *unseen]), " ".join(map(str, refused)))


async def _rights(connection: AmiConnection, user: str) -> Lacks:
    """Return which rights the manager lacks; all of them where it may not even be asked."""
    try:
        return lacking(await connection.act("Command", Command=f"manager show user {user}"))
    except AmiUnsureError:
        raise
    except AmiError:
        return Lacks(READ, WRITE)


async def _phones(connection: AmiConnection) -> list[dict[str, Any]]:
    with contextlib.suppress(AmiError):
        return await connection.listing("PJSIPShowAors")
    return []


def _silence(found: Silence) -> str:
    """Say how long a phone's silence would go unseen."""
    names = ", ".join(found.phones[:NAMED])
    more = len(found.phones) - NAMED
    if more > 0:
        names = _("%(names)s and %(more)d more") % {"names": names, "more": more}
    if found.within_s is None:
        return (
            _(
                "Nobody asks these phones whether they are there, so their silence is seen at the "
                "next call only: %s. Set qualify_frequency=10 for them in pjsip.conf."
            )
            % names
        )
    seconds = f"{found.within_s:g}"
    return _("A silence of these is seen within %(seconds)s s: %(names)s.") % {
        "seconds": seconds,
        "names": names,
    }
