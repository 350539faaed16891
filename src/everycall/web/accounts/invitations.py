"""The link with which somebody chooses a password; it is good once, and for three days."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from everycall.records.models import Person


def link_for(somebody: Person) -> str:
    """Return the path of a new link for somebody."""
    name = urlsafe_base64_encode(str(somebody.pk).encode())
    return reverse("join", args=[name, default_token_generator.make_token(somebody)])


def invited_by(name: str, key: str) -> Person | None:
    """Return whom a link is for; None if it was used, is too old, or nobody may come in by it."""
    try:
        pk = int(force_str(urlsafe_base64_decode(name)))
    except (ValueError, OverflowError):
        return None
    somebody = Person.objects.filter(pk=pk, is_active=True).first()
    known = somebody is not None and default_token_generator.check_token(somebody, key)
    return somebody if known else None
