"""Renewals in every state, for the pages that are looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from identity import tenancy
from identity.models import Tool
from renewals.calendar.actions import make_feed
from renewals.models import PriceNotification, RenewalItem, RenewalKind, RenewalStatus
from renewals.work import actions
from tests.cast import actor
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

#: In so many days, of what kind, in which currency, for how much.
SHOWN = (
    ("overdue", -12, RenewalKind.SUPPORT, "EUR", 1_240_000),
    ("open", 4, RenewalKind.SUPPORT, "EUR", 2_800_000),
    ("committed", 18, RenewalKind.COMMITTED_TERM, "EUR", 6_450_000),
    ("saas", 41, RenewalKind.SAAS, "USD", 980_000),
    ("monthly", 55, RenewalKind.MONTHLY, "USD", 42_000),
    ("far", 130, RenewalKind.SUPPORT, "EUR", 310_000),
    ("put off", 75, RenewalKind.SUPPORT, "EUR", 55_000),
    ("lost", 25, RenewalKind.SAAS, "EUR", 77_000),
    ("settled", 30, RenewalKind.SUPPORT, "EUR", 99_000),
)


def show_renewals(shown: Exhibition) -> None:
    cast = shown.cast
    with tenancy.as_system():
        cast.distributor.tools = [*cast.distributor.tools, Tool.REPORTING]
        cast.distributor.save()
    customer = make_customer("مستشفى النخيل")
    for site in (cast.site, cast.distributor_site):
        relate(site, customer)
    held = make_customer_site(customer, reseller=cast.site, distributor=cast.distributor_site)
    today, now = timezone.localdate(), timezone.now()
    items: dict[str, RenewalItem] = {}
    for name, days, kind, currency, amount in SHOWN:
        end = today + timedelta(days=days)
        settled = name == "settled"
        items[name] = make_item(
            held, end, reseller=cast.site, distributor=cast.distributor_site, kind=kind, currency=currency,
            extended=amount, unit_price=amount // 10, current_start=end - timedelta(days=364), current_end=end,
            new_start=end + timedelta(days=1), new_end=end + timedelta(days=365), auto_renew=name == "saas",
            status=RenewalStatus.ORDERED if settled else RenewalStatus.EXPIRED if days < 0 else "open",
            settled_on=today if settled else None,
        )  # fmt: skip
    shown.things |= {f"{name} renewal": item for name, item in items.items()}
    by = actor(cast.primary)
    with tenancy.scope(by):
        actions.assign_item(items["open"], to=cast.secondary.public_id, by=by, now=now)
        actions.note_item(items["open"], text="Asked for 15 instead of 10.", by=by, now=now)
        actions.snooze_item(items["put off"], until=today + timedelta(days=20), by=by, now=now)
        actions.lose_item(items["lost"], reason="budget", text="No money this year.", by=by, now=now)
        make_feed(with_names=False, only_mine=False, language="en", by=by, now=now)
    with tenancy.as_system():
        of = items["open"]
        PriceNotification.objects.create(
            reference="PN-1", customer_site=held, reseller=cast.site, quote_number=of.quote_number,
            line_number=of.line_number, part_number=of.part_number, description=of.description, currency="EUR",
            old_price=270_000, new_price=280_000, change_bp=370, notified_on=today, effective_on=of.new_start,
            opt_out_by=of.due_on,
        )  # fmt: skip
