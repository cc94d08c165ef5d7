"""A customer of whom everything is known, for its page and for the reports."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from orders.models import FulfilmentStatus
from renewals.models import EntitlementKind, RenewalKind
from tests.customers.held import make_agreement, make_customer_site, make_item, make_order, relate
from tests.customers.told import (
    make_change,
    make_element,
    make_entitlement,
    make_fulfilment,
    make_overage,
    make_price_notice,
)
from tests.deals.factories import make_customer

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show_customers(shown: Exhibition) -> None:
    cast, today = shown.cast, timezone.localdate()
    customer = make_customer(
        "Lotus Foods", "EG", number="5550001", tax_id="526104082", web_domain="lotus.example"
    )
    for site in (cast.site, cast.distributor_site):
        relate(site, customer)
    parties = {"reseller": cast.site, "distributor": cast.distributor_site}
    contract = make_agreement(customer, number="AG700001")
    held = make_customer_site(customer, contract=contract, site_number="3900001", **parties)
    for number in range(10):
        make_entitlement(held, quantity=5 + number, **parties)
    make_entitlement(
        held, kind=EntitlementKind.SUPPORT, part_number="E0ABCRR", description="Flow Designer, support",
        coverage_start=today - timedelta(days=395), coverage_end=today - timedelta(days=30), **parties,
    )  # fmt: skip
    make_entitlement(
        held, kind=EntitlementKind.COMMITTED_TERM, part_number="D0TERMX", description="Flow Analyst, 12 months",
        coverage_start=today - timedelta(days=330), coverage_end=today + timedelta(days=35), **parties,
    )  # fmt: skip
    make_entitlement(
        held, kind=EntitlementKind.SAAS, part_number="D0SAASL", description="Flow Cloud, 12 months", **parties
    )
    for days, kind in ((10, RenewalKind.SUPPORT), (45, RenewalKind.COMMITTED_TERM), (120, RenewalKind.SAAS)):
        make_item(held, today + timedelta(days=days), kind=kind, points=12.5, **parties)
    for days in (5, 40, 70):
        make_order(held, today - timedelta(days=days), lines=2, **parties)
    service = make_fulfilment(held, **parties)
    make_fulfilment(held, status=FulfilmentStatus.ACTIVE, **parties)
    make_element(service, "Site name", "lotus")
    make_element(service, "Administrator's e-mail")
    make_overage(held, **parties)
    make_change(held, **parties)
    make_price_notice(held, **parties)
    shown.things["known customer"] = customer
