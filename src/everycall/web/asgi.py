"""The web as one application: static files and the live stream here, every page by Django."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import django
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402  Django must be set up first

STATIC = Path(__file__).parent / "static"


@asynccontextmanager
async def _life(_app: Starlette) -> AsyncIterator[None]:
    yield


application = Starlette(
    routes=[
        Mount("/static", StaticFiles(directory=STATIC, packages=[("django_htmx", "static")])),
        Mount("/", cast("ASGIApp", get_asgi_application())),
    ],
    lifespan=_life,
)
