"""The list of quotes, and how many there are behind each tab."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from identity.access import requires
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
        "tabs": [(each.label, address(asked, show=each.name), each is tab, None) for each in tabs_of(actor)],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": _query(asked),
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
    return JsonResponse([_counted(number) for number in found], safe=False)


def _counted(number: int) -> str:
    return _("%(number)d+") % {"number": listing.COUNTED} if number > listing.COUNTED else str(number)


def _query(asked: Any, **changes: str) -> str:
    kept = {name: asked.get(name, "") for name in PARAMETERS} | changes
    return urlencode({name: value for name, value in kept.items() if value})


def address(asked: Any, **changes: str) -> str:
    """The list's address with something changed, from its first page on."""
    query = _query(asked, **changes)
    return f"{reverse('quotes:list')}?{query}" if query else reverse("quotes:list")
