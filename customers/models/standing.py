"""What partners may know of a customer: rows that name a reseller and a distributor, and for how long each sees them.

The rule, kept by the database alone (see the README): a site sees a row when it stands on it, and has a relationship
with its customer that holds on the day on which the row was settled, or today while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models import PriceLevel, Programme, Site
from identity.tenancy import DISTRIBUTOR, OWNER, RESELLER, SITE, STAFF, Rule, may

from .directory import Customer

TODAY = "(select (now() at time zone 'utc')::date)"
#: From when on a row is seen whose day is over: ever since.
EVER = "0001-01-01"


def seen_as(role: str) -> str:
    """An SQL condition: the reader's site stands on the row as this, and today is one of the days it sees it."""
    return (
        f"{role}_id = {SITE} and {role}_from <= {TODAY} and ({role}_until is null or {role}_until > {TODAY})"
    )


#: The policies of every transactional table.
TRANSACTIONAL: tuple[Rule, ...] = (
    may(RESELLER, "select", seen_as("reseller")),
    may(DISTRIBUTOR, "select", seen_as("distributor")),
    may(STAFF, "select insert update"),
    may(OWNER, "select update"),  # for the triggers that bring rows in line
)

#: What the database fills in; nobody else writes it.
KEPT = (
    "reseller_from", "reseller_until", "distributor_from", "distributor_until",
    "agreement", "site_number", "site_name", "country", "programme", "anniversary_on", "price_level",
    "customer_number", "customer_name",
    "reseller_number", "reseller_name", "distributor_number", "distributor_name",
)  # fmt: skip


def _of(model: Any, **extra: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(model, on_delete=models.PROTECT, related_name="+", db_index=False, **extra)


class Transactional(models.Model):
    """Everything of a customer that its reseller and its distributor may know has these columns.

    A writer gives `customer` (or the customer site, see OfCustomerSite), `reseller`, `distributor` and `settled_on`;
    a trigger fills in the rest, and triggers on what they are copied from bring them in line.
    """

    customer = _of(Customer, null=True, blank=True)
    reseller = _of(Site, null=True, blank=True)
    distributor = _of(Site, null=True, blank=True)
    # The day that decides who sees it: an order's, the one on which a renewal was closed. Null: today does.
    settled_on = models.DateField(null=True, blank=True)
    reseller_from = models.DateField(
        null=True, blank=True, editable=False
    )  # null: the reseller never sees it
    reseller_until = models.DateField(
        null=True, blank=True, editable=False
    )  # the first day on which it does not
    distributor_from = models.DateField(null=True, blank=True, editable=False)
    distributor_until = models.DateField(null=True, blank=True, editable=False)
    agreement = models.CharField(_("agreement"), max_length=12, blank=True, default="")
    site_number = models.CharField(_("customer's site"), max_length=7, blank=True, default="")
    site_name = models.CharField(_("name of the site"), max_length=200, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    programme = models.CharField(
        _("programme"), max_length=12, choices=Programme.choices, blank=True, default=""
    )
    anniversary_on = models.DateField(_("anniversary"), null=True, blank=True)
    price_level = models.CharField(
        _("price level"), max_length=2, choices=PriceLevel.choices, blank=True, default=""
    )
    customer_number = models.CharField(_("customer number"), max_length=7, blank=True, default="")
    customer_name = models.CharField(_("customer"), max_length=200, blank=True, default="")
    reseller_number = models.CharField(_("reseller's site"), max_length=7, blank=True, default="")
    reseller_name = models.CharField(_("reseller"), max_length=200, blank=True, default="")
    distributor_number = models.CharField(_("distributor's site"), max_length=7, blank=True, default="")
    distributor_name = models.CharField(_("distributor"), max_length=200, blank=True, default="")

    class Meta:
        abstract = True


class OfCustomerSite(Transactional):
    """A transactional row about one of a customer's sites. Without a site it is about the customer alone."""

    customer_site = _of("customers.CustomerSite", null=True, blank=True)

    class Meta:
        abstract = True


def standing_indexes(name: str, *orders: tuple[str, ...], counted: bool = False) -> list[models.Index]:
    """Indexes by which a transactional table is found by customer, agreement and customer's site, and by which each
    reader gets its first page in each of these orders. `name` begins their names. `counted`: counting is all that its
    totals do.
    """
    numbers = {"customer": "customer", "agreement": "agreement", "site": "site_number"}
    found = [
        models.Index(fields=[field, "id"], name=f"{name}_by_{called}")
        for called, field in numbers.items()
        if (field,) not in orders  # the vendor's index does
    ]
    found += standing_orders(name, *orders, days=not counted)
    return [*found, *standing_days(name)] if counted else found


def standing_orders(
    name: str, *orders: tuple[str, ...], condition: models.Q | None = None, days: bool = True
) -> list[models.Index]:
    """For each order (names of fields, "-" for downwards, all in one direction, without the id) an index by reseller,
    one by distributor, and one for the vendor. With a condition: of the rows alone that a list is only ever of.

    The first of a reader holds the days on which it sees each row, so that its rows are counted without being read;
    unless `days` are held elsewhere.
    """
    found = []
    for number, order in enumerate(orders):
        last = "-id" if order[-1].startswith("-") else "id"
        for reader in (("reseller",), ("distributor",), ()):
            called = f"{name}_{(reader or ('all',))[0][:4]}_{number}"
            held = [f"{role}_{end}" for role in reader for end in ("from", "until") if days and number == 0]
            found.append(
                models.Index(
                    fields=[*reader, *order, last], name=called, condition=condition, include=held or None
                )
            )
    return found


def standing_days(name: str) -> list[models.Index]:
    """For each reader an index of the days alone, of a table whose totals are counts: there a policy's comparing of
    days row by row is half as much as the counting itself, and here an index spares most of it.
    """
    return [
        models.Index(
            fields=[role, f"{role}_from", "id"], name=f"{name}_{role[:4]}_days", include=[f"{role}_until"]
        )
        for role in ("reseller", "distributor")
    ]


def transactional_models() -> Iterator[type[Transactional]]:
    """Every table of transactional rows, whichever app it belongs to."""
    models_: Iterable[type[models.Model]] = apps.get_models()
    yield from (model for model in models_ if issubclass(model, Transactional))
