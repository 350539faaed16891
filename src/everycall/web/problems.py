"""Errors as RFC 9457 asks: a stable type, a title, a sentence that says what to do."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

KIND = "application/problem+json"

PROBLEMS: dict[str, str] = {
    "key": "No key was shown, or one that is not good.",
    "scope": "The key may not do this.",
    "not-found": "There is no such thing.",
    "method": "This address does not take this method.",
    "cursor": "The cursor is none of ours, or belongs to another question.",
    "outcome": "There is no such outcome.",
    "source": "No records of this source are taken here.",
    "number": "The number is none, or one that costs extra to call.",
    "client": "There is no such brand, or the key is not for it.",
    "time": "The time that was chosen is not offered any more.",
    "question": "A metric, a dimension or a definition is not known.",
    "invalid": "Something in the request cannot be read; `errors` says which field, and why.",
    "events": "An event cannot be read; nothing of the batch was taken.",
    "too-many": "The batch holds too many records.",
    "too-long": "A record is too long.",
    "too-large": "The request is too large.",
    "too-slow": "The request came too slowly to wait for its end.",
    "too-fast": "The key asks too often, or sends too much; `Retry-After` says when to go on.",
    "repeated": "The idempotency key was used for another request.",
    "busy": "The same request is being answered at this moment.",
    "not-taken": "Nothing was taken, for the disk refuses; `Retry-After` says when to try again.",
    "not-now": "The records cannot be written or read at present; try again.",
    "no-picture": "Nobody watches at present, so there is no live picture.",
    "broken": "This should not have happened.",
}
"""Every error by the end of its type, which never changes, and what it says."""


def problem(
    status: int, name: str, detail: str, *, again_after: int | None = None, **more: Any
) -> HttpResponse:
    """Return an error; `name` never changes, the sentence may."""
    if name not in PROBLEMS:
        raise KeyError(name)
    title = HTTPStatus(status).phrase
    body = {"type": f"urn:everycall:{name}", "title": title, "status": status, "detail": detail}
    answer = HttpResponse(json.dumps({**body, **more}), status=status, content_type=KIND)
    if again_after is not None:
        answer.headers["Retry-After"] = str(again_after)
    return answer


class ProblemError(Exception):
    """Something that was asked for cannot be done; becomes a problem in the answer."""

    def __init__(
        self, status: int, name: str, detail: str, *, again_after: int | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.name, self.detail, self.more = status, name, detail, more
        self.again_after = again_after

    def answer(self) -> HttpResponse:
        """Return it as an answer."""
        return problem(
            self.status, self.name, self.detail, again_after=self.again_after, **self.more
        )


_BY_STATUS = {404: "not-found", 405: "method"}
_SAYS = {
    404: "there is nothing at this address; see /api/v1/openapi.json",
    405: "this address does not take this method; see /api/v1/openapi.json",
}


def speaking_json(get_response: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let every error of the interface be a problem, also those that no route has seen."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        name = _BY_STATUS.get(response.status_code)
        is_page = not response.headers.get("Content-Type", "").startswith("application/")
        if name and is_page and request.path_info.startswith("/api/"):
            answer = problem(response.status_code, name, _SAYS[response.status_code])
            if "Allow" in response.headers:
                answer.headers["Allow"] = response.headers["Allow"]
            return answer
        return response

    return middleware
