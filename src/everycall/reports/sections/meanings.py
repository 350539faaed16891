"""What the words mean: the same calls under two definitions, and the way from one to the other."""

from everycall.definitions import Definition
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.outcomes import name

MOST = 10
"""So many steps are drawn; the smallest of more are one."""


def meanings(desk: Desk) -> Section | None:
    """Say how many calls count under another definition, and which make the difference."""
    say, found = desk.say, desk.comparison
    if found is None or desk.frame.other is None:
        return None
    steps = _steps(desk)
    listed = ", ".join(f"{say.count(abs(change))} {label}" for label, change in steps[:3])
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
    words = _words(desk, found.first), _words(desk, found.second)
    title = say("What counts as missed")
    return Section("meanings", title, lead, words, charts=(_chart(desk, steps),))


def _headline(desk: Desk, definition: Definition) -> str:
    words = " + ".join(desk.say(word.replace("_", " ")) for word in definition.headline)
    return f"{words} ({definition.id})"


def _steps(desk: Desk) -> list[tuple[str, int]]:
    """Return each kind of call that only one of the two counts, the largest first."""
    say = desk.say
    kinds: dict[str, int] = {}
    for step in desk.comparison.steps:
        label = say(name(step.first[1] or step.second[1] or step.first[0]))
        kinds[label] = kinds.get(label, 0) + step.calls
    order = sorted(kinds, key=lambda label: -abs(kinds[label]))
    steps = [(label, kinds[label]) for label in order[:MOST]]
    rest = sum(kinds[label] for label in order[MOST:])
    return [*steps, (say("others"), rest)] if rest else steps


def _chart(desk: Desk, steps: list[tuple[str, int]]) -> Chart:
    say, found = desk.say, desk.comparison
    rows: list[tuple[str, int, int]] = [(found.first.title, found.before, found.before)]
    rows += [(label, change, 0) for label, change in steps]
    for place in range(1, len(rows)):
        rows[place] = (*rows[place][:2], rows[place - 1][2] + rows[place][1])
    rows.append((found.second.title, found.after, found.after))
    table = Table(
        (
            Column(say("step")),
            Column(say("change"), Unit.COUNT),
            Column(say("counted"), Unit.COUNT),
        ),
        rows,
    )
    sentence = say(
        "Each step is the calls of one kind that only one of the two definitions counts."
    )
    return Chart("steps", say("From one definition to the other"), Shape.STEPS, table, sentence)


def _words(desk: Desk, definition: Definition) -> Table:
    say = desk.say
    rows = [(say(word), say(doc)) for word, doc in definition.pack.categories.items()]
    columns = (Column(say("word")), Column(say("what it means")))
    return Table(columns, rows, title=f"{definition.title} ({definition.name})", folded=True)
