"""The list of orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.paging import page

from ...models import OrderStatus
from .. import listing
from ..listing import EVERYTHING, PARAMETERS, TABS, Wanted, tab_named
from ..possible import SEERS, placing_refused
from ..words import TONES


@requires(*SEERS)
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """Orders that the reader's site stands on, from the vendor's systems and placed here; to the vendor all of them."""
    asked = request.GET
    tab, wanted = tab_named(asked.get("show", "")), Wanted.of(asked)
    orders = page(listing.narrowed(listing.orders_in(tab), wanted), listing.NEWEST, request)
    context = {
        "orders": orders.items,
        "page": orders,
        "tab": tab,
        "tabs": [(each.label, _address(asked, show=each.name), each is tab, None) for each in TABS],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": _query(asked),
        "labels": dict(OrderStatus.choices),
        "tones": TONES,
        "placing_refused": placing_refused(request.actor),
    }
    return render(request, "orders/placing/list.html", context)


@requires(*SEERS)
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many orders each tab has with these filters, in words: asked for after the page."""
    found = listing.counts(Wanted.of(request.GET))
    return JsonResponse([_counted(number) for number in found], safe=False)


def _counted(number: int) -> str:
    return _("%(number)d+") % {"number": listing.COUNTED} if number > listing.COUNTED else str(number)


def _query(asked: Any, **changes: str) -> str:
    kept = {name: asked.get(name, "") for name in PARAMETERS} | changes
    return urlencode({name: value for name, value in kept.items() if value})


def _address(asked: Any, **changes: str) -> str:
    query = _query(asked, **changes)
    return f"{reverse('orders:list')}?{query}" if query else reverse("orders:list")
