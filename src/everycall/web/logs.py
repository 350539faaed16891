"""What is written to the log: one JSON object a line, and never a caller's number."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

_NUMBER = re.compile(r"(?<![\w.:-])(?:\+|00|%2B)?\d(?:[ ()/-]?\d){6,14}(?![\w:-]|\.\d)")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def without_numbers(text: str) -> str:
    """Return a text with everything taken out that may be a telephone number or an e-mail address."""
    return _ADDRESS.sub("[address]", _NUMBER.sub("[number]", text))


class Lines(logging.Formatter):
    """Writes a record as one line of JSON; what is passed as `extra` becomes fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": without_numbers(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _OWN and isinstance(value, str | int | float | bool):
                told[name] = without_numbers(value) if isinstance(value, str) else value
        if record.exc_info:
            told["traceback"] = without_numbers(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def config(level: str) -> dict[str, Any]:
    """Return what Python's logging calls a configuration."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "everycall.web.logs.Lines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "everycall": {"level": level},
            # it says the same as we do, with the address in it
            "django.request": {"level": "ERROR"},
        },
    }
