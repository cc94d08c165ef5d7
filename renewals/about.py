"""What is known of a customer's renewals and inventory, for its page."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.about import Section, of_report, section
from customers.models import Customer
from identity.actors import Actor

from .models import EntitlementKind
from .reports.coming import RENEWAL_ITEMS
from .reports.inventory import INVENTORY
from .reports.prices import PRICE_NOTIFICATIONS
from .reports.usage import LICENCE_UPDATES, SUPPRESSED_OVERAGE

SUBSCRIBED = [EntitlementKind.SUBSCRIPTION, EntitlementKind.SAAS, EntitlementKind.MONTHLY]


@section(place=20)
def renewals(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        RENEWAL_ITEMS, customer, actor, key="renewals", title=_("To be renewed"), order="due",
        columns=("due", "quote", "line", "description", "site", "quantity", "extended", "status"),
        empty=_("Nothing can be renewed today."),
    )  # fmt: skip


@section(place=30)
def inventory(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    owned = [kind for kind in EntitlementKind if kind not in SUBSCRIBED]
    return of_report(
        INVENTORY, customer, actor, key="inventory", title=_("Inventory"), order="part",
        columns=("reference", "kind", "part", "description", "site", "quantity", "ends"),
        empty=_("No licences, support or terms are known."),
        narrowed={"kind__in": owned}, query={"kind": owned},
    )  # fmt: skip


@section(place=40)
def subscriptions(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        INVENTORY, customer, actor, key="subscriptions", title=_("Subscriptions"), order="part",
        columns=("reference", "kind", "part", "description", "site", "quantity", "ends"),
        empty=_("No subscriptions are known."),
        narrowed={"kind__in": SUBSCRIBED}, query={"kind": SUBSCRIBED},
    )  # fmt: skip


@section(place=42)
def licence_updates(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        LICENCE_UPDATES, customer, actor, key="updates", title=_("Subscription licence updates"),
        order="newest",
        columns=("reference", "in_force", "subscription", "description", "old_quantity", "new_quantity"),
    )  # fmt: skip


@section(place=44)
def overage(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        SUPPRESSED_OVERAGE, customer, actor, key="overage", title=_("Suppressed overage"), order="newest",
        columns=("reference", "measured_to", "description", "entitled", "used", "overage", "amount"),
    )  # fmt: skip


@section(place=46)
def price_notifications(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        PRICE_NOTIFICATIONS, customer, actor, key="prices", title=_("Renewal price notifications"),
        order="opt_out",
        columns=("reference", "description", "old_price", "new_price", "change", "effective", "opt_out"),
    )  # fmt: skip
