"""The list of quotes, and how many there are behind each tab."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.lists import address_of, counted, query_of
from identity.paging import page

from ...models import QuoteKind, QuoteStatus
from .. import listing
from ..listing import EVERYTHING, PARAMETERS, Wanted, tab_named, tabs_of
from ..possible import SEERS, demand_reader
from ..words import TONES


@requires(*SEERS)
@require_GET
def quote_list(request: HttpRequest) -> HttpResponse:
    """What the site offers its customers; to the vendor's people, what partners have opened."""
    demand_reader(request.actor)
    actor, now, asked = request.actor, timezone.now(), request.GET
    tab, wanted = tab_named(asked.get("show", ""), actor), Wanted.of(asked)
    found = listing.narrowed(listing.quotes_in(tab, now.date()), wanted, actor)
    quotes = page(found.select_related("site"), listing.NEWEST, request)
    context = {
        "quotes": quotes.items,
        "page": quotes,
        "tab": tab,
        "tabs": [
            (each.label, address_of("quotes:list", asked, PARAMETERS, show=each.name), each is tab, None)
            for each in tabs_of(actor)
        ],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": query_of(asked, PARAMETERS),
        "tones": TONES,
        "labels": dict(QuoteStatus.choices),
        "kinds": QuoteKind.choices,
        "today": now.date(),
    }
    return render(request, "orders/quotes/list.html", context)


@requires(*SEERS)
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many quotes each tab has with these filters, in words: asked for after the page."""
    demand_reader(request.actor)
    found = listing.counts(Wanted.of(request.GET), request.actor, now=timezone.now())
    return JsonResponse([counted(number) for number in found], safe=False)
