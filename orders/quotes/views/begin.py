"""Beginning a proposal, and what it says above its lines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.actions import find_or_add_customer
from customers.models import Customer
from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version
from pricing.quoting import QuoteFlawed

from ...models import Quote, QuoteStatus
from .. import actions, queries
from ..currencies import currencies_in
from ..forms import BeginForm, CustomerFields, HeadForm
from ..possible import demand_maker, refusal
from ..telling import REFUSED, changed_words, wanted_of, wrong_rows
from .quote import found, too_late

P = Privilege


@requires(P.QUOTE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def begin(request: HttpRequest) -> HttpResponse:
    """A new proposal: empty, with a list of parts, or for a registered deal."""
    demand_maker(request.actor)
    currencies = currencies_in(actions.seller(request.actor).country)
    if request.method != "POST":
        form = BeginForm(initial=_wished(request), currencies=currencies)
        return render(request, "orders/quotes/begin.html", {"form": form})
    form = BeginForm(request.POST, currencies=currencies)
    quote = _begun(request, form) if form.is_valid() else None
    if quote is None:
        return render(request, "orders/quotes/begin.html", {"form": form}, status=422)
    messages.success(request, _("The proposal %(number)s is begun.") % {"number": quote.number})
    return redirect("quotes:quote", quote.public_id)


def _wished(request: HttpRequest) -> dict[str, Any]:
    """What the page that led here knows already: a customer, parts, a deal's number."""
    asked = {
        name: request.GET.get(name, "").replace("\0", "")[:2000] for name in ("parts", "customer", "deal")
    }
    customer = Customer.objects.filter(public_id=asked["customer"]).first() if asked["customer"] else None
    return {
        "parts": asked["parts"],
        "deal_number": asked["deal"][:24],
        "customer": customer.public_id if customer else "",
        "customer_name": customer.name if customer else "",
    }


def _begun(request: HttpRequest, form: BeginForm) -> Quote | None:
    """The proposal; None with the form told what is wrong, and nothing kept."""
    given, actor, now = form.cleaned_data, request.actor, timezone.now()
    try:
        with transaction.atomic():
            deal = actions.deal_numbered(given["deal_number"]) if given["deal_number"] else None
            quote = actions.begin_quote(
                customer=customer_of(form, request),
                title=given["title"],
                currency=given["currency"],
                deal=deal,
                by=actor,
                now=now,
            )
            if form.rows:
                quote = actions.add_lines(quote, wanted_of(form.rows), by=actor, now=now)
            return quote
    except actions.DealNotUsable as refused:
        form.add_error("deal_number", f"{refused.refusal.reason} {refused.refusal.who}")
    except (actions.PartsUnknown, QuoteFlawed, actions.TooManyLines) as error:
        for message in wrong_rows(form.rows, error):
            form.add_error("parts", message)
    return None


def customer_of(form: CustomerFields, request: HttpRequest) -> Customer | None:
    """The customer that is meant; one who is new joins the directory."""
    if form.new_customer is None:
        return form.known
    name, country = form.new_customer
    return find_or_add_customer(name=name, country=country, by=request.actor, now=timezone.now())


@requires(P.QUOTE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """For whom a proposal is, in which currency, from which deal, on which terms."""
    demand_maker(request.actor)
    quote = found(public_id)
    if refusal("edit", quote, request.actor):
        return too_late(request, public_id, actions.QuoteNotOpen(quote.status))
    if request.method != "POST":
        return _edit_page(request, quote, _head_form(quote))
    form = _head_form(quote, request.POST)
    if not form.is_valid():
        return _edit_page(request, quote, form, status=422)
    try:
        with transaction.atomic():
            changes = form.changes() | {"customer": customer_of(form, request)}
            actions.change_quote(
                quote, changes, by=request.actor, now=timezone.now(), version=seen_version(request)
            )
    except actions.DealNotUsable as refused:
        form.add_error("deal_number", f"{refused.refusal.reason} {refused.refusal.who}")
    except actions.DistributorUnknown:
        form.add_error("distributor", _("Choose another distributor."))
    except actions.CurrencyUnknown:
        form.add_error("currency", _("Parts have no prices in this currency in your country."))
    except REFUSED as refused:
        quote = found(public_id)
        if quote.status != QuoteStatus.DRAFT:
            return too_late(request, public_id, refused)
        return _edit_page(request, quote, form, status=409, problem=changed_words(refused))
    else:
        messages.success(request, _("The proposal is changed, and its prices are those of today."))
        return redirect("quotes:quote", public_id)
    return _edit_page(request, quote, form, status=422)


def _head_form(quote: Quote, data: Any = None) -> HeadForm:
    return HeadForm(
        data,
        quote=quote,
        currencies=currencies_in(quote.country),
        sites=queries.sites_of(_customer_id(quote, data)),
        distributors=queries.distributors(),
    )


def _customer_id(quote: Quote, data: Any) -> int | None:
    """Whose sites are offered: those of the customer who is chosen right now."""
    chosen = str((data or {}).get("customer", "")).replace("\0", "")
    if not chosen:
        return quote.customer_id
    ids = Customer.objects.filter(public_id=chosen).values_list("id", flat=True)
    return ids.first()


def _edit_page(
    request: HttpRequest, quote: Quote, form: HeadForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {"quote": quote, "form": form, "problem": problem}
    return render(request, "orders/quotes/edit.html", context, status=status)
