"""The texts with a caller, on the page of their promise."""

from typing import Any

from django import template

from everycall.records.promises import Promise

register = template.Library()


@register.inclusion_tag("web/thread.html", takes_context=True)
def thread(context: template.Context, promise: Promise) -> dict[str, Any]:
    """Show what was written to and by a caller, and let somebody answer."""
    texts = list(promise.texts.all())
    return {
        "texts": texts,
        "answered": any(text.kind == "answer" for text in texts),
        "promise": promise,
        "csrf_token": context.get("csrf_token"),
    }
