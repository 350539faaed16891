"""Figures about this process for Prometheus: the journal, the picture, jobs, requests."""

import logging
import time
from collections.abc import Callable, Iterator

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from everycall import __version__
from everycall.clock import system_clock, to_micros
from everycall.records.hooks import Telling
from everycall.records.jobs import Job
from everycall.records.models import Token
from everycall.web.live.hub import hub
from everycall.web.phones.connecting import live
from everycall.web.phones.taking import door
from everycall.web.problems import problem

log = logging.getLogger("everycall.requests")

SCOPE = "monitor"

registry = CollectorRegistry()

REQUESTS = Counter(
    "everycall_requests", "Requests that were answered.", ["route", "status"], registry=registry
)
SECONDS = Histogram(
    "everycall_request_seconds", "How long an answer took.", ["route"], registry=registry
)


class Now(Collector):
    """What is known at the moment in which somebody asks."""

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; what is not known is left out."""
        yield _gauge("everycall_info", "The version that runs.", 1, version=__version__)
        yield _gauge("everycall_viewers", "Live streams that are open.", hub.readers)
        if hub.board is not None:
            age = (to_micros(system_clock()) - hub.board.as_of) / 1e6
            yield _gauge("everycall_picture_age_seconds", "How old the live picture is.", age)
        yield _gauge("everycall_refuses", "1 while nothing is taken in.", bool(door.refuses()))
        yield from _watching()
        yield from _jobs()


registry.register(Now())


def _gauge(name: str, doc: str, value: float, **labels: str) -> Metric:
    found = GaugeMetricFamily(name, doc, labels=list(labels))
    found.add_metric(list(labels.values()), float(value))
    return found


def _counter(name: str, doc: str, value: float) -> Metric:
    return CounterMetricFamily(name, doc, value=float(value))


def _watching() -> Iterator[Metric]:
    health = live.health()
    if health is None:
        return
    journal = health.journal
    yield _counter("everycall_records_taken", "Records that are on the disk.", journal.taken)
    yield _counter("everycall_records_known", "Records that had come before.", journal.known)
    yield _counter("everycall_records_refused", "Records the disk refused.", journal.refused)
    yield _gauge("everycall_records_unread", "Records that became no event.", health.unread)
    yield _gauge("everycall_records_behind", "Records not in the picture yet.", health.behind)
    yield _gauge("everycall_journal_bytes", "The size of the journal.", journal.size)
    yield _gauge("everycall_journal_damage", "Lines that cannot be read.", len(journal.damage))
    yield _gauge("everycall_draw_seconds", "How long a picture takes.", health.draw_ms / 1000)
    if health.sealed_at is not None:
        age = (to_micros(system_clock()) - health.sealed_at) / 1e6
        yield _gauge("everycall_sealed_age_seconds", "Since history was last made.", age)
    links = GaugeMetricFamily(
        "everycall_link_up", "1 while a phone system is connected.", labels=["feed"]
    )
    for link in health.links:
        links.add_metric([link.feed], float(link.connected))
    yield links


def _jobs() -> Iterator[Metric]:
    try:
        due = Job.objects.filter(failed_at=None, run_at__lte=timezone.now()).count()
        failed = Job.objects.exclude(failed_at=None).count()
        untold = Telling.objects.filter(sent_at=None, hook__removed_at=None).count()
    except DatabaseError:
        yield _gauge("everycall_records_reachable", "1 while the database answers.", 0)
        return
    yield _gauge("everycall_records_reachable", "1 while the database answers.", 1)
    yield _gauge("everycall_jobs_due", "Jobs that wait to be done.", due)
    yield _gauge("everycall_jobs_failed", "Jobs that were given up.", failed)
    yield _gauge("everycall_webhooks_waiting", "Tellings that nobody has taken yet.", untold)


def measures(request: HttpRequest) -> HttpResponse:
    """Show the figures to whoever has a key with the scope `monitor`."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    token = Token.find(text.strip()) if kind.lower() == "bearer" else None
    if token is None:
        return problem(401, "key", "show a key: Authorization: Bearer ec_... (Set-up, Keys)")
    if SCOPE not in token.scopes:
        return problem(403, "scope", f"this needs a key with the scope {SCOPE}")
    return HttpResponse(
        generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Count each request and write it to the log, by its route: an address may hold a number."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        took = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else "none"
        REQUESTS.labels(route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(took)
        told = {"method": request.method, "route": route, "status": response.status_code}
        log.info("answered", extra={**told, "ms": round(took * 1000, 1)})
        return response

    return middleware
