"""The pages about callbacks and alerts, made from the tables of moves and of measures."""

from collections.abc import Callable

from everycall.alerts import PLAIN
from everycall.recovery import ARROWS, State

Table = Callable[[tuple[str, ...], list[tuple[str, ...]]], str]

_CALLBACKS = """# Callbacks: every missed caller is a promise

A caller who asked for a person and was not helped is owed a call. The promise is made by the calls
themselves, within seconds of their end, joined by the same caller's next ones, and closed by evidence:
somebody spoke with them for at least ten seconds, from whatever phone, a message of theirs was answered, or
they rang again and were helped. There is at most one open promise to a caller and brand; the database holds
to it. History takes the same calls again by the same rule: what was taken before changes nothing, unless
more was heard of a call since. Every move is on record; dialling, reaching and calling off are events of
history, too.

A number that several people call from, or that was on the line twice at once, proves nothing by itself: its
calls *suggest*, and a person confirms. A withheld number makes no promise, because nobody can be called
back; such callers are counted apart, until somebody says who it was. A number that was typed in gives
identity. What was closed wrongly is opened again by one click, and what closed it does not close it again.

A caller who leaves a message has asked to be called back, also where a number leads straight to voicemail;
the message is heard on the page of its call and on the caller's card.

**Deadlines**: two hours of business time, and one hour by the clock, both shown. For a call outside opening
hours the clock starts at the next opening; the clock alone is shown beside it. `[promises]` in the
[site file](site-file.md) sets both, which outcomes make a promise, how often a caller is tried, the quiet
hours by the caller's own clock, links for the caller's card, and when a promise expires.

**What is next**: what may be tried now; those without our message before those with it; what is due first;
who called most often. `/callbacks/next/` leads there. Who takes a promise first looks after it to the end.

**Who asks for a call** on [a page of yours, or through another program](requests.md), is owed it like a missed
caller: it is the same promise. Some [numbers have a rule of their own](standing.md): never called automatically, or shared by
several people.

**Who is on my line** shows the card of whoever rings or was handed on: who spoke before, since when they
are on the line, earlier calls, promises and notes. The page is told by a stream of its own, within a second of a
transfer, blind or after a consultation. Colleagues are named, there and in promises, only to who may see them by name.

**What became of them**, `/callbacks/ledger/`, is the [ledger](ledger.md) of promises as they stand now.

## Ringing them

By a click your own phone rings first, then the caller's; where no phone system can be driven, the number
is a link. How it ended is taken from the call's own events, never from an answer. Each try is written down
under an id of its own before the phone system is told. If Everycall or the phone system dies, the try is
asked about: the caller's phone never rang, and never will, or somebody is still on the line, or it is over
and nobody saw how. In the last case only a person calls again: *may have been reached*. A caller who is on
the line with us, or was helped while our phone rang, is not rung.

## Calling back by itself

With `[promises.automatic]` and `on = true`, whoever asked to be called back is, when it is their turn:
nobody who came later is served before, and nobody who came before is overtaken. If later callers wait and
everybody talks, the next person to be free is kept free (paused with the reason `callback`). The person's
phone rings first; nobody there means the next person, not the next caller. The caller presses 1, so that
no machine counts as reached. Quiet hours, opening hours, gaps between tries, the most tries and the most at
once hold.

By Twilio those people are rung whom the connection names; see [telephony](telephony.md#twilio).

For Asterisk: include `extensions_everycall.conf` in the dialplan, and give each queue that offers it

```ini
[sales]
context = everycall-callback
setqueuevar = yes
```

Who presses 1 while waiting hears the number, confirms it with 1 or types another. A call back is offered
only while Everycall says that it can still be kept today; an offer that is not renewed for a minute is
over, so a caller who presses 1 while Everycall is down stays in the queue. Whoever goes back into it stands
where they stood: behind those who were ahead of them and still wait, before all who came later. What was asked for is in
queue_log, too: an import of the log makes the promise that nobody heard.

`make promise` plays all of this on a real Asterisk with SIP phones, and kills Everycall at every step.
[An agent's day](tours/an-agents-day.md) shows the pages, tried on the sample shop, and what was awkward.

## States

"""

_MOVES = """
## Moves

A move is one guarded change in the database: it goes through only if nobody else moved first. While a number
is being dialled nothing closes its promise; what is proved meanwhile closes it when the dialling is over.

"""

_ALERTS = """
# Alerts

A rule watches something that goes on. When its limit has been passed for long enough, an alert opens, is said
once through each of its channels, and is closed and said to be over when it is. What is not known changes
nothing. In quiet hours nothing is said; what is still true afterwards is said then. After a while without an
end, and without anybody who said that they look after it, others can be told, too. Whoever closes an alert by
*It is over* is believed: that is said through the same channels, and it does not open again before the number was
back within its limit.

## What can be watched

- a number of the live picture, from the table below;
- any metric, as `metric:` and its id, over the day so far or over so many minutes before now; it is measured
  once a minute from what history holds, which is up to two minutes behind the phone system;
- how many calls ended today with an outcome, as `outcome:` and its name;
- for how many seconds a person has been in a state, as `state:` and its name;
- callers who were missed, as `missed_call`.

A service level under its target for ten minutes is `metric:service_level.sl2:20` over 60 minutes, below 0.8,
for 600 seconds. The times of a rule are a week at most. A rule that fails is written to the log and silences no other.

**No calls** is known where history is: an hour of a weekday always has calls if each of the last eight of these
days had at least one in it (three days at least; a day without any call counts as a holiday). Of such hours the
time since the last call is watched; in all others, and while you are closed, it is 0.

**Nothing heard** counts from the loss of a connection to a manager interface, and for a log or for records that
are posted from the last one of them.

## Missed callers

A rule over missed callers speaks of each caller who is owed a call back, by the same rules as the callbacks. Its
message leaves within five seconds of the end of the call. Who calls again and is missed again is the same need:
the alert counts it, and nothing is said a second time. A withheld number, or one that several people use, is a
need of its own each time. When the caller was called back, or rang again and was helped, or somebody closed the
call back, the alert is closed and that is said. After a day without help it is put away; the call back stays
owed. The link leads to a page where somebody says that they call back; the call back is theirs then. Numbers are
masked in messages unless the rule writes them in full.

## Channels

Mail by a server of yours; webhooks, signed as Standard Webhooks asks, to addresses outside your network, unless
the owner lets one in, which holds for that address and for no other; chats and short messages (Slack, Teams,
Telegram, SMS and others) by the library apprise, which is an extra: `pip install 'everycall[chat]'`. Each channel has a language. Settings are kept encrypted, and
secrets are never shown again.

A message that is not taken is tried twelve times, ever later, over about an hour; the log of messages shows each
with its tries, what went wrong, and when the next try is, and sends it again at once if you want. A message has
an id that stays the same: should a server die between sending and writing that down, the same id comes twice,
and a receiver can tell.

## Numbers of the live picture

"""


def callbacks_page(made: str, table: Table) -> str:
    """Return the page about promises."""
    states = [(f"`{state}`", "open" if state.is_open else "closed", state.doc) for state in State]
    moves = [
        (a.move.value, ", ".join(f"`{s}`" for s in a.sources), f"`{a.target}`", a.doc)
        for a in ARROWS
    ]
    heads = ("move", "from", "to", "when")
    return (
        f"{made}\n{_CALLBACKS}{table(('state', '', 'what it says'), states)}"
        f"{_MOVES}{table(heads, moves)}"
    )


def alerts_page(made: str, table: Table) -> str:
    """Return the page about alerts."""
    each = {"queue": "each queue", "person": "each person", "source": "each source", "": "all"}
    rows = [(f"`{m.id}`", m.doc, m.unit, each[m.each]) for m in PLAIN]
    return f"{made}\n{_ALERTS}{table(('number', 'what it is', 'unit', 'of'), rows)}"
