"""The reference calls: the stories on which definitions differ, one file for all of them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def reference_calls() -> Mapping[str, str]:
    """Return the story of each reference call, by its name."""
    text = (files("everycall.definitions") / "reference.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
