"""What a person may see of the calls: their teams' queues, their brands."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from everycall.app.history.asking import Filter
from everycall.records.alerts import Alert
from everycall.records.models import Person
from everycall.records.roles import Right, Role

NOTHING = ("\x1fnothing",)
"""A name that nothing has: who may see no brand, or no queue, sees no calls. Every database takes it."""


def queues_of(person: Person) -> tuple[str, ...]:
    """Return the queues that somebody is bound to; empty means all, for whoever is in no team."""
    teams = person.teams.all()
    found = {queue for team in teams for queue in team.queues}
    return tuple(found) or (NOTHING if teams else ())


def clients_of(person: Person) -> tuple[str, ...]:
    """Return the brands that somebody is bound to; empty means all."""
    if person.role == Role.CLIENT and not person.clients:
        return NOTHING
    return tuple(person.clients)


def within(wanted: Filter, person: Person) -> Filter:
    """Narrow a filter to what somebody may see; nobody finds out by it who took a call."""
    return replace(
        wanted,
        agents=_people(wanted.agents, person),
        clients=_both(wanted.clients, clients_of(person)),
        queues=_both(wanted.queues, queues_of(person)),
    )


def _people(wanted: tuple[str, ...], person: Person) -> tuple[str, ...]:
    if not wanted or person.may(Right.SEE_PEOPLE):
        return wanted
    mine = (person.agent, str(person))
    return tuple(name for name in wanted if name in mine) or NOTHING


def alerts_of(person: Person, found: QuerySet[Alert]) -> QuerySet[Alert]:
    """Narrow alerts to what somebody may see: their brands' callers, their teams' queues."""
    clients, queues = clients_of(person), queues_of(person)
    if clients:
        found = found.filter(client__in=clients)
    if queues:
        missed = ~Q(call_id="") & (Q(queue__in=queues) | Q(queue=""))
        found = found.filter(missed | Q(call_id="", thing__in=[*queues, ""]))
    return found


def _both(wanted: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    if not allowed or not wanted:
        return wanted or allowed
    return tuple(name for name in wanted if name in allowed) or NOTHING


def may_see(call: dict[str, Any], person: Person) -> bool:
    """Tell whether somebody may see a call."""
    clients, queues = clients_of(person), queues_of(person)
    visited = {visit["queue"] for visit in call["visits"]}
    return (not clients or call["client"] in clients) and (
        not queues or bool(visited & set(queues))
    )
