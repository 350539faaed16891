"""What is known of the sources that spoke: what each sees, and from when to when."""

from collections.abc import Iterable, Sequence

from everycall.app.history.pooling import Part
from everycall.app.history.soundness import present_of
from everycall.app.history.staging import Staged
from everycall.app.site.sitefile import SiteFile
from everycall.calls.model import SourceView
from everycall.events.sights import Sight
from everycall.history.store import Manifest, SourceState, month_bounds
from everycall.sources.base import Source


def sources_of(
    manifest: Manifest, staged: Iterable[Staged], site: SiteFile
) -> tuple[SourceState, ...]:
    """Return what is known of every source, in the order in which they first spoke."""
    states = {state.name: state for state in manifest.sources}
    for one in staged:
        if one.part is not None:
            states[one.source.name] = _state(
                one.source, site, one.part, states.get(one.source.name)
            )
    return tuple(states.values())


def _state(source: Source, site: SiteFile, part: Part, known: SourceState | None) -> SourceState:
    view = source.view(site.site())
    return SourceState(
        name=view.name,
        sees=tuple(sorted(view.sees)),
        fineness=view.fineness,
        channels=view.channels,
        people=view.people,
        carrier=view.carrier,
        first_at=min(part.first_at, known.first_at) if known else part.first_at,
        last_at=max(part.last_at, known.last_at) if known else part.last_at,
        tail=known.tail if known else None,
    )


def view_of(state: SourceState) -> SourceView:
    """Return a source as the chain sees it."""
    sees = frozenset(Sight(word) for word in state.sees)
    return SourceView(state.name, sees, state.fineness, state.channels, state.people, state.carrier)


def moment_of(sources: Sequence[SourceState], heard_at: int = 0) -> tuple[int, int, int]:
    """Return until when all speak, and from when to when those of the site do.

    What was heard live says nothing of a time that has not come; `heard_at` 0 is not known.
    """
    own = [source for source in sources if not source.carrier]
    as_of = max((source.last_at for source in sources), default=0)
    first = min((source.first_at for source in own), default=0)
    last = max((source.last_at for source in own), default=-1)
    return present_of(as_of, heard_at), first, present_of(last, heard_at)


def covered_anew(manifest: Manifest, sources: Sequence[SourceState]) -> set[str]:
    """Return the counted months of which the site's own sources now speak for another part."""
    before, now = moment_of(manifest.sources)[1:], moment_of(sources)[1:]
    months = (segment.month for segment in manifest.segments)
    return {month for month in months if _covered(month, *before) != _covered(month, *now)}


def _covered(month: str, first_at: int, last_at: int) -> tuple[int, int] | None:
    """Return the part of a month that lies within a time."""
    start, end = month_bounds(month)
    return (
        (max(start, first_at), min(end, last_at)) if first_at < end and last_at >= start else None
    )
