"""The web as one application: static files and the live stream here, every page by Django."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import django
from django.conf import settings
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402  Django must be set up first

from everycall.web.api.live import KeyedStream  # noqa: E402  the same
from everycall.web.live.on_line import LineStream  # noqa: E402  the same
from everycall.web.live.stream import Stream  # noqa: E402  the same
from everycall.web.middleware.knocking import Knocking  # noqa: E402  the same
from everycall.web.middleware.outermost import Outermost  # noqa: E402  the same
from everycall.web.middleware.proxies import BehindProxies  # noqa: E402  the same
from everycall.web.middleware.sizes import Sized  # noqa: E402  the same
from everycall.web.parts import Part, part, running  # noqa: E402  the same

STATIC = Path(__file__).parent / "static"


@asynccontextmanager
async def _life(_app: Starlette) -> AsyncIterator[None]:
    async with running():
        yield


def _routes() -> list[BaseRoute]:
    pages = cast("ASGIApp", get_asgi_application())
    if part() in (Part.INGEST, Part.WORK):
        return [Route(f"/{name}/", _only(pages)) for name in ("health", "ready", "metrics")]
    return [
        Route("/live/stream", Stream()),
        Route("/callbacks/line/stream", LineStream()),
        Route("/api/v1/live/stream", KeyedStream()),
        Route("/wall/{secret}/stream", Stream()),
        Mount("/static", StaticFiles(directory=STATIC, packages=[("django_htmx", "static")])),
        Mount("/", pages),
    ]


class _only:  # noqa: N801  a route takes a class as an application, a function as a handler
    """Hands everything that a route gets on to the pages."""

    def __init__(self, pages: ASGIApp) -> None:
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._pages(scope, receive, send)


application = BehindProxies(
    Outermost(Knocking(Sized(Starlette(routes=_routes(), lifespan=_life)))),
    settings.PROXIES,
    settings.PATH,
    https=settings.HTTPS,
)
