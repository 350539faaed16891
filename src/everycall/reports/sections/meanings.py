"""What the words mean: the same calls under two definitions, and the way from one to the other."""

from collections import Counter
from dataclasses import dataclass

from everycall.definitions import Definition
from everycall.definitions.language import show
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.outcomes import name


def meanings(desk: Desk) -> Section | None:
    """Say how many calls count under another definition, and which make the difference."""
    say, found = desk.say, desk.comparison
    if found is None or desk.frame.other is None:
        return None
    steps = _steps(desk)
    listed = ", ".join(f"{say.count(abs(step.calls))} {step.label}" for step in steps[:3])
    lead = say("Both definitions count the same {n} calls.", n=say.count(found.before))
    if steps:
        lead = say(
            "{before} {word} become {after} {other_word}: {listed}.",
            before=say.count(found.before),
            after=say.count(found.after),
            word=_headline(desk, found.first),
            other_word=_headline(desk, found.second),
            listed=listed,
        )
    words = tuple(
        make(desk, one) for one in (found.first, found.second) for make in (_words, _rules)
    )
    title = say("What counts as missed")
    return Section("meanings", title, lead, words, charts=(_chart(desk, steps),))


def _headline(desk: Desk, definition: Definition) -> str:
    words = " + ".join(_spoken(desk, word) for word in definition.headline)
    return f"{words} ({definition.id})"


def _spoken(desk: Desk, word: str) -> str:
    return desk.say(word.replace("_", " "))


@dataclass(frozen=True, slots=True)
class _Kind:
    """Calls of one kind that only one of the two counts; less, or more than the first counts."""

    label: str
    calls: int
    step: str


def _steps(desk: Desk) -> list[_Kind]:
    """Return each kind of call that only one of the two counts, the largest first."""
    say, found = desk.say, desk.comparison
    kinds: Counter[tuple[str, str]] = Counter()
    for step in found.steps:
        kind = step.first[1] or step.second[1] or step.first[0]
        kinds["-" if step.calls < 0 else "+", kind] += step.calls
    order = sorted(kinds, key=lambda kind: (-abs(kinds[kind]), kind))
    return [
        _Kind(say(name(kind)), kinds[sign, kind], f"{found.second.id}:{sign}{kind}")
        for sign, kind in order
    ]


def _chart(desk: Desk, steps: list[_Kind]) -> Chart:
    say, found = desk.say, desk.comparison
    rows: list[tuple[str, int, int]] = [(say(found.first.title), found.before, found.before)]
    rows += [(step.label, step.calls, 0) for step in steps]
    for place in range(1, len(rows)):
        rows[place] = (*rows[place][:2], rows[place - 1][2] + rows[place][1])
    rows.append((say(found.second.title), found.after, found.after))
    table = Table(
        (
            Column(say("step")),
            Column(say("change"), Unit.COUNT, calls={}),
            Column(say("counted"), Unit.COUNT),
        ),
        rows,
        behind=[
            {"own": "yes"},
            *({"step": step.step} for step in steps),
            {"other": found.second.id},
        ],
    )
    sentence = say(
        "Each step is the calls of one kind that only one of the two definitions counts."
    )
    return Chart("steps", say("From one definition to the other"), Shape.STEPS, table, sentence)


def _words(desk: Desk, definition: Definition) -> Table:
    say = desk.say
    rows = [(_spoken(desk, word), say(doc)) for word, doc in definition.pack.categories.items()]
    columns = (Column(say("word")), Column(say("what it means")))
    return Table(columns, rows, title=f"{say(definition.title)} ({definition.name})", folded=True)


def _rules(desk: Desk, definition: Definition) -> Table:
    say = desk.say
    rows = [
        (
            rule.name,
            _spoken(desk, rule.category),
            say(rule.why),
            show(rule.when),
            rule.source,
        )
        for rule in definition.rules
    ]
    columns = (
        Column(say("rule")),
        Column(say("word")),
        Column(say("why")),
        Column(say("when")),
        Column(say("who says so")),
    )
    title = say(
        "The rules of {definition}: the first that is true wins", definition=definition.name
    )
    return Table(columns, rows, title=title, folded=True)
