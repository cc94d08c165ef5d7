"""Changing an approved deal, appealing against a rejection, and who looked at a deal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege
from identity.versions import seen_version

from .. import actions, living, queries
from ..changes import KEY_FIELDS, LABELS
from ..forms import AmendForm
from ..living import Known
from ..models import PRODUCTS, Deal
from ..possible import demand_deed, refusal
from ..states import Status
from .deal import DOINGS, deal_page, of_rule, too_late

P = Privilege
# Where the page shows an error that an action names in its own words.
FIELD_OF = {"products": "part_1"}


# ------------------------------------------------------------------------------------------------ changing


@requires(P.DEAL_REGISTER)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def amend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an approved deal: everything that can change on one page, and what it leads to said beforehand."""
    deal = get_object_or_404(Deal.objects.select_related("customer", "distributor"), public_id=public_id)
    demand_deed("amend", request.actor)
    if refused := refusal("amend", deal, request.actor):
        return deal_page(
            request, deal, status=409 if request.method == "POST" else 200, problem=of_rule(refused)
        )
    form = _form(request, deal)
    if request.method != "POST":
        return _amending(request, deal, form)
    if not form.is_valid():
        return _amending(request, deal, form, status=422)
    try:
        amended = actions.amend_deal(
            deal,
            changes=form.changes(),
            approve_again=form.cleaned_data["approve_again"],
            version=seen_version(request),
            by=request.actor,
            now=timezone.now(),
        )
    except actions.ApprovalRests as rests:
        form.add_error("approve_again", _to_confirm(rests))
        return _amending(request, deal, form, status=422)
    except actions.DealIncomplete as incomplete:
        for item in incomplete.missing:
            field = FIELD_OF.get(item.field, item.field)
            form.add_error(field if field in form.fields else None, str(item.message))
        return _amending(request, deal, form, status=422)
    except actions.DealChanged as changed:
        problem = _(
            "This deal was changed meanwhile. What you typed is still below: save it again to replace that."
        )
        return _amending(request, changed.deal, form, problem=problem, status=409)
    except actions.NotNow as not_now:
        return _amending(request, deal, form, problem=of_rule(not_now.refusal), status=409)
    except actions.DealNotOpen as closed:
        deal.refresh_from_db()
        return deal_page(request, deal, status=409, problem=too_late(closed))
    messages.success(request, _said(deal, amended))
    return redirect("deals:detail", public_id)


def _said(before: Deal, after: Deal) -> str:
    if after.status != Status.APPROVED:
        return _("Your changes are with the deal desk. The approval rests until they are approved.")
    if after.version == before.version:
        return _("Nothing was changed.")
    return _("The deal is up to date, and still approved.")


def _to_confirm(rests: actions.ApprovalRests) -> str:
    names = ", ".join(str(LABELS[change.field]) for change in rests.changes)
    return _("Changed: %(fields)s. Tick the box to submit that, or set it back to keep the approval.") % {
        "fields": names
    }


def _form(request: HttpRequest, deal: Deal) -> AmendForm:
    distributors = queries.distributors()
    if deal.distributor is not None and deal.distributor not in distributors:
        distributors.append(deal.distributor)  # not active any more: it stays while nobody changes it
    return AmendForm(
        request.POST if request.method == "POST" else None,
        deal=deal,
        products=queries.products_of(deal),
        colleagues=queries.colleagues_of(request.actor),
        distributors=distributors,
        rules=queries.rules_in_force(),
        today=timezone.localdate(),
    )


def _amending(
    request: HttpRequest, deal: Deal, form: AmendForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    return render(
        request,
        "deals/amend.html",
        {
            "deal": deal,
            "form": form,
            "problem": problem,
            "customer_stays": living.of_customer(deal),
            "key_refusal": living.of_key_fields(Known(deal, now=timezone.now())),
            "key_fields": [capfirst(str(label)) for label in KEY_FIELDS.values()],
            "limit": PRODUCTS,
        },
        status=status,
    )


# ------------------------------------------------------------------------------------------------ appealing


@requires(P.DEAL_REGISTER)
@require_POST
@once
def appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Appeal against a rejection; leads to the deal that is decided anew."""
    rejected = get_object_or_404(Deal, public_id=public_id)
    demand_deed("appeal", request.actor)
    form = DOINGS["appeal"].asked("appeal", queries.rules_in_force(), request.POST)
    if not form.is_valid():
        return deal_page(request, rejected, status=422, bound=("appeal", form))
    problem: str | Promise
    try:
        found = actions.appeal_deal(
            rejected, text=form.cleaned_data["text"], by=request.actor, now=timezone.now()
        )
    except actions.NotNow as not_now:
        problem = of_rule(not_now.refusal)
    except actions.DealNotOpen as closed:
        problem = too_late(closed)
    else:
        messages.success(request, str(DOINGS["appeal"].done))
        return redirect("deals:detail", found.public_id)
    return deal_page(request, rejected, status=409, bound=("appeal", form), problem=problem)


# ------------------------------------------------------------------------------------------------ who looked


@requires(P.DEAL_VIEW)
@require_GET
def viewings(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody who looked at a deal, day by day, the newest first."""
    deal = get_object_or_404(Deal, public_id=public_id)
    found = page(queries.viewings().filter(deal=deal), queries.LATEST_LOOK, request)
    return render(request, "deals/viewings.html", {"deal": deal, "viewings": found.items, "page": found})
