"""The list of co-sell deals, with its tabs, filters and counts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from customers.models import Customer
from identity.access import partners_only, requires
from identity.lists import address_of, counted, query_of
from identity.paging import page
from identity.places import countries
from identity.privileges import Privilege

from ...models import Location
from ...rights.possible import why_no_new_deal
from ...states import Direction, SalesStage, Sharing, Status, Substatus
from .. import listing
from ..clock import clock_of
from ..listing import EVERYTHING, ORDERS, PARAMETERS, TABS, Wanted, order_named, tab_named
from ..words import TONES

EMPTY: dict[str, tuple[str | Promise, str | Promise]] = {
    "all": (
        gettext_lazy("No deals yet"),
        gettext_lazy("Begin one to win a customer together with the vendor; deals that the vendor or other partners"
                     " send you appear here as well."),
    ),
    "inbound": (
        gettext_lazy("Nothing has come in"),
        gettext_lazy("Deals that the vendor or another partner sends you appear here, each with the day by which you"
                     " answer."),
    ),
    "outbound": (
        gettext_lazy("You have not begun a deal yet"),
        gettext_lazy("Begin one, and say how much of it the vendor's sellers see and whether you ask for their help."),
    ),
    "favourites": (
        gettext_lazy("No favourites yet"),
        gettext_lazy("Press the star beside a deal, and find it here. Only you see your favourites."),
    ),
}  # fmt: skip


@requires(Privilege.REFERRAL_VIEW)
@partners_only
@require_GET
def deal_list(request: HttpRequest) -> HttpResponse:
    """The deals that the reader sees: inbound, outbound, their favourites, or all."""
    asked, now = request.GET, timezone.now()
    tab, wanted, order = (
        tab_named(asked.get("show", "")),
        Wanted.of(asked),
        order_named(asked.get("order", "")),
    )
    found = page(listing.rows(asked, request.actor), order.by, request)
    locations = list(Location.objects.order_by("name", "id"))
    context = {
        "deals": [(deal, clock_of(deal, now), clock_of(vendor_side(deal), now)) for deal in found.items],
        "page": found,
        "tab": tab,
        "tabs": [
            (each.label, address_of("referrals:list", asked, PARAMETERS, show=each.name), each is tab, None)
            for each in TABS
        ],
        "wanted": wanted,
        "order": order,
        "filtered": wanted != EVERYTHING,
        "unfolded": any(getattr(wanted, name) for name in FOLDED) or order is not ORDERS[0],
        "query": query_of(asked, PARAMETERS),
        "here": request.get_full_path(),
        "customer": Customer.objects.filter(public_id=wanted.customer).first() if wanted.customer else None,
        "empty": EMPTY[tab.name],
        "new_refused": why_no_new_deal(request.actor),
        "choices": {
            "status": Status.choices,
            "substatus": Substatus.choices,
            "type": Sharing.choices,
            "stage": SalesStage.choices,
            "location": [(location.public_id, location.name) for location in locations],
            "order": [(each.name, each.label) for each in ORDERS],
        },
        "countries": countries(),
        "labels": {
            "substatus": dict(Substatus.choices),
            "sharing": dict(Sharing.choices),
            "stage": dict(SalesStage.choices),
            "direction": dict(Direction.choices),
        },
        "tones": TONES,
    }
    return render(request, "referrals/list.html", context)


#: Filters that are folded away unless they are in use.
FOLDED = ("substatus", "sharing", "stage", "country", "location", "close_from", "close_to")


def vendor_side(deal: Any) -> Any:
    """The vendor's side of a deal that was read with it; None where the vendor has none."""
    return getattr(deal, "vendor_side", None)


@requires(Privilege.REFERRAL_VIEW)
@partners_only
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many deals each tab has with these filters, in words: asked for after the page."""
    found = listing.counts(request.GET, request.actor)
    return JsonResponse([counted(number) for number in found], safe=False)
