"""Beginning a deal and changing one, and the companies that are suggested meanwhile."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from customers.countries import country_name
from customers.models import Customer
from customers.queries import find_customers
from identity import limits
from identity.access import PrivilegeMissing, partners_only, requires
from identity.lists import typed
from identity.models import Role, Site
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version

from ...leads.actions import NotPossible as LeadNotPossible
from ...leads.becoming import became, filled_in, lead_named
from ...models import Referral
from ...rights.possible import why_no_new_deal
from ...rights.scopes import locations_of
from ...states import Sharing
from .. import actions
from ..forms import Choices, DealForm
from ..possible import why_not_edit
from ..words import SHARING_MEANS
from .deal import deal_page, found, why

P = Privilege
#: What the partner's own earlier deals know of a customer: it is put into the form with the customer.
REMEMBERED = ("customer_size", "duns", "address_line1", "address_line2", "city", "state", "postal_code")


@requires(P.REFERRAL_MANAGE)
@partners_only
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request: HttpRequest) -> HttpResponse:
    """Begin a deal: everything on one page, kept while it is typed."""
    if refused := why_no_new_deal(request.actor):
        raise PrivilegeMissing(refused)
    choices, lead = _choices(request, None), lead_named(request.GET.get("lead", ""), request.actor)
    if request.method != "POST":
        initial = filled_in(lead) if lead else _asked_for(request)
        return _new_page(request, DealForm(None, referral=None, choices=choices, initial=initial))
    form = DealForm(request.POST, referral=None, choices=choices)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    assert form.content is not None
    try:
        with transaction.atomic():
            deal = actions.make_deal(form.content, by=request.actor, now=timezone.now())
            became(lead, deal, by=request.actor, now=timezone.now())
    except actions.BadContent as error:
        form.take(error.errors)
        return _new_page(request, form, status=422)
    except LeadNotPossible as error:
        return _new_page(request, form, problem=f"{error.refusal.reason} {error.refusal.who}", status=409)
    except actions.NotPossible as error:
        return _new_page(request, form, problem=why(error), status=409)
    messages.success(request, str(_begun(deal)))
    return redirect("referrals:deal", deal.public_id)


def _begun(deal: Referral) -> str:
    if deal.sharing == Sharing.COSELL:
        return _("The deal is begun, and the vendor is asked for help. This page shows by when it answers.")
    return _("The deal is begun.")


def _choices(request: HttpRequest, deal: Referral | None) -> Choices:
    locations = [] if deal else locations_of(Role.REFERRALS_ADMIN)
    country = Site.objects.values_list("country", flat=True).get(id=request.actor.site_id)
    return Choices.of(request.actor, locations, deal, today=timezone.localdate(), country=country)


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """The customer that the address names: one comes here from its page."""
    public_id = request.GET.get("customer", "")[:12].replace("\0", "")
    customer = Customer.objects.filter(public_id=public_id).first() if public_id else None
    if customer is None:
        return {}
    return {
        "customer": customer.public_id,
        "customer_name": customer.name,
        **_fill(customer, _remembered([customer]).get(customer.id)),
    }


def _new_page(request: HttpRequest, form: DealForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "deal": None, "stale": None, "problem": problem, "sharing_means": SHARING_MEANS}
    return render(request, "referrals/form.html", context, status=status)


# ------------------------------------------------------------------------------------------------ changing one


@requires(P.REFERRAL_WORK)
@partners_only
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what a deal says. Whoever was slower is shown both, and loses nothing."""
    deal = found(public_id)
    if refused := why_not_edit(deal, request.actor, timezone.now()):
        return deal_page(request, deal, problem=f"{refused.reason} {refused.who}", status=409)
    data = request.POST if request.method == "POST" else None
    if data is not None and seen_version(request) not in (None, deal.version):
        return _changed_meanwhile(request, public_id)
    form = DealForm(data, referral=deal, choices=_choices(request, deal))
    if data is None:
        return _edit_page(request, form)
    if not form.is_valid():
        return _edit_page(request, form, status=422)
    assert form.content is not None
    try:
        actions.edit_deal(
            deal, form.content, version=seen_version(request), by=request.actor, now=timezone.now()
        )
    except actions.BadContent as error:
        form.take(error.errors)
        return _edit_page(request, form, status=422)
    except actions.DealChanged:
        return _changed_meanwhile(request, public_id)
    except actions.NotPossible as error:
        return deal_page(request, found(public_id), problem=why(error), status=409)
    messages.success(request, _("The deal is changed."))
    return redirect("referrals:deal", public_id)


def _changed_meanwhile(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form with what was typed, beside what the deal has now; sent again, what was typed is kept."""
    deal = found(public_id)
    form = DealForm(request.POST, referral=deal, choices=_choices(request, deal))
    form.is_valid()
    return _edit_page(request, form, stale=form.changed_meanwhile(), status=409)


def _edit_page(request: HttpRequest, form: DealForm, *, stale: Any = None, status: int = 200) -> HttpResponse:
    assert form.referral is not None
    context = {
        "form": form,
        "deal": form.referral,
        "version": form.referral.version,
        "stale": stale,
        "problem": "",
        "sharing_means": SHARING_MEANS,
    }
    return render(request, "referrals/form.html", context, status=status)


# ------------------------------------------------------------------------------------------------ while one types


@requires(P.REFERRAL_MANAGE, P.REFERRAL_WORK)
@partners_only
@require_GET
@never_cache
@limits.suggestions
def suggest_customer(request: HttpRequest) -> JsonResponse:
    """Companies of the directory, with what one's own earlier deals know of them: [{value, label, detail, fill}]."""
    customers = find_customers(typed(request.GET))
    remembered = _remembered(customers)
    return JsonResponse([_suggestion(one, remembered.get(one.id)) for one in customers], safe=False)


def _remembered(customers: list[Customer]) -> dict[int, dict[str, Any]]:
    """The latest of the deals that the reader sees with each of these, as far as it knows its address and numbers."""
    ids = [customer.id for customer in customers]
    latest = Referral.objects.filter(customer_id__in=ids).order_by("customer_id", F("id").desc())
    return {
        row["customer_id"]: row for row in latest.distinct("customer_id").values("customer_id", *REMEMBERED)
    }


def _suggestion(customer: Customer, known: dict[str, Any] | None) -> dict[str, Any]:
    duns = (known or {}).get("duns")
    about = [country_name(customer.country), customer.tax_id, customer.web_domain]
    return {
        "value": customer.public_id,
        "label": customer.name,
        "detail": " · ".join(filter(None, [*about, f"D-U-N-S {duns}" if duns else ""])),
        "fill": _fill(customer, known),
    }


def _fill(customer: Customer, known: dict[str, Any] | None) -> dict[str, Any]:
    """What the form shows of a customer once it is chosen, by the names of its fields; nothing is emptied by it."""
    told = {name: known[name] for name in REMEMBERED if known[name]} if known else {}
    return {"country": customer.country, **told}
