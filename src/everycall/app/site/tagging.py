"""What calls were about: what a phone system, a person or a file said, and the keys of menus."""

from dataclasses import dataclass
from datetime import timedelta

from everycall.app.history.asking import Asking
from everycall.app.site.attached_rows import Headings
from everycall.settings import setting


@dataclass(frozen=True, slots=True)
class TagSettings:
    """Where the reasons of calls come from, and what they are called."""

    keys: dict[str, str] = setting(
        factory=dict,
        doc="Menu keys and the tags that they mean: '1' = 'order'; the last key counts.",
    )
    fields: tuple[str, ...] = setting(
        (),
        doc="Fields of your phone system's records that say why a call came: 'userfield' or "
        "'accountcode' of Asterisk, a contact attribute of Amazon Connect, a channel variable of "
        "FreeSWITCH. Read when a log is taken in.",
    )
    names: dict[str, str] = setting(
        factory=dict,
        doc="Other words for tags: 'SALE-04' = 'order'; with '' a word is no tag.",
    )
    within: timedelta = setting(
        timedelta(hours=24),
        doc="A tag in a file without a call's id belongs to the call of its caller that ended "
        "nearest to it, within so much time.",
    )
    columns: Headings = setting(factory=Headings, doc="The headings of your file.")


_TAGS = """
SELECT t.call_id, t."at", t.seq, COALESCE(n.tag, t.tag) AS tag
FROM (
  SELECT i.call_id, e."at", e.seq, e.tag
  FROM said_tags AS e INNER JOIN call_ids AS i ON i.id = e.call_id
  UNION ALL
  SELECT c.call_id, c.arrived_at, 0, k.tag
  FROM counted AS c INNER JOIN tag_keys AS k ON k.word = c.menu_choice
) AS t
LEFT JOIN tag_names AS n ON n.word = t.tag
WHERE COALESCE(n.tag, t.tag) <> ''
"""

_SAID = """
SELECT call_id, "at", seq, COALESCE(text, reason) AS tag FROM events WHERE kind = 'call.tagged'
"""

_WORDS = {"word": "VARCHAR", "tag": "VARCHAR"}


def make_tags(asking: Asking, settings: TagSettings) -> None:
    """Make the table `call_tags`: every tag of every call, and when it was said."""
    asking.engine.load("tag_keys", _WORDS, settings.keys.items())
    asking.engine.load("tag_names", _WORDS, settings.names.items())
    asking.engine.table("said_tags", _SAID)
    asking.engine.table("call_tags", _TAGS)
