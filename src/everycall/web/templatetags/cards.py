"""What other programs hold of a caller, on their card."""

from typing import Any

from django import template

from everycall.records.people import Person
from everycall.web.cards import crm_pages, messages_left

register = template.Library()


@register.inclusion_tag("web/held.html")
def held(caller: str, person: Person) -> dict[str, Any]:
    """Show messages that a caller left, and links to their page in the CRM."""
    return {"messages": messages_left(caller, person), "pages": crm_pages(caller, person)}
