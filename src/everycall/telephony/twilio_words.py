"""What Twilio is told to do in a call back: small documents in its own markup.

Source: Twilio's reference of TwiML: Gather, Say, Dial, Number, Hangup.
"""

from collections.abc import Mapping
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from everycall.recovery.permits import Permit

EVENTS = ("initiated", "ringing", "answered", "completed")
"""The moments of a leg that Twilio tells us of."""

NOTHING = "<Response/>"
OVER = "<Response><Hangup/></Response>"

SPEAKS: Mapping[str, str] = {
    "de": "de-DE", "en": "en-GB", "es": "es-ES", "fr": "fr-FR",
    "he": "he-IL", "it": "it-IT", "pl": "pl-PL", "uk": "uk-UA",
}  # fmt: skip
"""The languages in which a caller is asked for a key, by Twilio's names."""

ASKS: Mapping[str, str] = {
    "de": "Sie werden zurückgerufen. Drücken Sie die 1, um verbunden zu werden.",
    "en": "This is the call back that you are owed. Press 1 to be put through.",
    "es": "Le devolvemos la llamada. Pulse 1 para hablar con nosotros.",
    "fr": "Nous vous rappelons. Appuyez sur 1 pour être mis en relation.",
    "he": "אנחנו חוזרים אליכם. הקישו 1 כדי להתחבר.",
    "it": "La stiamo richiamando. Prema 1 per parlare con noi.",
    "pl": "Oddzwaniamy do Państwa. Proszę nacisnąć 1, aby uzyskać połączenie.",
    "uk": "Ми вам передзвонюємо. Натисніть 1, щоб вас з'єднали.",
}
"""What a caller hears before a key counts; who speaks another language hears it in English."""


def door(address: str, dial_id: str, step: str = "") -> str:
    """Return the address to which Twilio posts what it has to say of a try."""
    return f"{address}?{urlencode({'try': dial_id, **({'step': step} if step else {})})}"


def announce(says: str, speaks: str, address: str, dial_id: str) -> str:
    """Tell a person that a call back is theirs, and ask for a key: a voicemail box presses none."""
    return _ask(says, speaks, door(address, dial_id, "key"))


def dial(permit: Permit, address: str) -> str:
    """Dial the customer, whose phone shows the brand's number."""
    asks = f" url={quoteattr(door(address, permit.id, 'ask'))}" if permit.press_one else ""
    told = f" statusCallback={quoteattr(door(address, permit.id))}"
    events = f' statusCallbackEvent="{" ".join(EVENTS)}"'
    number = f"<Number{asks}{told}{events}>{escape(permit.number)}</Number>"
    how = f' callerId={quoteattr(permit.shown)} timeout="{permit.ring_s}" answerOnBridge="true"'
    return f"<Response><Dial{how}>{number}</Dial></Response>"


def ask(permit: Permit, address: str) -> str:
    """Ask the customer for a key, in their language: a machine presses none."""
    language = permit.language.partition("-")[0].lower()
    known = language if language in ASKS else "en"
    return _ask(ASKS[known], SPEAKS[known], door(address, permit.id, "said"))


def _ask(says: str, speaks: str, then: str) -> str:
    said = f"<Say language={quoteattr(speaks)}>{escape(says)}</Say>"
    gather = f'<Gather numDigits="1" timeout="5" action={quoteattr(then)} method="POST">'
    return f"<Response>{gather}{said}<Pause/>{said}</Gather><Hangup/></Response>"
