"""What a site says of itself, set on pages: hours, names, targets, trade and words."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from everycall.app.site.site_writing import Changes, change
from everycall.app.site.sitefile import SiteFile
from everycall.definitions import definition_ids, load
from everycall.errors import BadSettingsError, EverycallError, NotFoundError
from everycall.metrics.asked import asked, plain, written
from everycall.metrics.catalog import METRICS
from everycall.metrics.model import Better, Unit
from everycall.metrics.targets import SHIPPED, Target
from everycall.records.connections import Connection
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.reports.trades import TRADES, Trade
from everycall.web.guards import needs, person_of
from everycall.web.phones.connecting import live
from everycall.web.phones.found import Found, found_people, found_queues, raw_site
from everycall.web.phones.kinds import KINDS
from everycall.web.reading import import_command, site_reader
from everycall.web.steps import onward, walk
from everycall.web.wording.saying import say


def keep(request: HttpRequest, form: forms.Form, changes: Changes, what: str) -> bool:
    """Write settings down and let the picture begin anew; what is wrong is said on the form."""
    try:
        change(settings.DATA, settings.SITE, changes)
    except BadSettingsError as error:
        for mistake in error.mistakes:
            form.add_error(None, str(mistake))
        return False
    note(person_of(request), "settings changed", what)
    live.change()
    return True


def step_page(request: HttpRequest, here: str, **page: Any) -> HttpResponse:
    """Show a page of settings, with the line of first steps above it if somebody walks them."""
    template = page.pop("template", "web/settings.html")
    return render(request, template, {**page, **walk(request, here)})


@needs(Right.SET_UP)
def connect_step(request: HttpRequest) -> HttpResponse:
    """Offer the kinds of phone systems, and what was found so far."""
    return step_page(
        request,
        "step-connect",
        template="web/step_connect.html",
        kinds=KINDS,
        connected=_heard(),
        import_command=import_command(),
    )


def _heard() -> list[str]:
    """Return the phone systems that are connected, but for those that cannot be reached."""
    health = live.health()
    away = {link.feed for link in health.links if not link.connected} if health else set()
    names = Connection.objects.filter(removed_at=None).values_list("name", flat=True)
    return [name for name in names if name not in away]


# ---- hours


class Lines(forms.CharField):
    """A list with one thing on each line."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, **more)

    def to_python(self, value: Any) -> Any:
        """Read the lines."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Write the lines."""
        return "\n".join(value) if isinstance(value, list | tuple) else value


class Hours(forms.Form):
    """Where the site is, and when it is open."""

    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    region = forms.CharField(
        label=gettext_lazy("Country of national phone numbers"),
        required=False,
        max_length=2,
        help_text=gettext_lazy("Two letters, such as DE or GB."),
    )
    week = Lines(
        label=gettext_lazy("A usual week"),
        help_text=gettext_lazy(
            "One line for days that are alike, such as: mon-fri 08:00-12:30 13:30-18:00. A day that "
            "is not named is closed; without any line the hours are unknown."
        ),
    )
    holidays = forms.CharField(
        label=gettext_lazy("Closed on the public holidays of"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("A country or a part of it, such as DE or DE-BY; empty for none."),
    )
    exceptions = Lines(
        label=gettext_lazy("Single days"),
        help_text=gettext_lazy(
            "Such as: 2026-12-24 08:00-12:00, or 2026-08-03..2026-08-14 closed. One on each line."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [("", _("choose")), *((name, name) for name in sorted(available_timezones()))]
        self.fields["zone"] = forms.ChoiceField(label=_("Time zone"), choices=zones)
        self.order_fields(["zone", "region", "week", "holidays", "exceptions"])


@needs(Right.SET_UP)
def hours(request: HttpRequest) -> HttpResponse:
    """Set where the site is, and when it is open."""
    raw = raw_site()
    said = raw.get("hours", {})
    initial = {"zone": raw.get("zone", ""), "region": raw.get("region", "")}
    initial |= {name: said.get(name) for name in ("week", "holidays", "exceptions")}
    form = Hours(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        changes: dict[tuple[str, ...], Any] = {
            ("zone",): given["zone"],
            ("region",): given["region"].upper() or None,
        }
        changes |= {
            ("hours", name): given[name] or None for name in ("week", "holidays", "exceptions")
        }
        if keep(request, form, changes, "hours"):
            again = _(
                "It holds from now on, and calls of the past are counted again by these hours."
            )
            had = site_reader().has_calls()
            messages.success(request, again if had else _("It holds from now on."))
            return onward(request, "set-hours")
    lead = _("Whether a caller was missed while you were open is counted by these hours.")
    return step_page(request, "set-hours", form=form, title=_("Opening hours"), lead=lead)


# ---- queues and people


@needs(Right.SET_UP)
def found(request: HttpRequest) -> HttpResponse:
    """Show the queues and phones that were seen, and give phones the names of people."""
    people = found_people(site_reader(), live)
    form = _names_form(people, request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = {**site_reader().settings().agents}
        # a phone that was found since the page was made is not among what was sent
        sent = [one for one in people if not one.said and _field(one) in request.POST]
        for one in sent:
            name = form.cleaned_data[_field(one)].strip()
            kept.pop(one.name, None)
            kept |= {one.name: name} if name else {}
        if keep(request, form, {("agents",): kept or None}, "names of phones"):
            return onward(request, "set-found")
    fields = [{"found": one, "field": None if one.said else form[_field(one)]} for one in people]
    return step_page(
        request,
        "set-found",
        template="web/set_found.html",
        form=form,
        fields=fields,
        queues=found_queues(site_reader(), live),
    )


def _field(one: Found) -> str:
    """Return what the field of a phone is called: by the phone, whichever others are found."""
    return f"name-{sha256(one.name.encode()).hexdigest()[:16]}"


def _names_form(people: list[Found], data: Any) -> forms.Form:
    shown = {
        _field(one): forms.CharField(
            label=one.name, required=False, max_length=80, initial=one.person
        )
        for one in people
        if not one.said
    }
    form: forms.Form = type("NamesForm", (forms.Form,), shown)(data)
    return form


# ---- targets

ROWS = 8
"""So many targets can be set on the page; a site file may hold more."""


def _target_form(targets: dict[str, Target], data: Any) -> forms.Form:
    metrics = [("", "–"), *((m.id, _(m.title)) for m in METRICS.values())]
    shown: dict[str, forms.Field] = {}
    for number, (name, target) in enumerate(_padded(targets)):
        metric, parameter = _metric_of(target) if target else ("", "")
        limit = (
            f"{target.sign} {target.limit.number:g} {target.limit.unit}".strip() if target else ""
        )
        shown[f"name-{number}"] = forms.CharField(required=False, initial=name, max_length=80)
        shown[f"metric-{number}"] = forms.ChoiceField(
            required=False, choices=metrics, initial=metric
        )
        shown[f"parameter-{number}"] = forms.CharField(
            required=False, initial=parameter, max_length=12
        )
        shown[f"limit-{number}"] = forms.CharField(required=False, initial=limit, max_length=20)
        shown[f"open-{number}"] = forms.BooleanField(
            required=False, initial=target.open_hours if target else False
        )
    form: forms.Form = type("TargetsForm", (forms.Form,), shown)(data)
    return form


def _metric_of(target: Target) -> tuple[str, str]:
    """Return the metric of a target and its number, with the unit."""
    found = asked(target.metric)
    if found.milliseconds is None or found.metric.parameter is None:
        return found.metric.id, ""
    return found.metric.id, written(found.milliseconds, found.metric.parameter)


def _asked(metric: str, number: str) -> str:
    """Return a metric with its number as it is kept; what cannot be read is for the settings to say."""
    name = f"{metric}:{number}" if number else metric
    try:
        return plain(name)
    except NotFoundError:
        return name


def _padded(targets: dict[str, Target]) -> Iterator[tuple[str, Target | None]]:
    yield from targets.items()
    for _more in range(max(2, ROWS - len(targets))):
        yield "", None


@needs(Right.SET_UP)
def targets(request: HttpRequest) -> HttpResponse:
    """Set what the team sets out to reach."""
    site = site_reader().settings()
    known = dict(site.targets) or dict(SHIPPED)
    form = _target_form(known, request.POST or None)
    count = sum(name.startswith("name-") for name in form.fields)
    if request.method == "POST" and form.is_valid():
        given = dict(_targets_of(form.cleaned_data, count, known))
        if keep(request, form, {("targets",): given or None}, "targets"):
            return onward(request, "set-targets")
    rows = [
        [form[f"{part}-{n}"] for part in ("name", "metric", "parameter", "limit", "open")]
        for n in range(count)
    ]
    return step_page(
        request,
        "set-targets",
        template="web/set_targets.html",
        form=form,
        rows=rows,
        assumed=not site.targets,
    )


def _targets_of(
    given: dict[str, Any], count: int, known: dict[str, Target]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for n in range(count):
        metric, limit = given[f"metric-{n}"], given[f"limit-{n}"].strip()
        if not metric or not limit:
            continue
        wanted = _asked(metric, given[f"parameter-{n}"].strip())
        name = given[f"name-{n}"].strip() or wanted
        said: dict[str, Any] = {"metric": wanted, "limit": limit}
        if given[f"open-{n}"]:
            said["open_hours"] = True
        before = known.get(name)
        if before is not None:  # what the page does not show stays as it was
            said |= {part: v for part in ("client", "queue") if (v := getattr(before, part))}
            said |= {"since": str(before.since)} if before.since else {}
        yield name, said


# ---- trade and words


class TradeForm(forms.Form):
    """What kind of house it is, and whose words are used."""

    trade = forms.ChoiceField(
        label=gettext_lazy("What kind of house is this?"), widget=forms.RadioSelect
    )
    definition = forms.ChoiceField(
        label=gettext_lazy("Whose words count?"),
        required=False,
        help_text=gettext_lazy("Missed, lost and abandoned mean what this definition says."),
    )
    with_targets = forms.BooleanField(
        label=gettext_lazy("Begin with the targets that are usual there, where none is set"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_trade = [("", _("those that are usual in the trade"))]
        words = [(name, say(load(name).title)) for name in definition_ids()]
        self.fields["trade"].choices = [(t.id, _(t.doc)) for t in TRADES.values()]  # type: ignore[attr-defined]
        self.fields["definition"].choices = [*of_trade, *words]  # type: ignore[attr-defined]


@needs(Right.SET_UP)
def trade(request: HttpRequest) -> HttpResponse:
    """Choose a trade: it sets whose words count, the targets and the reports to begin with."""
    site = site_reader().settings()
    initial = {"trade": site.trade or "none", "definition": site.definition}
    form = TradeForm(request.POST or None, initial=initial)
    if site.definition and site.definition not in definition_ids():
        own = (site.definition, _("your own file: %s") % site.definition)
        form.fields["definition"].choices.append(own)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        changes = _of_trade(form.cleaned_data, site)
        if keep(request, form, changes, f"trade {form.cleaned_data['trade']}"):
            return onward(request, "set-trade")
    return step_page(
        request,
        "set-trade",
        template="web/set_trade.html",
        form=form,
        in_use=_in_use(site),
    )


def _of_trade(given: dict[str, Any], site: SiteFile) -> dict[tuple[str, ...], Any]:
    chosen = TRADES[given["trade"]]
    definition = given["definition"] or ("" if chosen.id == "none" else chosen.definition)
    changes: dict[tuple[str, ...], Any] = {
        ("trade",): chosen.id if chosen.id != "none" else None,
        ("definition",): definition or None,
    }
    if definition != site.definition:
        changes["definition_switches",] = None
    if given["with_targets"] and not site.targets and chosen.targets:
        changes["targets",] = _usual(chosen)
    return changes


def _usual(chosen: Trade) -> dict[str, dict[str, Any]]:
    """Return the targets of a trade as the site file writes them."""
    found = {}
    for target in chosen.targets:
        metric = METRICS[target.metric.partition(":")[0]]
        unit = {Unit.SHARE: "%", Unit.DURATION: "ms"}.get(metric.unit, "")
        value = target.value * 100 if unit == "%" else target.value
        if unit == "ms" and value % 1000 == 0:
            value, unit = value / 1000, "s"
        sign = "<=" if metric.better is Better.LESS else ">="
        limit = f"{sign} {value:g} {unit}".strip()
        found[metric.title] = {"metric": target.metric, "limit": limit}
    return found


def _in_use(site: SiteFile) -> Any:
    try:
        return load(site.definition, site.definition_switches) if site.definition else None
    except EverycallError:
        return None
