"""One order: its page, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.countries import country_name
from deals.forms.fields import Text, area
from identity.access import PrivilegeMissing, requires
from identity.actors import Actor, Kind
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version

from ...models import Order, OrderLine, OrderStatus, Quote
from .. import actions
from ..possible import SEERS, deeds_for, demand_placing, refusal
from ..words import TONES

P = Privilege
LINES_SHOWN = 500


class RejectForm(forms.Form):
    text = Text(
        label=gettext_lazy("Why is it rejected?"),
        max_length=500,
        widget=area(3),
        help_text=gettext_lazy("The reseller reads it. Say what would make it acceptable."),
    )


@requires(*SEERS)
@require_GET
def order_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """An order with its lines."""
    return order_page(
        request, get_object_or_404(Order.objects.select_related("customer"), public_id=public_id)
    )


def order_page(
    request: HttpRequest,
    order: Order,
    *,
    status: int = 200,
    reject: RejectForm | None = None,
    problem: str | Promise = "",
) -> HttpResponse:
    context = {
        "order": order,
        "lines": list(OrderLine.objects.filter(order=order).order_by("position")[:LINES_SHOWN]),
        "quote": _quote_of(order, request.actor),
        "status_label": OrderStatus(order.status).label,
        "tone": TONES[order.status],
        "country": country_name(order.country) if order.country else "",
        "deeds": deeds_for(order, request.actor),
        "reject": reject or RejectForm(auto_id="id_reject_%s"),
        "problem": problem,
    }
    return render(request, "orders/placing/order.html", context, status=status)


def _quote_of(order: Order, actor: Actor) -> Mapping[str, Any] | None:
    """The quote that an order came of, for those who read quotes: distributors do not."""
    if not order.quote_number or actor.kind is Kind.DISTRIBUTOR:
        return None
    found = Quote.objects.filter(number=order.quote_number, site_id=order.reseller_id)
    return found.exclude(status="draft").order_by("-revision").values("public_id", "number").first()


@requires(P.ORDER_PLACE)
@require_POST
@once
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call an order off, until the vendor has taken it."""
    demand_placing(request.actor)
    return _do(request, public_id, "cancel", _("The order is cancelled, and the vendor is told."))


@requires(P.ORDER_DECIDE)
@require_POST
@once
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, "accept", _("The order is accepted, and the reseller is told."))


@requires(P.ORDER_DECIDE)
@require_POST
@once
def reject(request: HttpRequest, public_id: str) -> HttpResponse:
    order = get_object_or_404(Order, public_id=public_id)
    form = RejectForm(request.POST, auto_id="id_reject_%s")
    if not form.is_valid():
        return order_page(request, order, status=422, reject=form)
    done = _("The order is rejected, and the reseller is told.")
    return _do(request, public_id, "reject", done, text=form.cleaned_data["text"])


ACTS: dict[str, Callable[..., Order]] = {
    "cancel": actions.cancel_order,
    "accept": actions.accept_order,
    "reject": actions.reject_order,
}


def _do(request: HttpRequest, public_id: str, name: str, done: str, **given: str) -> HttpResponse:
    order = get_object_or_404(Order, public_id=public_id)
    refused = refusal(name, order, request.actor)
    if refused and not order.placed_here:
        raise PrivilegeMissing(refused)
    try:
        ACTS[name](order, by=request.actor, now=timezone.now(), version=seen_version(request), **given)
    except actions.OrderNotOpen as closed:
        status = OrderStatus(closed.status).label
        problem = _("This is not possible any more. The order is now: %(status)s.") % {"status": status}
    except actions.OrderChanged:
        problem = _("Somebody changed this order since you opened it. Here is how it is now.")
    else:
        messages.success(request, done)
        return redirect("orders:order", public_id)
    order.refresh_from_db()
    return order_page(request, order, status=409, problem=problem)
