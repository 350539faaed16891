"""Metrics for other programs: what there is, and any of it by anything, by the one planner."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking
from everycall.clock import iso
from everycall.definitions import definition_ids, load
from everycall.errors import NotFoundError
from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.model import Level
from everycall.records.models import Token
from everycall.web.api.keys import NUMBERS, Key, as_allowed, both, key_of
from everycall.web.api.moments import Moment, micros
from everycall.web.problems import ProblemError
from everycall.web.reading import site_reader

router = Router(tags=["metrics"])

PEOPLE = "agent"
"""The dimension that names people."""

CALLED = "called"
"""The dimension that is a number of ours, or the customer's where we called."""

MOST = 10_000
"""A table may have so many groups."""


class MetricAbout(Schema):
    """A metric: its id, its unit, and what it says."""

    id: str
    title: str
    unit: str
    better: str
    says: str


class DimensionAbout(Schema):
    """Something to ask by."""

    name: str
    says: str


class Catalogue(Schema):
    """What can be asked for, and by what."""

    metrics: list[MetricAbout]
    dimensions: list[DimensionAbout]


class Question(Schema):
    """What is asked, of which time, by what."""

    metric: list[str] = Field(
        min_length=1,
        max_length=50,
        description="Ids of metrics, with a limit where they take one: service_level.sl2:60.",
        examples=[["arrived", "answered", "service_level.sl2:60"]],
    )
    by: list[str] = Field([], max_length=6, description="By what.", examples=[["queue"]])
    since: Moment | None = Field(None, description="From this moment on.")
    until: Moment | None = Field(None, description="Before this moment.")
    queue: list[str] = Field([], max_length=200, description="Only these queues.")
    client: list[str] = Field([], max_length=200, description="Only these brands.")
    definition: str = Field(
        "", max_length=80, description="Whose words missed, lost and abandoned are."
    )


class Values(Schema):
    """One object for each group: its keys, and a cell for each metric; unknown is null with a note."""

    values: list[dict[str, Any]]
    remarks: list[str]
    since: str | None
    until: str | None


class DefinitionAbout(Schema):
    """What words such as missed mean to somebody."""

    id: str
    version: str
    title: str
    says: str
    headline: list[str]


@router.get(
    "/metrics", auth=Key("metrics:read"), response=Catalogue, summary="What can be measured"
)
def metrics(request: HttpRequest) -> dict[str, Any]:
    """List every metric, and everything to ask by."""
    return {
        "metrics": [
            {"id": m.id, "title": m.title, "unit": m.unit, "better": m.better, "says": m.doc}
            for m in METRICS.values()
        ],
        "dimensions": [{"name": one.name, "says": one.doc} for one in DIMENSIONS],
    }


@router.get(
    "/metrics/values", auth=Key("metrics:read"), response=Values, summary="Metrics by anything"
)
def values(request: HttpRequest, question: Annotated[Question, Query()]) -> dict[str, Any]:
    """Measure by anything; the same numbers as in every report and on the wall."""
    token = key_of(request)
    _check_allowed(question, token)
    clients = both(tuple(question.client), tuple(token.clients))
    with site_reader().apart(by_number=True) as asking:
        answer = _answer(asking, question, clients)
    return {**answer, "values": as_allowed(answer["values"], token)}


def _check_allowed(question: Question, token: Token) -> None:
    if token.clients and PEOPLE in question.by:
        raise ProblemError(403, "scope", "a key for some brands is told of nobody by name")
    if (
        CALLED in question.by
        and NUMBERS not in token.scopes
        and any(map(_is_ours, question.metric))
    ):
        sentence = (
            f"of calls that you made, 'called' is the customer's number; this needs {NUMBERS}"
        )
        raise ProblemError(403, "scope", sentence)


def _is_ours(name: str) -> bool:
    """Tell whether a metric counts the calls that were made, and not those that came."""
    metric = METRICS.get(name.partition(":")[0])
    return metric is not None and Level.MADE in {form.level for form in metric.forms}


def _answer(asking: Asking, question: Question, clients: tuple[str, ...]) -> dict[str, Any]:
    since, until = micros(question.since), micros(question.until)
    try:
        found = measure(
            asking,
            question.metric,
            question.by,
            since,
            until,
            {"queue": question.queue, "client": clients},
            question.definition or None,
            settings=site_reader().settings(),
        )
    except NotFoundError as error:
        raise ProblemError(400, "question", str(error)) from None
    if len(found.rows) > MOST:
        sentence = f"{len(found.rows)} groups; {MOST} are the most, ask for less at once"
        raise ProblemError(400, "question", sentence)
    told = list(found.as_json())
    return {
        "values": told,
        "remarks": list(found.remarks),
        "since": iso(since),
        "until": iso(until),
    }


@router.get(
    "/definitions",
    auth=Key("metrics:read"),
    response=list[DefinitionAbout],
    summary="What words mean",
)
def definitions(request: HttpRequest) -> list[dict[str, Any]]:
    """List the definitions that come with everycall."""
    return [
        {
            "id": found.id,
            "version": found.pack.version,
            "title": found.title,
            "says": found.pack.doc,
            "headline": list(found.headline),
        }
        for found in map(load, definition_ids())
    ]
