"""The web as one application: static files and the live stream here, every page by Django."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import django
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402  Django must be set up first

from everycall.web.connecting import watched  # noqa: E402
from everycall.web.keeping import keeping  # noqa: E402
from everycall.web.live.hub import hub  # noqa: E402
from everycall.web.live.stream import Stream  # noqa: E402
from everycall.web.pages import site_reader  # noqa: E402

STATIC = Path(__file__).parent / "static"


@asynccontextmanager
async def _life(_app: Starlette) -> AsyncIterator[None]:
    hub.attach(asyncio.get_running_loop())
    async with watched():
        with keeping(site_reader()):
            yield


application = Starlette(
    routes=[
        Route("/live/stream", Stream()),
        Route("/wall/{secret}/stream", Stream()),
        Mount("/static", StaticFiles(directory=STATIC, packages=[("django_htmx", "static")])),
        Mount("/", cast("ASGIApp", get_asgi_application())),
    ],
    lifespan=_life,
)
