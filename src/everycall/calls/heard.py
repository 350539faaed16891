"""What was heard of a call beyond its rings, stays and talks: one row per call, null if unheard."""

from collections.abc import Iterable

from sqlglot import exp

from everycall.calls.model import Setting
from everycall.calls.spans import SPANS, by_source, fineness
from everycall.calls.statement import add_columns, fill, words
from everycall.events import Kind

_CLASS = "CASE WHEN resolution <= 1000 THEN 0 WHEN resolution < 2000000 THEN 1 ELSE 2 END"
_STEP = 1 << 53
"""Larger than any moment in microseconds until the year 2255: a moment packs below its class."""

_AFTERWARDS = (
    "'recording.saved', 'survey.answered', 'call.tagged', 'deal.won', 'talk.quality', "
    "'callback.dialled', 'callback.reached', 'callback.cancelled'"
)

_TOUCHED = f"""
SELECT call_id,
  BIT_OR(:source_bit) AS seen_by,
  MIN({_CLASS} * {_STEP} + at) % {_STEP} AS arrived_at,
  MIN({_CLASS}) AS arrived_class,
  MAX(at) AS last_at
FROM linked
WHERE NOT call_id IS NULL AND NOT kind IN ({_AFTERWARDS})
GROUP BY call_id
"""


def _first(column: str, when: str = "TRUE") -> str:
    """The value that the finest source gave, the earliest where it gave several."""
    condition = f"{when} AND NOT {column} IS NULL"
    return f"MIN_BY({column}, fine * {_STEP} + at) FILTER (WHERE {condition})"


def _last(column: str, when: str) -> str:
    condition = f"{when} AND NOT {column} IS NULL"
    return f"MAX_BY({column}, at) FILTER (WHERE {condition})"


def _when(kind: str, extra: str = "TRUE") -> str:
    return f"MIN(CASE WHEN kind = '{kind}' AND {extra} THEN at END)"


def _count(kind: str, extra: str = "TRUE") -> str:
    return f"SUM(CASE WHEN kind = '{kind}' AND {extra} THEN 1 ELSE 0 END)"


_CALLBACK = "direction = 'callback'"
_ENDED = "kind = 'call.ended'"
_REFUSED = "kind = 'call.refused'"
_HANDED_ON = "kind = 'transfer.started' AND COALESCE(reason, '') <> 'consult'"

WHO: tuple[tuple[str, str], ...] = (
    ("direction", f"COALESCE({_first('direction', _CALLBACK)}, {_first('direction')})"),
    ("caller_raw", _first("caller_raw")),
    ("caller_key", _first("caller_key")),
    ("called", _first("called")),
    ("trunk", _first("trunk")),
    ("client", _first("client")),
    ("language", _first("language")),
)
"""Who called whom: the words of any event that says so."""

STAGES: tuple[tuple[str, str], ...] = (
    ("refused_at", _when("call.refused")),
    ("refused_reason", _first("reason", _REFUSED)),
    ("refused_q850", _first("q850", _REFUSED)),
    ("refused_sip", _first("sip_code", _REFUSED)),
    ("closed_at", _when("call.closed")),
    ("menu_at", _when("menu.entered")),
    ("menu_choice", _last("text", "kind = 'menu.chose'")),
    ("menu_entries", _count("menu.entered")),
    ("menu_failures", _count("menu.failed")),
    ("info_at", _when("info.played")),
    ("info_sent_at", _when("info.sent")),
    ("bot_at", _when("bot.entered")),
    ("bot_resolved_at", _when("bot.resolved")),
    ("bot_handed_at", _when("bot.handed_over")),
    ("voicemail_at", "MAX(CASE WHEN kind = 'voicemail.reached' THEN at END)"),
    ("message_at", _when("voicemail.left")),
    ("no_message", _count("voicemail.reached", "reason = 'no_message'")),
    ("callback_at", _when("callback.requested")),
    ("callback_dials", _count("callback.dialled")),
    ("callback_reached_at", _when("callback.reached")),
    ("callback_cancels", _count("callback.cancelled")),
    ("transfer_at", f"MAX(CASE WHEN {_HANDED_ON} THEN at END)"),
    ("transfer_to", _last("party", _HANDED_ON)),
    ("transfers", f"SUM(CASE WHEN {_HANDED_ON} THEN 1 ELSE 0 END)"),
    ("consults", _count("transfer.started", "reason = 'consult'")),
    (
        "ended_at",
        f"{_STEP - 1} - MIN(CASE WHEN {_ENDED} THEN {_CLASS} * {_STEP} + {_STEP - 1} - at END) % {_STEP}",
    ),
    ("ended_by", _first("reason", f"{_ENDED} AND reason <> 'unknown'")),
    ("q850", _first("q850", _ENDED)),
    ("sip_code", _first("sip_code", _ENDED)),
    ("failure", _first("text", _ENDED)),
)
"""What single events say of a call, each with its SQL over the events of one call."""

_SPOKEN = """
SELECT call_id
FROM (SELECT *, :fine AS fine FROM linked WHERE NOT call_id IS NULL AND (:speaks)) AS spoken
GROUP BY call_id
"""

_SAYS_WHO = " OR ".join(f"NOT {name} IS NULL" for name, _ in WHO)
_SPAN_KINDS = words(
    (
        Kind.CALL_ARRIVED,
        *(kind for span in SPANS for kind in (*span.begins, *span.ends)),
    )
)


def touched(setting: Setting) -> exp.Expr:
    """Return the statement that finds each call's sources, beginning and last sign of life."""
    bits = " ".join(f"WHEN {i} THEN {1 << i}" for i in range(len(setting.sources)))
    return fill(_TOUCHED, source_bit=f"CASE source {bits} ELSE 0 END")


def who(setting: Setting) -> exp.Expr:
    """Return the statement that finds who called whom."""
    return _spoken(setting, _SAYS_WHO, WHO)


def heard(setting: Setting) -> exp.Expr:
    """Return the statement that gathers what single events say of a call, stage by stage."""
    return _spoken(setting, f"NOT kind IN ({_SPAN_KINDS})", STAGES)


def _spoken(setting: Setting, speaks: str, columns: Iterable[tuple[str, str]]) -> exp.Expr:
    fine = by_source(setting, "source", fineness)
    return add_columns(fill(_SPOKEN, fine=fine, speaks=speaks), columns)
