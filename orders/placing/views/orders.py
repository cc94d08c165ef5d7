"""The list of orders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.lists import address_of, counted, query_of
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
        "tabs": [
            (each.label, address_of("orders:list", asked, PARAMETERS, show=each.name), each is tab, None)
            for each in TABS
        ],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": query_of(asked, PARAMETERS),
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
    return JsonResponse([counted(number) for number in found], safe=False)
