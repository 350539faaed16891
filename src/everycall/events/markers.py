"""Stage markers: which contexts, prompts, applications and verbs mean which stage of a call.

Stock phone systems do not say "this is the menu" or "this caller was told that we are closed"; the
dialplan knows. FreePBX's names are built in, and a site adds its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from everycall.events.sights import Sight
from everycall.settings import setting


class Stage(StrEnum):
    """What a part of the dialplan means for the caller."""

    WELCOME = "welcome"
    MENU = "menu"
    INFORMATION = "information"
    CLOSED = "closed"
    VOICEMAIL = "voicemail"
    CALLBACK_REQUESTED = "callback_requested"
    CALLBACK = "callback"
    BOT = "bot"
    BLOCKED = "blocked"
    PARK = "park"
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    TAG = "tag"


class Form(StrEnum):
    """Where a marker is looked for."""

    CONTEXT = "context"
    PROMPT = "prompt"
    APP = "app"
    VERB = "verb"


BUILT_IN: dict[Stage, tuple[str, ...]] = {
    Stage.WELCOME: (),
    Stage.MENU: (
        "context:ivr-*",
        "context:*-ivr",
        "app:BackGround",
        "app:Background",
        "app:WaitExten",
        "app:Read",
        "app:Directory",
    ),
    Stage.INFORMATION: (),
    Stage.CLOSED: (
        "context:closed*",
        "context:*-closed",
        "context:after-hours*",
        "context:afterhours*",
        "context:out-of-hours*",
    ),
    Stage.VOICEMAIL: (
        "app:VoiceMail",
        "app:Voicemail",
        "app:MinivmRecord",
        "context:macro-vm",
        "context:vm-*",
        "context:voicemail*",
        "context:*-voicemail",
        "context:ext-local-vm*",
    ),
    Stage.CALLBACK_REQUESTED: (
        "verb:CALLBACKREQUEST*",
        "verb:CALLBACK_REQUEST*",
        "context:callback-request*",
        "context:app-callback-request*",
        "context:ext-queuecallback*",
    ),
    Stage.CALLBACK: (
        "context:callback-dial*",
        "context:callback-queue*",
        "context:everycall-dial*",
    ),
    Stage.BOT: (),
    Stage.BLOCKED: ("context:app-blacklist*", "app:Zapateller", "context:blacklist*"),
    Stage.PARK: ("app:Park", "app:ParkedCall", "context:parkedcalls", "context:park-*"),
    Stage.INBOUND: (
        "context:from-trunk*",
        "context:from-pstn*",
        "context:from-did*",
        "context:from-extern*",
        "context:from-zaptel*",
        "context:from-dahdi*",
        "context:from-analog*",
        "context:incoming*",
        "context:inbound*",
        "context:*-incoming",
        "context:*-inbound",
        "context:*_in",
        "context:*-pstn",
        "context:ext-did*",
        "verb:XIVO_INCALL",
        "verb:WAZO_INCALL",
    ),
    Stage.OUTBOUND: (
        "context:outbound*",
        "context:macro-dialout*",
        "context:outrt-*",
        "context:outcall*",
    ),
    Stage.INTERNAL: ("context:from-internal*", "context:internal*", "context:default"),
    Stage.TAG: ("verb:CALLSTATUS", "verb:CALLTAG", "verb:TAG"),
}
"""The markers that need no declaration: FreePBX's own names, and applications that mean one thing."""


@dataclass(frozen=True, slots=True)
class Markers:
    """A site's own markers, on top of the built-in ones: 'context:shop-menu', 'verb:CALLME' ..."""

    welcome: tuple[str, ...] = setting((), doc="Heard before a menu: greeting, consent, language.")
    menu: tuple[str, ...] = setting((), doc="The caller is asked to press a key or to speak.")
    information: tuple[str, ...] = setting((), doc="An answer that helps without a person.")
    closed: tuple[str, ...] = setting((), doc="The caller is told that you are closed.")
    voicemail: tuple[str, ...] = setting((), doc="The caller can leave a message.")
    callback_requested: tuple[str, ...] = setting((), doc="The caller asked to be called back.")
    callback: tuple[str, ...] = setting((), doc="A leg of your own call back to a customer.")
    bot: tuple[str, ...] = setting((), doc="The caller speaks with a bot.")
    blocked: tuple[str, ...] = setting((), doc="The call is refused by policy.")
    park: tuple[str, ...] = setting((), doc="The call is parked.")
    inbound: tuple[str, ...] = setting((), doc="Where calls from outside come in.")
    outbound: tuple[str, ...] = setting((), doc="Where calls go out.")
    internal: tuple[str, ...] = setting((), doc="Where your own phones dial from.")
    tag: tuple[str, ...] = setting(
        (), doc="A verb of queue_log whose first field says what the call was about."
    )

    def __post_init__(self) -> None:
        for stage in Stage:
            for marker in getattr(self, stage.value):
                _check(marker)

    def patterns(self, stage: Stage, form: Form) -> tuple[str, ...]:
        """Return the patterns of one stage in one place, the site's own first."""
        own: tuple[str, ...] = getattr(self, stage.value)
        prefix = f"{form}:"
        every = (*own, *BUILT_IN[stage])
        return tuple(marker.removeprefix(prefix) for marker in every if marker.startswith(prefix))

    def means(self, stage: Stage, form: Form, word: str | None) -> bool:
        """Tell whether a word in this place means this stage."""
        return word is not None and _stage_of(self, form, word, (stage,)) is stage

    def stage_of(self, form: Form, word: str | None, among: Iterable[Stage]) -> Stage | None:
        """Return the first of some stages that a word means; a site's own markers come first."""
        return None if word is None else _stage_of(self, form, word, tuple(among))

    def sights(self, forms: Iterable[Form]) -> frozenset[Sight]:
        """Return what a source that knows these forms can see because of the site's markers."""
        known = tuple(forms)
        return frozenset(
            sight
            for stage, sight in _SIGHT_OF.items()
            if any(self.own(stage, form) for form in known)
        )

    def own(self, stage: Stage, form: Form) -> tuple[str, ...]:
        """Return the patterns that the site itself declared."""
        prefix = f"{form}:"
        own: tuple[str, ...] = getattr(self, stage.value)
        return tuple(marker.removeprefix(prefix) for marker in own if marker.startswith(prefix))


_SIGHT_OF = {
    Stage.INFORMATION: Sight.SELF_SERVICE,
    Stage.CLOSED: Sight.CLOSED,
    Stage.CALLBACK_REQUESTED: Sight.CALLBACK,
}


@lru_cache(maxsize=1 << 16)
def _stage_of(markers: Markers, form: Form, word: str, stages: tuple[Stage, ...]) -> Stage | None:
    """Look a word up; the same few words come with every call."""
    own = (stage for stage in stages if _matches(markers.own(stage, form), word))
    told = (stage for stage in stages if _matches(markers.patterns(stage, form), word))
    return next(own, None) or next(told, None)


def _matches(patterns: Iterable[str], word: str) -> bool:
    return any(fnmatchcase(word.lower(), pattern.lower()) for pattern in patterns)


def _check(marker: str) -> None:
    form, colon, pattern = marker.partition(":")
    if not colon or not pattern or form not in {f.value for f in Form}:
        known = ", ".join(f"{f}:..." for f in Form)
        raise ValueError(f"'{marker}' is no marker; write one of {known}")


def declared(markers: Markers) -> dict[str, tuple[str, ...]]:
    """Return the site's own markers by stage, those that are empty left out."""
    found = {f.name: getattr(markers, f.name) for f in fields(markers)}
    return {name: value for name, value in found.items() if value}
