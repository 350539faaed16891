"""Which number outside was dialled on a line: the line's channel itself often does not say."""

import re
from collections.abc import Iterator, Sequence

from everycall.sources.channels.people import Cast, Channel
from everycall.sources.channels.steps import Act, Step

_NUMBER = re.compile(r"\+?\d{3,}")


def dialled_number(line: Channel, cast: Cast, steps: Sequence[Step]) -> str:
    """Return the number that a line was told to dial, else the number that it shows."""
    told = next((s.data for s in steps if s.act is Act.RUNG and s.channel == line.id), "")
    found = _NUMBER.match(told)
    if found:
        return found[0]
    numbers = list(dict.fromkeys(_numbers(line.endpoint, steps)))
    alike = [phone.id for phone in cast.phones() if phone.endpoint == line.endpoint]
    place = alike.index(line.id) if line.id in alike else len(numbers)
    return numbers[place] if place < len(numbers) else line.number


def _numbers(endpoint: str, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the numbers that Dial() was told to reach by an endpoint, in order."""
    for step in steps:
        if step.app == "Dial":
            for target in step.data.split(",")[0].split("&"):
                number = number_by(endpoint, target)
                if number:
                    yield number


def number_by(endpoint: str, target: str) -> str:
    """Return the number in one target of Dial(), if it leads through this endpoint.

    Its forms are PJSIP/number@line, PJSIP/line/sip:number@host and SIP/line/number.
    """
    technology, _, name = endpoint.partition("/")
    kind, _, rest = target.partition("/")
    if kind != technology:
        return ""
    if rest.endswith(f"@{name}"):
        found = _NUMBER.match(rest)
    elif rest.startswith(f"{name}/"):
        found = _NUMBER.match(rest.removeprefix(f"{name}/").removeprefix("sip:"))
    else:
        return ""
    return found[0] if found else ""
