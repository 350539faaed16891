"""How the live picture's own script says what it is told: by name, or in English."""

from everycall.calls.outcomes import outcome_names
from everycall.events.sights import Sight
from everycall.metrics.catalog import METRICS
from everycall.web.live.boxes import METRICS as BOXES
from everycall.web.live.boxes import QUEUE_OF_BRAND, UNHEARD
from everycall.web.wording.saying import LENGTHS, LIMITS, MORE_LENGTHS, UNSEEN, say, words


def live_words() -> dict[str, dict[str, str]]:
    """Return how the live picture's own script says what it is told by name or in English."""
    unseen = {
        UNSEEN.format(thing=sight.doc): words()(UNSEEN, thing=say(sight.doc)) for sight in Sight
    }
    return {
        "outcomes": {name: say(name.replace("_", " ")) for name in outcome_names()},
        "notes": unseen | {text: say(text) for text in no_values()},
        "lengths": {name: say(text) for name, text in (LENGTHS | MORE_LENGTHS).items()},
        "limits": {sign: say(text) for sign, text in LIMITS.items()},
    }


def no_values() -> tuple[str, ...]:
    """Return why metrics that may stand in a box have no value."""
    found = (METRICS[name].null for name in BOXES)
    none = ("there is nothing to divide by", UNHEARD, QUEUE_OF_BRAND)
    return (*none, *dict.fromkeys(text for text in found if text))
