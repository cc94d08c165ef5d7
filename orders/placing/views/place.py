"""Placing an order: choosing parts, looking the order through, placing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.actions import CustomerIncomplete, find_or_add_customer
from customers.countries import country_name
from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.uploads import receives_files
from pricing.money import in_figures
from pricing.quoting import QuoteFlawed

from ...quotes.actions import DealNotUsable, DistributorUnknown
from ...quotes.actions.ground import seller
from ...quotes.currencies import currencies_in
from ...quotes.queries import distributors
from ...quotes.reaching import reach
from .. import actions
from ..basket import Basket, Weighed, weigh
from ..forms import LARGEST_FILE, ChooseForm, ItemsForm, OrderForm, new_basket
from ..possible import demand_placing


@receives_files(LARGEST_FILE)
@requires(Privilege.ORDER_PLACE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def place(request: HttpRequest) -> HttpResponse:
    """Three steps at one address: what, for whom at which price, and placed."""
    demand_placing(request.actor)
    if request.method != "POST":
        wished = request.GET.get("parts", "").replace("\0", "")[:2000]
        return _choosing(request, ChooseForm(initial={"parts": wished}))
    if request.POST.get("step") != "review":
        return _chosen(request)
    return _reviewed(request)


def _choosing(request: HttpRequest, form: ChooseForm, status: int = 200) -> HttpResponse:
    return render(request, "orders/placing/choose.html", {"form": form}, status=status)


def _chosen(request: HttpRequest) -> HttpResponse:
    form = ChooseForm(request.POST, request.FILES)
    if not form.is_valid():
        return _choosing(request, form, 422)
    items = ItemsForm.of(form.rows)
    weighed = weigh(Basket(items=items.items()), by=request.actor, now=timezone.now())
    items.take(weighed)
    return _review(request, items, _order_form(request), weighed, new_basket())


def _order_form(request: HttpRequest, data: Any = None) -> OrderForm:
    site = seller(request.actor)
    return OrderForm(data, distributors=distributors(), currencies=currencies_in(site.country))


def _review(
    request: HttpRequest,
    items: ItemsForm,
    form: OrderForm,
    weighed: Weighed | None,
    basket: str,
    *,
    status: int = 200,
    problem: str | Promise = "",
) -> HttpResponse:
    context = {
        "items": items,
        "rows": items.rows,
        "form": form,
        "weighed": weighed,
        "quote": weighed.quote if weighed else None,
        "reach": reach(weighed.quote) if weighed else None,
        "country": country_name(weighed.quote.country) if weighed else "",
        "basket": basket,
        "problem": problem,
        "needs_details": actions.NEEDS_DETAILS,
    }
    return render(request, "orders/placing/review.html", context, status=status)


def _reviewed(request: HttpRequest) -> HttpResponse:
    """What the review page sent: to be reckoned anew, or to be placed."""
    items, form = ItemsForm.sent(request.POST), _order_form(request, request.POST)
    basket = request.POST.get("basket", "")[:40] or new_basket()
    do = request.POST.get("do", "check")
    wanted, valid = items.items(), form.is_valid()
    if items.has_errors:
        return _review(request, items, form, None, basket, status=422)
    try:
        weighed = weigh(_basket(form, wanted), by=request.actor, now=timezone.now())
    except DealNotUsable as refused:
        form.add_error("deal_number", f"{refused.refusal.reason} {refused.refusal.who}")
        return _review(request, items, form, None, basket, status=422)
    items.take(weighed)
    if not wanted:
        problem = _("There is nothing to order. Add a part.")
        return _review(request, items, form, weighed, basket, status=422, problem=problem)
    if weighed.of_all:
        problem = " ".join(flaw.text for flaw in weighed.of_all)
        return _review(request, items, form, weighed, basket, status=422, problem=problem)
    if not valid or items.has_errors:
        return _review(request, items, form, weighed, basket, status=422)
    if do != "place":
        return _review(request, items, form, weighed, basket)
    return _placed(request, items, form, weighed, basket)


def _basket(form: OrderForm, wanted: Any) -> Basket:
    """As far as the form could be read."""
    given = form.cleaned_data
    return Basket(
        items=wanted,
        customer=form.known,
        customer_site=form.held,
        distributor=form.chosen_distributor(),
        deal_number=given.get("deal_number") or "",
        currency=given.get("currency") or "",
    )


def _placed(
    request: HttpRequest, items: ItemsForm, form: OrderForm, weighed: Weighed, basket: str
) -> HttpResponse:
    actor, now, given, quote = request.actor, timezone.now(), form.cleaned_data, weighed.quote
    seen = request.POST.get("seen_total", "")
    try:
        if form.new_customer is not None:
            name, country = form.new_customer
            quote.customer = find_or_add_customer(name=name, country=country, by=actor, now=now)
            quote.customer_name = quote.customer.name
        order = actions.place_order(
            quote,
            weighed.lines,
            basket=basket,
            seen_total=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None,
            po_number=given["po_number"],
            note=given["note"],
            by=actor,
            now=now,
        )
    except actions.PlacedAlready as placed:
        who = f"\u2068{placed.order.placed_by_name}\u2069"
        messages.info(
            request, _("This was ordered already, by %(name)s. It is ordered once.") % {"name": who}
        )
        return redirect("orders:order", placed.order.public_id)
    except actions.DetailsMissing as missing:
        items.ask_details(missing.lines)
        return _review(request, items, form, weighed, basket, status=422)
    except CustomerIncomplete:
        form.add_error("customer_name", _("A name has at least one letter or digit."))
        return _review(request, items, form, weighed, basket, status=422)
    except DistributorUnknown:
        form.add_error("distributor", _("Choose another distributor."))
        return _review(request, items, form, weighed, basket, status=422)
    except (actions.TotalChanged, QuoteFlawed) as changed:
        return _review(
            request, items, form, weighed, basket, status=409, problem=_new_total(changed, weighed)
        )
    messages.success(request, _("The order %(number)s is placed.") % {"number": order.number})
    return redirect("orders:order", order.public_id)


def _new_total(changed: Exception, weighed: Weighed) -> str:
    if not isinstance(changed, actions.TotalChanged):
        return _("Prices have changed meanwhile. Look the order through again.")
    currency = weighed.quote.currency
    words = {"seen": in_figures(changed.seen, currency), "total": in_figures(changed.total, currency)}
    return (
        _("The total was %(seen)s, and is %(total)s now. Look the order through, and place it again.") % words
    )
