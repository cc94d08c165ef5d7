"""What every report of customers' orders and renewals has in common: columns, filters, and ways of summing up.

    REPORT = register(Report(…,
        source=lambda actor: RenewalItem.objects.filter(…),     # a Transactional model
        filters=found_by(Days(…), …),
        detail=Level(columns=(DUE, *OF_SITE, …), …),
        summary=Summary(groupings=(…, *BY_PLACE), …),
    ))

What asks for equality of a number, or for one customer, is answered by an index, row policies and all; see
models/standing.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.models import PriceLevel, Programme
from identity.places import countries
from reports import words
from reports.columns import Column, Type
from reports.declared import Dimension, Grouping, Measure
from reports.filters import Choice, Code, Country, Filter, Given, Named, Site, in_quotes

from .models import Customer, Relationship
from .names import search_name
from .queries import ids_named, with_customer_named

DISTRIBUTOR_SIDE = frozenset({Kind.DISTRIBUTOR, Kind.STAFF})
RESELLER_SIDE = frozenset({Kind.RESELLER, Kind.STAFF})
PUBLIC_ID = re.compile(r"[2-9a-z]{12}")


def words_of(choices: Any) -> Callable[[], dict[str, Any]]:
    """The words of a TextChoices, for a column or a filter."""
    return lambda: {str(value): label for value, label in choices.choices}


def levels() -> dict[str, Any]:
    """Price levels are letters, whatever the language; two of them have a word besides."""
    told = {PriceLevel.ED, PriceLevel.GV}
    return {level.value: level.label if level in told else level.value for level in PriceLevel}


def yes_no() -> dict[str, Any]:
    return {"true": _("Yes"), "false": _("No")}


# ------------------------------------------------------------------------------------------ columns

AGREEMENT = Column("agreement", _("Agreement"), Type.CODE, width=14)
SITE = Column("site", _("Customer's site"), Type.CODE, field="site_number", width=14)
SITE_NAME = Column("site_name", _("Name of the site"), width=34)
CUSTOMER_NUMBER = Column("customer_number", _("Customer number"), Type.CODE, width=14)
CUSTOMER = Column("customer", _("Customer"), field="customer_name", width=34)
COUNTRY = Column("country", _("Country"), words=countries, width=18)
PROGRAMME = Column("programme", _("Programme"), words=words_of(Programme), width=14)
ANNIVERSARY = Column("anniversary", _("Anniversary"), Type.DATE, field="anniversary_on")
PRICE_LEVEL = Column("price_level", _("Price level"), words=levels, width=14)
RESELLER_NUMBER = Column("reseller_number", _("Reseller's site"), Type.CODE, width=14)
RESELLER = Column("reseller", _("Reseller"), field="reseller_name", width=30)
DISTRIBUTOR_NUMBER = Column("distributor_number", _("Distributor's site"), Type.CODE, width=14)
DISTRIBUTOR = Column("distributor", _("Distributor"), field="distributor_name", width=30)

#: The columns common to all of these reports.
COMMON = (
    CUSTOMER, CUSTOMER_NUMBER, AGREEMENT, SITE, SITE_NAME, COUNTRY, PROGRAMME, ANNIVERSARY, PRICE_LEVEL,
    RESELLER, RESELLER_NUMBER, DISTRIBUTOR, DISTRIBUTOR_NUMBER,
)  # fmt: skip


# ------------------------------------------------------------------------------------------ filters


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OfCustomer(Named):
    """A customer by name, in any script, or by number; by just this name in quotation marks; or by its id."""

    def condition(self, given: Given, actor: Actor) -> Q | None:
        text = given.get(self.name, "").strip()
        if not text:
            return None
        if (name := in_quotes(text)) is not None:
            return Q(customer_id__in=_of_name(name)) if name else Q(customer_name="")
        if customer := _of_id(text):
            return Q(customer_id=customer.id)
        return Q(customer_id__in=_meant_by(text, actor))

    def words(self, given: Given) -> str:
        text = given.get(self.name, "").strip()
        customer = _of_id(text)
        return customer.name if customer else text


def _of_name(name: str) -> list[int]:
    """The customers of just this name. Rows bear their customer's name, and are found by the customer."""
    return list(
        Customer.objects.filter(search_name=search_name(name), name=name).values_list("id", flat=True)
    )


def _of_id(text: str) -> Customer | None:
    """The customer with this public id; the directory is everybody's."""
    return Customer.objects.filter(public_id=text).first() if PUBLIC_ID.fullmatch(text) else None


def _meant_by(text: str, actor: Actor) -> list[int]:
    """The customers that somebody may mean: the directory's best two hundred, and every one of the site's own."""
    found = set(ids_named(text))
    if actor.is_partner:
        own = with_customer_named(Relationship.objects.all(), text)
        found.update(own.values_list("customer_id", flat=True))
    return sorted(found)


def _months() -> Mapping[str, Any]:
    return {**{f"{month:02}": words.month_name(month) for month in range(1, 13)}, "": _("No anniversary")}


def _in_months(months: Sequence[str]) -> Q:
    found = Q(anniversary_on__month__in=[int(month) for month in months if month])
    return found | Q(anniversary_on__isnull=True) if "" in months else found


def found_by(*more: Filter) -> tuple[Filter, ...]:
    """The filters that all of these reports have, with the report's own behind the numbers."""
    return (
        OfCustomer(
            name="customer",
            label=_("Customer"),
            hint=_("A name in any script, or the beginning of a number. In quotation marks: just this name."),
        ),
        Code(name="agreement", label=_("Agreement number"), longest=12),
        Site(name="site", label=_("Customer's site number"), field="site_number"),
        *more,
        Country(name="country", label=_("Country")),
        Choice(name="programme", label=_("Programme"), choices=words_of(Programme)),
        Choice(name="anniversary", label=_("Anniversary in"), choices=_months, means=_in_months),
        Choice(name="price_level", label=_("Price level"), choices=levels),
        Site(
            name="reseller",
            label=_("Reseller's site number"),
            field="reseller_number",
            offered_to=DISTRIBUTOR_SIDE,
        ),
        Site(
            name="distributor",
            label=_("Distributor's site number"),
            field="distributor_number",
            offered_to=RESELLER_SIDE,
        ),
    )


# ------------------------------------------------------------------------------------------ summaries


def name_of(column: Column, field: str) -> Measure:
    """For a grouping by a number: the name that goes with it."""
    told = Column(f"{column.name}_name", column.label, field=f"{field}_called")
    return Measure(told, lambda: Max(field))


def by_place(stacked: Dimension | None = None) -> tuple[Grouping, ...]:
    """Ways of summing up by where and whose rows are; in a picture, told apart by `stacked`."""

    def by(column: Column, name: str = "", *also: Measure, **more: Any) -> Grouping:
        along = Dimension(column, name or column.name)
        told_apart = stacked if stacked is not None and stacked.column is not column else None
        return Grouping(
            along.narrows,
            column.label,
            (along, told_apart) if told_apart else (along,),
            also=also,
            stacked_by=told_apart.column.name if told_apart else "",
            **more,
        )

    return (
        by(CUSTOMER),
        by(AGREEMENT),
        by(SITE, "", name_of(SITE, "site_name")),
        by(COUNTRY),
        by(PROGRAMME),
        by(PRICE_LEVEL),
        by(
            RESELLER_NUMBER,
            "reseller",
            name_of(RESELLER_NUMBER, "reseller_name"),
            offered_to=DISTRIBUTOR_SIDE,
        ),
    )
