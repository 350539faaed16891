"""Every metric: each file here declares some in `METRICS`; a stranger's come by entry points."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from everycall.errors import BadSettingsError, Mistake
from everycall.metrics.model import Metric
from everycall.registry import load_all

ORDER = ("counts", "service_levels", "waits", "rates")
"""The files that people meet first; the others follow by name."""


def _declared() -> Iterator[Metric]:
    found = [module.name for module in pkgutil.iter_modules(__path__)]
    for name in sorted(found, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n)):
        yield from importlib.import_module(f"{__name__}.{name}").METRICS
    for name, plugin in load_all("metric"):
        yield from _given(name, plugin)


def _given(name: str, plugin: object) -> Iterator[Metric]:
    """Yield what a plug-in declares: a metric, or several."""
    metrics = [plugin] if isinstance(plugin, Metric) else plugin
    if not isinstance(metrics, Iterable):
        raise BadSettingsError([Mistake(f"plug-in metric '{name}'", "is no Metric, and no list")])
    for metric in metrics:
        if not isinstance(metric, Metric):
            sentence = f"holds {metric!r}, which is no Metric"
            raise BadSettingsError([Mistake(f"plug-in metric '{name}'", sentence)])
        yield metric


def _by_id(metrics: Iterator[Metric]) -> Mapping[str, Metric]:
    found: dict[str, Metric] = {}
    for metric in metrics:
        if metric.id in found:
            raise BadSettingsError([Mistake(f"metric '{metric.id}'", "is declared twice")])
        found[metric.id] = metric
    return MappingProxyType(found)


METRICS: Mapping[str, Metric] = _by_id(_declared())
"""Every metric by its id."""
