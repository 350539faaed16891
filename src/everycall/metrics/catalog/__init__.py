"""Every metric: each file here declares some in `METRICS`, and needs nothing else."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from everycall.metrics.model import Metric

ORDER = ("counts", "service_levels", "waits", "rates")
"""The files that people meet first; the others follow by name."""


def _declared() -> Iterator[Metric]:
    found = [module.name for module in pkgutil.iter_modules(__path__)]
    for name in sorted(found, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n)):
        yield from importlib.import_module(f"{__name__}.{name}").METRICS


def _by_id(metrics: Iterator[Metric]) -> Mapping[str, Metric]:
    found: dict[str, Metric] = {}
    for metric in metrics:
        if metric.id in found:
            raise ValueError(f"the metric {metric.id} is declared twice")
        found[metric.id] = metric
    return MappingProxyType(found)


METRICS: Mapping[str, Metric] = _by_id(_declared())
"""Every metric by its id."""
