"""The settings' pages about deal registration, and what partners read of the rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from identity.access import demand, requires
from identity.actors import Kind
from identity.models import Site, SiteKind
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege

from .. import actions, queries, rule_history
from ..discounts import percent
from ..forms.programme import (
    DiscountsForm,
    EntryForm,
    MinimumValuesForm,
    NumbersForm,
    PartnerFilter,
    RulesForm,
    TierForm,
)
from ..models import RulesVersion, SiteTier
from ..partner_tiers import partners_sought
from ..rule_numbers import GROUPS
from ..rules import BUILT_IN, LOST, REJECT, TIER, Named, Rules
from ..states import DealType

P = Privilege
SECTIONS: tuple[tuple[str, str | Promise], ...] = (
    ("rules:list", gettext_lazy("Rules")),
    ("rules:minimum_values", gettext_lazy("Minimum values")),
    ("rules:discounts", gettext_lazy("Discounts")),
    ("rules:reasons", gettext_lazy("Reasons")),
    ("rules:tiers", gettext_lazy("Tiers")),
    ("rules:history", gettext_lazy("History")),
)


def _context(current: str, rules: Rules) -> dict[str, Any]:
    """What every page of the rules shows: its tabs, and which version is in force."""
    tabs = [(label, reverse(name), name == current, None) for name, label in SECTIONS]
    return {"tabs": tabs, "rules": rules, "deal_types": list(DealType)}


# ------------------------------------------------------------------------------------------------ the rules


def _section(request: HttpRequest, name: str, kind: type[RulesForm], template: str) -> HttpResponse:
    """A part of the rules to look at, and for some to change."""
    rules = queries.rules_in_force()
    if request.method != "POST":
        return render(request, template, _context(name, rules) | {"form": kind(rules=rules)})
    demand(request.actor, P.SETTING_EDIT)
    form = kind(request.POST, rules=rules)
    again, status = _change(request, form, lambda data, now: kind(data, rules=now))
    if again is None:
        return redirect(name)
    return render(request, template, _context(name, again.rules) | {"form": again}, status=status)


def _change(request: HttpRequest, form: RulesForm, anew: Any) -> tuple[RulesForm | None, int]:
    """Make the next version of the rules. None when it is made; else the form to show, and the status.

    When somebody was quicker, the form is made anew on the newer rules: with what its author changed, and with the
    others' changes where they did not.
    """
    if not form.is_valid():
        return form, 422
    try:
        version = actions.change_rules(
            form.changes(),
            base=form.cleaned_data["base"] or 0,
            note=form.cleaned_data["note"],
            by=request.actor,
            now=timezone.now(),
        )
    except actions.NothingChanged:
        form.add_error(None, _("Nothing is different from the rules in force: there is nothing to save."))
        return form, 422
    except actions.RulesInvalid as invalid:
        form.blame(invalid.faults)
        return form, 422
    except actions.RulesChanged as changed:
        return _merged(request, form, changed.rules, anew), 409
    messages.success(
        request,
        _("Saved as version %(number)s of the rules. What is decided from now on goes by it.")
        % {"number": version.number},
    )
    return None, 302


def _merged(request: HttpRequest, form: RulesForm, now: Rules, anew: Any) -> RulesForm:
    base = rule_history.version_numbered(form.cleaned_data["base"] or 0)
    data, newer = request.POST.copy(), anew(None, now)
    if base is not None:
        older = anew(None, base.rules)
        for name in older.fields:
            if name in newer.fields and data.get(name, "") == _written(older[name]):
                data[name] = _written(newer[name])
    data["base"] = str(now.number)
    again: RulesForm = anew(data, now)
    again.full_clean()
    again.meanwhile = rule_history.differences(base.rules, now) if base else []  # type: ignore[attr-defined]
    return again


def _written(field: Any) -> str:
    value = field.initial
    return "" if value is None else ("on" if value else "") if isinstance(value, bool) else str(value)


@requires(P.SETTING_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def numbers(request: HttpRequest) -> HttpResponse:
    return _section(request, "rules:list", NumbersForm, "deals/settings/numbers.html")


@requires(P.SETTING_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def minimum_values(request: HttpRequest) -> HttpResponse:
    return _section(request, "rules:minimum_values", MinimumValuesForm, "deals/settings/minimum_values.html")


@requires(P.SETTING_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def discounts(request: HttpRequest) -> HttpResponse:
    return _section(request, "rules:discounts", DiscountsForm, "deals/settings/discounts.html")


# ------------------------------------------------------------------------------------------------ names

PLACES = {
    REJECT: ("rules:reasons", gettext_lazy("Reasons"), gettext_lazy("Add a reason for a rejection")),
    LOST: ("rules:reasons", gettext_lazy("Reasons"), gettext_lazy("Add a reason for a loss")),
    TIER: ("rules:tiers", gettext_lazy("Tiers"), gettext_lazy("Add a tier")),
}


def _named(rules: Rules, which: str) -> list[tuple[Named, str, bool]]:
    """Each entry of a list, its name for the reader, and whether the name is the vendor's own."""
    return [
        (entry, entry.label(BUILT_IN[which]), entry.code not in BUILT_IN[which] or bool(entry.labels))
        for entry in rules.entries(which)
    ]


@requires(P.SETTING_VIEW)
@require_GET
def reasons(request: HttpRequest) -> HttpResponse:
    rules = queries.rules_in_force()
    lists = [
        (REJECT, _("Why a deal is rejected"), PLACES[REJECT][2], _named(rules, REJECT)),
        (LOST, _("Why a deal is lost"), PLACES[LOST][2], _named(rules, LOST)),
    ]
    return render(request, "deals/settings/reasons.html", _context("rules:reasons", rules) | {"lists": lists})


@requires(P.SETTING_VIEW)
@require_GET
def tiers(request: HttpRequest) -> HttpResponse:
    rules = queries.rules_in_force()
    context = _context("rules:tiers", rules) | {"entries": _named(rules, TIER), "percent": percent}
    return render(request, "deals/settings/tiers.html", context)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_entry(request: HttpRequest, which: str) -> HttpResponse:
    return _entry(request, which, None)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_entry(request: HttpRequest, which: str, code: str) -> HttpResponse:
    return _entry(request, which, code)


def _entry(request: HttpRequest, which: str, code: str | None) -> HttpResponse:
    """A reason or a tier: added, renamed, retired, or used again."""
    if which not in PLACES:
        raise Http404
    rules = queries.rules_in_force()
    if code is not None and rules.entry(which, code) is None:
        raise Http404

    def anew(data: Any, now: Rules) -> EntryForm:
        return EntryForm(data, rules=now, which=which, entry=now.entry(which, code) if code else None)

    form: RulesForm = anew(request.POST if request.method == "POST" else None, rules)
    status = 200
    back, words, adding = PLACES[which]
    if request.method == "POST":
        again, status = _change(request, form, anew)
        if again is None:
            return redirect(back)
        form = again
    context = {
        "form": form,
        "which": which,
        "code": code,
        "title": adding if code is None else form.rules.entry(which, code).label(BUILT_IN[which]),  # type: ignore[union-attr]
        "built_in": BUILT_IN[which].get(code or "", ""),
        "back": (words, reverse(back)),
    }
    return render(request, "deals/settings/entry.html", context, status=status)


# ------------------------------------------------------------------------------------------------ history


@requires(P.SETTING_VIEW)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """Every version: who made it, when and why, and what it changed."""
    found = page(RulesVersion.objects.all(), ("-number",), request, size=20)
    shown = rule_history.versions(found.items)
    if not shown:
        shown = [rule_history.Version(1, Rules(), None, "", "")]
    before = _earlier(shown)
    rows = [(each, rule_history.differences(before[each.number], each.rules)) for each in shown]
    context = _context("rules:history", queries.rules_in_force()) | {"rows": rows, "page": found}
    return render(request, "deals/settings/history.html", context)


def _earlier(shown: list[rule_history.Version]) -> dict[int, Rules]:
    """The rules before each of these versions; one query for that of the last."""
    known = {each.number: each.rules for each in shown}
    last = shown[-1]
    first = rule_history.version_numbered(last.number - 1)
    known[last.number - 1] = first.rules if first else last.rules
    return {number: known[number - 1] for number in (each.number for each in shown)}


@requires(P.SETTING_VIEW)
@require_GET
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, whole, and what it changed."""
    found = rule_history.version_numbered(number)
    if found is None:
        raise Http404
    earlier = rule_history.version_numbered(number - 1)
    now = queries.rules_in_force()
    context = {
        "version": found,
        "in_force": now.number == number,
        "differences": rule_history.differences(earlier.rules, found.rules) if earlier else [],
        "newer": number + 1 if number < now.number else None,
        "older": number - 1 if earlier else None,
        **_told(found.rules),
        "entries": {which: _named(found.rules, which) for which in (REJECT, LOST, TIER)},
        "deal_types": list(DealType),
        "percent": percent,
    }
    return render(request, "deals/settings/version.html", context)


def _told(rules: Rules) -> dict[str, Any]:
    """The rules in words, as versions' pages and partners show them."""
    return {
        "rules": rules,
        "groups": [
            (title, [(number, number.shown(getattr(rules, number.name))) for number in group])
            for title, group in GROUPS
        ],
        "reminders": rule_history.reminders(rules),
        "minimum_values": sorted(rules.minimum_values.items()),
    }


# ------------------------------------------------------------------------------------------------ partners' tiers


@requires(P.SETTING_VIEW)
@require_GET
def partner_tiers(request: HttpRequest) -> HttpResponse:
    rules = queries.rules_in_force()
    form = PartnerFilter(request.GET, rules=rules)
    form.is_valid()
    sought = partners_sought(form.cleaned_data.get("q", ""), form.cleaned_data.get("tier", ""), rules)
    found = page(sought, ("name", "id"), request)
    context = {
        "filter": form,
        "page": found,
        "rows": [(site, rules.tier_label(site.tier or rules.tiers[0].code)) for site in found.items],
        "rules": rules,
    }
    return render(request, "deals/settings/partners.html", context)


@requires(P.SETTING_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def partner_tier(request: HttpRequest, public_id: str) -> HttpResponse:
    """One partner's tier, to look at and to set."""
    site = get_object_or_404(Site, public_id=public_id, kind=SiteKind.RESELLER)
    rules = queries.rules_in_force()
    if request.method != "POST":
        return _tier_page(request, site, rules)
    demand(request.actor, P.SETTING_EDIT)
    form = TierForm(request.POST, rules=rules, tier="", version=0)
    if not form.is_valid():
        return _tier_page(request, site, rules, form, status=422)
    try:
        actions.set_tier(site, **form.cleaned_data, by=request.actor, now=timezone.now())
    except actions.TierChanged as changed:
        data = request.POST.copy()
        data["version"] = str(changed.now.version if changed.now else 0)
        form = TierForm(data, rules=rules, tier="", version=0)
        return _tier_page(request, site, rules, form, status=409)
    except actions.TierUnknown:
        form.add_error("tier", _("This tier is not given to partners any more. Choose another."))
        return _tier_page(request, site, rules, form, status=422)
    messages.success(
        request,
        _("%(site)s has the tier %(tier)s now.")
        % {"site": site.name, "tier": rules.tier_label(form.cleaned_data["tier"])},
    )
    return redirect("rules:partner", public_id)


def _tier_page(
    request: HttpRequest, site: Site, rules: Rules, form: TierForm | None = None, *, status: int = 200
) -> HttpResponse:
    given = SiteTier.objects.filter(site=site).first()
    tier = queries.tier_of(site.id, rules)
    context = {
        "site": site,
        "given": given,
        "tier_label": rules.tier_label(tier),
        "form": form or TierForm(rules=rules, tier=tier, version=given.version if given else 0),
        "stale": status == 409,
        **_discounts_of(tier, rules),
    }
    return render(request, "deals/settings/partner.html", context, status=status)


def _discounts_of(tier: str, rules: Rules) -> dict[str, Any]:
    return {"discounts": [(each.label, percent(rules.discount_bp(tier, each.value))) for each in DealType]}


# ------------------------------------------------------------------------------------------------ for partners


@requires(P.DEAL_VIEW)
@require_GET
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The rules in force, told to those who register deals. Of the discounts, a partner is told its own."""
    actor, rules = request.actor, queries.rules_in_force()
    context = _told(rules) | {
        "since": RulesVersion.objects.filter(number=rules.number, number__gt=1)
        .values_list("made_at", flat=True)
        .first(),
        "reject_reasons": [label for _code, label in rules.offered(REJECT)],
    }
    if actor.kind is Kind.RESELLER and actor.site_id is not None:
        tier = queries.tier_of(actor.site_id, rules)
        context |= {"tier": rules.tier_label(tier), **_discounts_of(tier, rules)}
    return render(request, "deals/settings/how.html", context)
