"""What is known of a customer's orders and services, for its page."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.about import Section, of_report, section
from customers.models import Customer
from identity.actors import Actor

from .reports.history import HISTORY
from .reports.services import FULFILMENT


@section(place=48)
def services(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        FULFILMENT, customer, actor, key="services", title=_("Services being set up"), order="newest",
        columns=("number", "line", "description", "quantity", "status", "waits_for"),
    )  # fmt: skip


@section(place=50)
def orders(customer: Customer, actor: Actor, now: datetime) -> Section | None:
    return of_report(
        HISTORY, customer, actor, key="orders", title=_("Orders"), order="newest",
        columns=("number", "ordered", "site", "lines", "total", "status", "po"),
        empty=_("Nothing was ordered that you may see."),
    )  # fmt: skip
