"""A request that is sent again with the same Idempotency-Key is answered as it was the first time."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from everycall.records.answers import Answer
from everycall.web.api.keys import key_of
from everycall.web.problems import ProblemError

HEADER = "Idempotency-Key"
LONGEST = 200

KEPT = timedelta(hours=24)
"""An answer is kept for so long."""

GIVEN_UP = timedelta(minutes=2)
"""A request that has no answer after so long was lost with its process, and may be tried again."""

Handler = Callable[..., dict[str, Any]]


def once(handler: Handler) -> Handler:
    """Answer a repeated request from what was kept; without the header nothing is kept."""

    @wraps(handler)
    def repeatable(request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        key = request.headers.get(HEADER, "")
        if not key:
            return handler(request, *args, **kwargs)
        if len(key) > LONGEST or not key.isprintable():
            sentence = f"an {HEADER} is printable and has at most {LONGEST} characters"
            raise ProblemError(400, "repeated", sentence)
        kept, fresh = _kept(request, key)
        if not fresh:
            return _again(kept)
        try:
            answer = handler(request, *args, **kwargs)
        except BaseException:
            # it was not done, so it may be tried again
            Answer.objects.filter(pk=kept.pk).delete()
            raise
        Answer.objects.filter(pk=kept.pk).update(body=answer, done=True)
        return answer

    return repeatable


def _kept(request: HttpRequest, key: str) -> tuple[Answer, bool]:
    """Return what is kept under a key, and whether it is ours to fill."""
    asked = f"{request.method} {request.path_info}\n".encode() + request.body
    digest, now, token = hashlib.sha256(asked).hexdigest(), timezone.now(), key_of(request)
    Answer.objects.filter(at__lt=now - KEPT).delete()
    Answer.objects.filter(token=token, key=key, done=False, at__lt=now - GIVEN_UP).delete()
    try:
        with transaction.atomic():
            return Answer.objects.create(token=token, key=key, digest=digest, at=now), True
    except IntegrityError:
        found = Answer.objects.filter(token=token, key=key).first()
    if found is None:
        raise ProblemError(
            409, "busy", "this request is being answered; send it again", again_after=1
        )
    if found.digest != digest:
        sentence = f"the {HEADER} '{key[:40]}' belongs to another request; take a new one"
        raise ProblemError(422, "repeated", sentence)
    return found, False


def _again(kept: Answer) -> dict[str, Any]:
    if not kept.done:
        raise ProblemError(
            409, "busy", "this request is being answered; send it again", again_after=1
        )
    body: dict[str, Any] = kept.body
    return body
