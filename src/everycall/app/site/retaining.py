"""For how long what is kept is kept; without a word of the site's, for good."""

from dataclasses import dataclass, fields
from datetime import timedelta

from everycall.settings import setting

DAY = timedelta(days=1)

JOURNAL = 2 * DAY
"""The live picture begins with so much of the journal after a restart."""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """For how long each kind of data is kept; what is not said is kept for good."""

    numbers: timedelta | None = setting(
        None,
        doc="So long after a caller was heard of last, a pseudonym takes the place of their number.",
    )
    recordings: timedelta | None = setting(
        None, doc="Files in the folders of recordings are deleted after so long."
    )
    voicemail: timedelta | None = setting(
        None, doc="Messages in the folders of voicemail are deleted after so long."
    )
    unread: timedelta | None = setting(
        None, doc="What could not be read is kept as it came for so long, then only counted."
    )
    journal: timedelta | None = setting(
        None,
        doc="What phone systems said, in their own words, is deleted so long after it became "
        "history; without it, after two days, which is the least.",
    )
    listening: timedelta | None = setting(
        None, doc="Who listened to which recording or talk is on record for so long."
    )
    deliveries: timedelta | None = setting(
        None, doc="What was said through channels and webhooks is kept for so long."
    )
    texts: timedelta | None = setting(None, doc="Texts to and from callers are kept for so long.")

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            least = JOURNAL if one.name == "journal" else DAY
            if value is not None and value < least:
                days = least // DAY
                raise ValueError(f"'{one.name}' has to be {days} d or longer")
