"""The list of subscriptions: its tabs and filters, for page and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.queries import ids_named
from identity.lists import named, typed
from identity.numbering import as_typed

from ..models import Service, Subscription, SubscriptionStatus

S = SubscriptionStatus
NEWEST = ("-starts_on", "-id")
FIRST_TO_END = ("day", "id")
PARAMETERS = ("show", "q", "service", "ends", "customer", "organisation")
#: In so many days what ends is asked for.
ENDS = (30, 60)


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    name: str
    label: str | Promise
    statuses: tuple[str, ...] | None = None


ALL = Tab("all", _("All subscriptions"))
TABS = (
    ALL,
    Tab("active", pgettext_lazy("subscriptions", "Active"), (S.ACTIVE,)),
    Tab("trials", _("Trials"), (S.TRIAL, S.TRIAL_EXPIRED)),
    Tab("suspended", _("Suspended"), (S.SUSPENDED,)),
    Tab("cancelled", pgettext_lazy("subscriptions", "Cancelled"), (S.CANCELLED,)),
    Tab("deleted", _("Deleted"), (S.DELETED,)),
)


def tab_named(name: str) -> Tab:
    return named(TABS, name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters by; what is empty does not narrow. `customer` and `organisation` are public ids."""

    text: str = ""
    service: str = ""
    ends: int = 0  # days from today
    customer: str = ""
    organisation: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        service, ends = typed(asked, "service"), typed(asked, "ends")
        return cls(
            typed(asked),
            service if service in Service.values else "",
            next((days for days in ENDS if str(days) == ends), 0),
            typed(asked, "customer", 12),
            typed(asked, "organisation", 12),
        )

    @property
    def order(self) -> tuple[str, ...]:
        return FIRST_TO_END if self.ends else NEWEST


EVERYTHING = Wanted()


def subscriptions_in(tab: Tab) -> QuerySet[Subscription]:
    found = Subscription.objects.all()
    return found if tab.statuses is None else found.filter(status__in=tab.statuses)


def narrowed(found: QuerySet[Subscription], wanted: Wanted, *, today: date) -> QuerySet[Subscription]:
    """`today` is the reader's: from it on it is counted what ends soon."""
    if wanted.service:
        found = found.filter(services__contains=[wanted.service])
    if wanted.customer:
        found = found.filter(customer__public_id=wanted.customer)
    if wanted.organisation:
        found = found.filter(organisation__public_id=wanted.organisation)
    if wanted.ends:
        # What is asked for by its end has one, which paging wants to know.
        last = today + timedelta(days=wanted.ends)
        found = found.annotate(day=ExpressionWrapper(F("ends_on"), output_field=DateField()))
        found = found.filter(ends_on__gte=today, ends_on__lte=last)
    if wanted.text:
        number = as_typed(wanted.text)
        found = found.filter(
            Q(number__begins=number)
            | Q(part_number=number)
            | Q(agreement=number)
            | Q(organisation_name__begins=wanted.text)
            | Q(customer_id__in=ids_named(wanted.text))
        )
    return found
