"""Errors as RFC 9457 asks: a stable type, a title, a sentence that says what to do."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

KIND = "application/problem+json"


def problem(status: int, name: str, detail: str, **more: Any) -> HttpResponse:
    """Return an error; `name` never changes, the sentence may."""
    title = HTTPStatus(status).phrase
    body = {"type": f"urn:everycall:{name}", "title": title, "status": status, "detail": detail}
    return HttpResponse(json.dumps({**body, **more}), status=status, content_type=KIND)


class ProblemError(Exception):
    """Something that was asked for cannot be done; becomes a problem in the answer."""

    def __init__(self, status: int, name: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.name, self.detail, self.more = status, name, detail, more

    def answer(self) -> HttpResponse:
        """Return it as an answer."""
        return problem(self.status, self.name, self.detail, **self.more)
