"""What a number of callers is worth, from what their clients' unreached callers were worth."""

from collections.abc import Mapping, Sequence

from everycall.app.costing import Money, currencies
from everycall.app.sitefile import SiteFile
from everycall.money.estimates import Callers, Figure, Unreached, estimate
from everycall.money.inputs import MoneySettings, for_client


class Worths:
    """Values callers of a site's clients; of two currencies nothing is added up."""

    def __init__(self, money: Sequence[Money], site: SiteFile) -> None:
        self._money = {one.client: one for one in money}
        self._inputs = {
            name: for_client(
                site.money, site.clients[name].money if name in site.clients else MoneySettings()
            )
            for name in self._money
        }
        said = currencies(money)
        self.currency = said.pop() if len(said) == 1 else None
        self.locale = money[0].locale if self.currency is not None else None

    def of(self, callers: Mapping[str | None, float]) -> Figure | None:
        """Return what so many callers of each client are worth; None where it cannot be said."""
        if self.currency is None:
            return None
        figures = [self._figure(client, n) for client, n in callers.items()]
        told = [figure for figure in figures if figure is not None]
        if len(told) < len(figures) or not told:
            return None
        names = Figure.__dataclass_fields__
        return Figure(*(sum(getattr(figure, name) for figure in told) for name in names))

    def _figure(self, client: str | None, callers: float) -> Figure | None:
        money = self._money[client]
        parts = (money.unreached.enquiries, money.unreached.unsaid, money.unreached.others)
        whole = sum(part.base for part in parts)
        shares = [part.base / whole if whole else 0.0 for part in parts]
        if not whole:
            shares = [0.0, 1.0, 0.0]
        counted = (Callers(callers * s, callers * s, callers * s) for s in shares)
        return estimate(Unreached(*counted), self._inputs[client]).direct
