"""What is known of the sources that spoke: what each sees, and from when to when."""

from collections.abc import Iterable, Sequence

from everycall.app.history.pooling import Part
from everycall.app.history.staging import Staged
from everycall.app.site.sitefile import SiteFile
from everycall.calls.model import SourceView
from everycall.events.sights import Sight
from everycall.history.store import Manifest, SourceState
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


def moment_of(sources: Sequence[SourceState]) -> tuple[int, int, int]:
    """Return until when all speak, and from when to when those of the site do."""
    own = [source for source in sources if not source.carrier]
    as_of = max((source.last_at for source in sources), default=0)
    first = min((source.first_at for source in own), default=0)
    return as_of, first, max((source.last_at for source in own), default=-1)
