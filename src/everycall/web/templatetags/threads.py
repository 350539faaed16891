"""The texts and mails with a caller, on the page of their promise."""

from typing import Any

from django import template

from everycall.records.promises import Promise
from everycall.records.texts import Text, address_of, has_opted_out
from everycall.recovery import State
from everycall.web.reading import site_reader
from everycall.web.work.mailing import channel_of, mails_of

register = template.Library()


@register.inclusion_tag("web/thread.html", takes_context=True)
def thread(context: template.Context, promise: Promise) -> dict[str, Any]:
    """Show what was written to and by a caller, and let somebody answer."""
    texts = list(promise.texts.all())
    return {
        "texts": texts,
        "answered": any(text.kind == "answer" for text in texts),
        "promise": promise,
        "mail": _mail(promise, texts),
        "csrf_token": context.get("csrf_token"),
        "reader": context.get("reader"),
    }


def _mail(promise: Promise, texts: list[Text]) -> dict[str, Any] | None:
    """Return what the form for a mail begins with; None where no mail can be sent any more."""
    terms = mails_of(site_reader().settings(), promise.client)
    told = any(text.address for text in texts) or has_opted_out(promise.caller, promise.client)
    if not terms.on or told or not State(promise.state).is_open or channel_of(terms) is None:
        return None
    known = address_of(promise.caller, promise.client)
    return {"address": known.address if known else "", "source": known.source if known else ""}
