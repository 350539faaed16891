"""What was asked for: a metric by its id, with the number that belongs to it."""

import re
from dataclasses import dataclass

from everycall.errors import NotFoundError, did_you_mean
from everycall.metrics.catalog import METRICS
from everycall.metrics.model import MILLISECONDS, Metric, Parameter

LONGEST = 366 * MILLISECONDS["d"]
"""The number of a metric is a year at most."""

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric with its parameter filled in.

    Attributes:
        name: the id as it was asked for.
        milliseconds: what its parameter is; null if it has none.
    """

    name: str
    metric: Metric
    milliseconds: int | None


def asked(name: str) -> Asked:
    """Return the metric that an id means, such as `asa` or `service_level.sl2:60`.

    Raises:
        NotFoundError: there is no such metric, or the number after the colon cannot be read.
    """
    base, colon, number = name.partition(":")
    metric = METRICS.get(base)
    if metric is None:
        hint = did_you_mean(base, METRICS) or "; everycall metrics lists them all"
        raise NotFoundError(f"there is no metric '{base}'{hint}")
    if metric.parameter is None:
        if colon:
            raise NotFoundError(f"'{base}' takes no number: ask for '{base}'")
        return Asked(name, metric, None)
    given = _milliseconds(name, number, metric.parameter) if colon else None
    standard = metric.parameter.milliseconds(metric.parameter.default)
    return Asked(name, metric, standard if given is None else given)


def _milliseconds(name: str, number: str, parameter: Parameter) -> int:
    found = _NUMBER.fullmatch(number.strip())
    if found is None:
        example = f"{name.partition(':')[0]}:{parameter.default:g}{parameter.unit}"
        raise NotFoundError(f"'{name}': the number cannot be read; write for example {example}")
    given, unit = float(found[1]), found[2] or parameter.unit
    if given * MILLISECONDS[unit] > LONGEST:
        raise NotFoundError(f"'{name}': the number is more than a year")
    return parameter.milliseconds(given, unit)


def plain(name: str) -> str:
    """Return an id as it is kept: the number without a unit, as in `service_level.sl2:60`.

    Raises:
        NotFoundError: as above.
    """
    found, (base, colon, _) = asked(name), name.partition(":")
    if not colon or found.metric.parameter is None or found.milliseconds is None:
        return name
    return f"{base}:{found.milliseconds / MILLISECONDS[found.metric.parameter.unit]:g}"


def written(milliseconds: int, parameter: Parameter) -> str:
    """Write a parameter's value with its unit, as in '60 s'."""
    return f"{milliseconds / MILLISECONDS[parameter.unit]:g} {parameter.unit}"
