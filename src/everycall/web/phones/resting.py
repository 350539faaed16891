"""What the picture rests on, and whether it has changed since it was begun.

Connections, the site file, and records that were read again after a fix: changed on a page of this or
another process, by a command, or by hand.
"""

from dataclasses import dataclass

from django.db import DatabaseError, connections

from everycall.app.site.sitefile import SiteFile
from everycall.errors import EverycallError
from everycall.records.connections import Connection
from everycall.web.reading import Reader

Row = tuple[object, ...]


@dataclass(slots=True)
class Ground:
    """What a picture rests on; whatever cannot be read now counts as it was.

    Attributes:
        unread: what each import left unread; one that changes was read again.
    """

    reader: Reader
    connections: list[Row] | None
    site: SiteFile | None
    unread: dict[int, str | None]

    @classmethod
    def of(cls, reader: Reader) -> "Ground":
        """Look at it for the first time."""
        return cls(reader, _connections(), _site(reader), _unread(reader) or {})

    def has_changed(self) -> bool:
        """Look again; tell whether the picture has to be begun anew."""
        rows, site, unread = _connections(), _site(self.reader), _unread(self.reader)
        known = {number: self.unread[number] for number in unread or () if number in self.unread}
        changed = (
            rows not in (None, self.connections)
            or site not in (None, self.site)
            or any(known[number] != (unread or {})[number] for number in known)
        )
        self.unread |= unread or {}
        return changed


def _connections() -> list[Row] | None:
    try:
        return list(Connection.objects.order_by("pk").values_list("pk", "sealed", "removed_at"))
    except DatabaseError:
        return None
    finally:
        connections.close_all()


def _site(reader: Reader) -> SiteFile | None:
    try:
        return reader.settings()
    except (EverycallError, OSError):
        return None


def _unread(reader: Reader) -> dict[int, str | None] | None:
    try:
        imports = reader.history.manifest().imports
    except EverycallError:
        return None
    return {one.number: one.skipped for one in imports if one.heard}
