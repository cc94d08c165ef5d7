"""Quotes and orders in every state, for the pages that are looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from identity import tenancy
from identity.models import StaffRole
from orders.models import Quote
from orders.placing import actions as placing
from orders.quotes import WantedLine, actions
from tests.cast import actor
from tests.customers.held import make_customer_site
from tests.deals.factories import make_customer, make_part
from tests.factories import make_user
from tests.orders.made import make_quote

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

LICENCE = "D0ABCLL"


def show_quotes(shown: Exhibition) -> None:
    cast, now = shown.cast, timezone.now()
    by = actor(cast.primary)
    make_part("D0NOPRC", description="A part that has no price here")
    customer = make_customer("Oasis Clinics")
    held = [make_customer_site(customer, reseller=cast.site) for _each in range(2)]
    with tenancy.as_system():
        for each in held:
            each.refresh_from_db()
    wanted = [
        WantedLine(part_number=LICENCE, quantity=2, customer_site=held[0]),
        WantedLine(
            part_number=LICENCE, quantity=10, installed=10, covered_until=date(2027, 3, 31),
            coverage_start=date(2027, 6, 1), customer_site=held[1],
        ),
        WantedLine(part_number="D0NOPRC", quantity=1),
    ]  # fmt: skip
    proposal = make_quote(cast.primary, wanted=wanted, customer_site=held[0], title="Branches, phase 2")
    empty = make_quote(cast.primary)
    mergeable = make_quote(cast.primary, (LICENCE, 1), customer_site=held[0])

    def opened(quantity: int, **extra: object) -> Quote:
        quote = make_quote(cast.primary, (LICENCE, quantity), customer=customer, **extra)
        with tenancy.scope(by):
            return actions.open_quote(quote, terms="30 days net.", by=by, now=now)

    quotes = {"open": opened(4), "in part": opened(6, distributor=cast.distributor_site), "closed": opened(1)}
    with tenancy.scope(by):
        actions.close_quote(quotes["closed"], reason="The customer has no budget.", by=by, now=now)
        (line,) = actions.lines_of(quotes["in part"])
        placed = placing.order_quote(quotes["in part"], {line.public_id: 2}, by=by, now=now)
        rejected = placing.order_quote(quotes["in part"], {line.public_id: 1}, by=by, now=now)
        soon = make_quote(cast.primary, (LICENCE, 3), customer=customer)
        actions.open_quote(soon, valid_until=now.date() + timedelta(days=3), by=by, now=now)
    vendor = actor(make_user("Olga Orders", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
    with tenancy.scope(vendor):
        placing.reject_order(rejected, text="The legal entity is missing.", by=vendor, now=now)
    shown.things |= {f"{name} quote": quote for name, quote in quotes.items()}
    shown.things |= {
        "proposal quote": proposal, "empty quote": empty, "mergeable quote": mergeable,
        "placed order": placed, "rejected order": rejected,
    }  # fmt: skip
