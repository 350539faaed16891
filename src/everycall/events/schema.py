"""The columns of the event table, each with its type and one sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its SQL type and what it says."""

    name: str
    type: str
    doc: str


COLUMNS = (
    Column("at", "BIGINT", "When it happened, in microseconds since 1970, UTC."),
    Column("seq", "BIGINT", "Its place in the source, which decides between equal moments."),
    Column("resolution", "BIGINT", "How exact the moment is, in microseconds."),
    Column("call_id", "VARCHAR", "The call, by the source's own name for it; null for staff."),
    Column("kind", "VARCHAR", "What the event says."),
    Column("direction", "VARCHAR", "inbound, outbound, internal, callback; null if not said."),
    Column("caller", "VARCHAR", "The customer's number as E.164, if it is one."),
    Column("caller_raw", "VARCHAR", "The customer's number or id as it was received."),
    Column("caller_key", "VARCHAR", "What joins calls of one customer; null if withheld."),
    Column("called", "VARCHAR", "The number that was dialled."),
    Column("trunk", "VARCHAR", "The line that the call came or went by."),
    Column("queue", "VARCHAR", "The queue or ring group."),
    Column("agent", "VARCHAR", "Who was rung or spoke, as this source names them."),
    Column("agent_kind", "VARCHAR", "person, bot, device or external."),
    Column("leg", "VARCHAR", "The channel or leg, by the source's own name for it."),
    Column(
        "party",
        "VARCHAR",
        "The target of a transfer; of a ring, the phone's own name beside the person's.",
    ),
    Column("sip_code", "INTEGER", "The SIP answer, as received."),
    Column("q850", "INTEGER", "The Q.850 cause, as received."),
    Column("reason", "VARCHAR", "Why: the exit, result or end, in this product's words."),
    Column("value", "BIGINT", "Milliseconds that the stretch ended here had lasted, or a count."),
    Column("text", "VARCHAR", "What the source said beyond that, in its own words."),
    Column("source", "VARCHAR", "The source that said it."),
    Column("site", "VARCHAR", "The site that the source belongs to."),
    Column("client", "VARCHAR", "The brand that the call was for."),
    Column("language", "VARCHAR", "The caller's language."),
    Column("event_id", "VARCHAR", "The source's own id of the event, where it has one."),
)
"""Every column of the event table, in order."""
