"""What the customer heard and chose before, after and instead of a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from everycall.events import Kind
from everycall.events.markers import Form, Stage
from everycall.sources.base import Site
from everycall.sources.channels.people import Cast
from everycall.sources.channels.steps import Act, Step

LONG_ENOUGH = 3_000_000
"""A message of less than this, in microseconds, is none."""

_HEARD = (
    Stage.BLOCKED,
    Stage.CLOSED,
    Stage.INFORMATION,
    Stage.CALLBACK_REQUESTED,
    Stage.BOT,
    Stage.VOICEMAIL,
    Stage.WELCOME,
    Stage.MENU,
)
_KINDS = {
    Stage.BLOCKED: Kind.CALL_REFUSED,
    Stage.CLOSED: Kind.CALL_CLOSED,
    Stage.INFORMATION: Kind.INFO_PLAYED,
    Stage.CALLBACK_REQUESTED: Kind.CALLBACK_REQUESTED,
    Stage.BOT: Kind.BOT_ENTERED,
    Stage.VOICEMAIL: Kind.VOICEMAIL_REACHED,
    Stage.WELCOME: Kind.MENU_ENTERED,
    Stage.MENU: Kind.MENU_ENTERED,
}
_ONCE = frozenset({Stage.BLOCKED, Stage.CLOSED, Stage.CALLBACK_REQUESTED, Stage.BOT})
_EVERY_TIME = frozenset({Stage.MENU, Stage.WELCOME, Stage.INFORMATION})


@dataclass(frozen=True, slots=True)
class Passed:
    """A stage that the customer went through, or something they did in it.

    Attributes:
        party: the number that the customer typed in, to be called back.
    """

    kind: Kind
    at: int
    text: str = ""
    reason: str | None = None
    value: int | None = None
    party: str | None = None


def stages(steps: Sequence[Step], cast: Cast, site: Site) -> Iterator[Passed]:
    """Yield the stages that the customer's channel went through."""
    if cast.customer is None:
        return
    mine = [step for step in steps if step.channel == cast.customer.id]
    yield from _passed(mine, site)
    yield from _choices(mine, site)
    yield from _message(mine)


def _passed(steps: Sequence[Step], site: Site) -> Iterator[Passed]:
    seen: set[Stage] = set()
    for i, step in enumerate(steps):
        stage = stage_of(step, site)
        if stage is None or not _is_new(stage, step, seen):
            continue
        if stage is Stage.INFORMATION and not _heard_out(step, steps[i + 1 :]):
            yield Passed(Kind.MENU_ENTERED, step.at, _words(step), "information not heard out")
            continue
        seen.add(stage)
        reason = "blocked" if stage is Stage.BLOCKED else None
        party = _typed(steps) if stage is Stage.CALLBACK_REQUESTED else None
        yield Passed(_KINDS[stage], step.at, _words(step), reason, party=party)


def _typed(steps: Sequence[Step]) -> str | None:
    """Return the number that the dialplan says is to be called back."""
    return next((s.value for s in steps if s.act is Act.SAID and s.value), None)


def stage_of(step: Step, site: Site) -> Stage | None:
    """Return what a step means for the customer, by what it plays, runs, says or where it is."""
    for form, word in _places(step):
        found = site.markers.stage_of(form, word, _HEARD)
        if found is not None:
            return found
    return None


def _places(step: Step) -> Iterator[tuple[Form, str]]:
    """Yield the words of a step that may mean something, and where they stand."""
    if step.sound and step.sound != "moh":
        yield Form.PROMPT, step.sound.rpartition("/")[2]
        yield Form.PROMPT, step.sound
    if step.variable and step.act is Act.SAID:
        yield Form.VERB, step.variable
    if step.app and (prompt := _prompt(step)):
        yield Form.PROMPT, prompt
    if step.context and step.act is not Act.HUNG_UP:
        yield Form.CONTEXT, step.context
    if step.app:
        yield Form.APP, step.app


def _prompt(step: Step) -> str:
    """Return the file that Playback() or Background() was told to play."""
    if step.app.lower() in ("playback", "background"):
        return step.data.split(",")[0].split("&")[0].rpartition("/")[2]
    return ""


def _is_new(stage: Stage, step: Step, seen: set[Stage]) -> bool:
    """Tell whether a stage begins here; menus begin again each time they speak."""
    if stage in _EVERY_TIME:
        return step.act in (Act.HEARS, Act.RUNS)
    return stage not in seen


def _heard_out(step: Step, following: Sequence[Step]) -> bool:
    """Tell whether the customer listened to the end, rather than hanging up on it."""
    hung_up = next((s for s in following if s.act is Act.HUNG_UP), None)
    ended = next((s for s in following if s.act in (Act.HEARD, Act.RUNS)), None)
    if hung_up is None:
        return True
    if ended is None or hung_up.at - ended.at <= 100_000:
        if hung_up.ended_by is not None:
            return hung_up.ended_by != hung_up.name
        return step.act is Act.RUNS and not any(s.act is Act.ASKED_TO_END for s in following)
    return True


def _words(step: Step) -> str:
    return step.sound or _prompt(step) or step.variable or step.context or step.app


def _choices(steps: Sequence[Step], site: Site) -> Iterator[Passed]:
    stage: Stage | None = None
    for step in steps:
        if step.act is Act.DIGIT and stage in (Stage.MENU, Stage.WELCOME):
            yield Passed(Kind.MENU_CHOSE, step.at, step.digit)
        elif step.act is Act.RUNS and step.exten in ("i", "t", "e") and stage is Stage.MENU:
            reason = "no answer" if step.exten == "t" else "wrong answer"
            yield Passed(Kind.MENU_FAILED, step.at, step.exten, reason)
        elif step.act in (Act.RUNS, Act.HEARS):
            stage = stage_of(step, site) or (None if step.app else stage)


def _message(steps: Sequence[Step]) -> Iterator[Passed]:
    """Yield the message that was left: by the voicemail's own word, else by how long it ran."""
    said = next((s for s in steps if s.act is Act.VARIABLE and s.variable == "VMSTATUS"), None)
    if said is not None:
        if said.value == "SUCCESS":
            yield Passed(Kind.VOICEMAIL_LEFT, said.at)
        return
    beep = next((s for s in reversed(steps) if s.act is Act.HEARD and _in_voicemail(s)), None)
    ended = next((s for s in steps if s.act is Act.HUNG_UP), None)
    if beep is not None and ended is not None and ended.at - beep.at >= LONG_ENOUGH:
        lasted = (ended.at - beep.at) // 1000
        yield Passed(Kind.VOICEMAIL_LEFT, ended.at, "by its length", None, lasted)


def _in_voicemail(step: Step) -> bool:
    return step.app.lower() == "voicemail"
