"""Taking one caller's number out of every record, whatever table it stands in."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from everycall.records.texts import CallerAddress, Text


def erase_everywhere(digits: str, out_of: Callable[[str], str]) -> int:
    """Take a number out of every text of every record; returns how many were changed.

    Args:
        digits: the last digits of the number, by which records that may hold it are found.
        out_of: returns a text without the number.
    """
    with transaction.atomic():
        forget_addresses(digits, out_of)
        found = apps.get_app_config("records").get_models()
        return sum(erase_in(model, digits, out_of) for model in found)


def forget_addresses(digits: str, out_of: Callable[[str], str]) -> None:
    """Forget the mail addresses of a caller: they tell who it was without the number."""
    for row in CallerAddress.objects.filter(caller__contains=digits):
        if out_of(row.caller) != row.caller:
            row.delete()
    for text in Text.objects.filter(number__contains=digits).exclude(address=""):
        if out_of(text.number) != text.number:
            Text.objects.filter(pk=text.pk).update(address="erased")


def erase_in(model: type[models.Model], digits: str, out_of: Callable[[str], str]) -> int:
    """Take numbers out of the texts of one table; returns how many rows were changed."""
    fields = [f for f in model._meta.concrete_fields if _is_text(f)]
    if not fields:
        return 0
    told = {f"text_of_{f.name}": Cast(f.name, models.TextField()) for f in fields}
    has = Q()
    for name in told:
        has |= Q(**{f"{name}__contains": digits})
    count = 0
    for row in model._default_manager.annotate(**told).filter(has):
        changes = {f.attname: _kept(f, getattr(row, f.attname), out_of) for f in fields}
        changes = {name: new for name, new in changes.items() if new != getattr(row, name)}
        if changes:
            model._default_manager.filter(pk=row.pk).update(**changes)
            count += 1
    return count


def _is_text(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField) and not (
        field.primary_key
    )


def _kept(field: Any, value: Any, out_of: Callable[[str], str]) -> Any:
    """Return what stays in a field; a pseudonym is longer than a number, so a full text is cut."""
    left = _without(value, out_of)
    if isinstance(left, str) and field.max_length is not None:
        return left[: field.max_length]
    return left


def _without(value: Any, out_of: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return out_of(value)
    if isinstance(value, dict):
        return {out_of(str(name)): _without(item, out_of) for name, item in value.items()}
    if isinstance(value, list):
        return [_without(item, out_of) for item in value]
    return value
