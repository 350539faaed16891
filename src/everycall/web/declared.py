"""Forms of what is declared as settings: one field each; a secret is asked for and never shown."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from everycall.settings import doc_of
from everycall.web.reading import site_reader

SECRETS = frozenset({"secret", "password"})


def fields_of(kind: type, given: Mapping[str, Any] | None) -> dict[str, forms.Field]:
    """Return the fields of a form for the settings of a kind, with what was given before."""
    return {one.name: _field(one, given) for one in fields(kind)}


def brand_field(label: str, kept: str) -> dict[str, forms.Field]:
    """Return the field by which a brand is chosen, if there are any; one that was kept is never lost.

    Empty is all brands: what belonged to one that the site file has no more must not become that unasked.
    """
    known = list(site_reader().settings().clients)
    gone = [kept] if kept and kept not in known else []
    if not known and not gone:
        return {}
    choices = [
        ("", _("all")),
        *((name, name) for name in known),
        *((name, _("%(brand)s (not in the site file)") % {"brand": name}) for name in gone),
    ]
    return {"client": forms.ChoiceField(label=label, choices=choices, required=False, initial=kept)}


def _field(declared: "Field[Any]", given: Mapping[str, Any] | None) -> forms.Field:
    doc, default = _(doc_of(declared)), declared.default
    needed = default is MISSING
    if declared.name in SECRETS:
        return forms.CharField(label=doc, required=needed and not given, widget=forms.PasswordInput)
    before = (given or {}).get(declared.name, "" if needed else default)
    if declared.type in (bool, "bool"):
        return forms.BooleanField(label=doc, required=False, initial=before)
    if declared.type in (int, "int"):
        return forms.IntegerField(label=doc, required=needed, initial=before)
    return forms.CharField(label=doc, required=needed, initial=before)


def kept_of(
    kind: type, filled: Mapping[str, Any], given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what is kept of a filled form: an empty secret leaves the one that was given before."""
    kept = {one.name: filled[one.name] for one in fields(kind) if filled.get(one.name) is not None}
    for name in SECRETS & set(kept):
        kept[name] = kept[name] or (given or {}).get(name, "")
    return kept
