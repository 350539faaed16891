"""What a number of callers is worth, from what their clients' unreached callers were worth."""

from collections.abc import Mapping, Sequence

from everycall.app.audit.costing import Money, currencies
from everycall.app.site.sitefile import SiteFile
from everycall.money.estimates import Callers, Figure, Unreached, estimate
from everycall.money.inputs import MoneySettings, for_client
from everycall.remedies.model import Worth


class Worths:
    """Values callers of a site's clients; of two currencies nothing is added up.

    Attributes:
        currency, locale: of all clients; None where nobody says, or where they have several.
        said: every client says what its callers are worth.
    """

    def __init__(self, money: Sequence[Money], site: SiteFile) -> None:
        self._money = {one.client: one for one in money}
        self._inputs = {
            name: for_client(
                site.money, site.clients[name].money if name in site.clients else MoneySettings()
            )
            for name in self._money
        }
        names = currencies(money)
        self.currency = next(iter(names)) if len(names) == 1 else None
        self.locale = money[0].locale if self.currency is not None else None
        self.said = all(one.currency and one.estimate.direct is not None for one in money)

    def of(self, callers: Mapping[str | None, float]) -> tuple[Worth, ...]:
        """Return what so many callers of each client are worth; nothing where it cannot be said."""
        figures: dict[tuple[str | None, str | None], list[Figure]] = {}
        for client, n in callers.items():
            figure = self._figure(client, n)
            place = self._inputs[client].currency, self._inputs[client].locale
            if figure is None or place[0] is None:
                return ()
            figures.setdefault(place, []).append(figure)
        return tuple(Worth(*place, _added(told)) for place, told in figures.items())

    def _figure(self, client: str | None, callers: float) -> Figure | None:
        money = self._money[client]
        parts = (money.unreached.enquiries, money.unreached.unsaid, money.unreached.others)
        whole = sum(part.base for part in parts)
        # where nobody is unreached, nothing is known of what they wanted
        shares = [part.base / whole for part in parts] if whole else [0.0, 1.0, 0.0]
        counted = (Callers(callers * s, callers * s, callers * s) for s in shares)
        return estimate(Unreached(*counted), self._inputs[client]).direct


def _added(figures: Sequence[Figure]) -> Figure:
    names = Figure.__dataclass_fields__
    return Figure(*(sum(getattr(figure, name) for figure in figures) for name in names))
