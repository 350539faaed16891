"""The browser that pages are looked at with."""

import os
from pathlib import Path

PLACES = (
    os.environ.get("CHROMIUM", ""),
    "~/.cache/everycall-browser/chromium",
    "/usr/bin/chromium",
)
MISSING = "no browser: run tools/browser/fetch.py, or set CHROMIUM to one"
OPTIONS = ("--no-sandbox", "--headless=new", "--disable-gpu")


def chromium() -> Path | None:
    """Return the first browser that is there."""
    places = (Path(place).expanduser() for place in PLACES if place)
    return next((place for place in places if place.exists()), None)
