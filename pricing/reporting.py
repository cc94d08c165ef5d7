"""What reports of lines have in common: columns of what was bought and what it costs, filters, and sums.

Amounts are in minor units of the row's `currency`, and never added up across currencies.
"""

from __future__ import annotations

from django.db.models import BigIntegerField, Count, DecimalField, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.reporting import name_of, words_of
from reports.columns import Column, Type
from reports.declared import Dimension, Grouping, Measure, Words
from reports.filters import Choice, Code, Filter

from .models import Metric, PartType
from .money import currency_choices

PART = Column("part", _("Part"), Type.CODE, field="part_number", width=10)
DESCRIPTION = Column("description", _("Description"), width=40)
PART_TYPE = Column("part_type", _("Part type"), words=words_of(PartType), width=24)
METRIC = Column("metric", _("Metric"), words=words_of(Metric), width=20)
QUANTITY = Column("quantity", _("Quantity"), Type.NUMBER)
UNIT_POINTS = Column("unit_points", _("Points a unit"), Type.DECIMAL)
POINTS = Column("points", _("Points"), Type.DECIMAL)
MONTHS = Column("months", _("Months"), Type.NUMBER)
CURRENCY = Column("currency", _("Currency"), Type.CODE, width=9)
UNIT_PRICE = Column("unit_price", _("Unit price"), Type.MONEY, currency="currency")
EXTENDED = Column("extended", _("Extended price"), Type.MONEY, currency="currency")

#: The columns common to all lines.
OF_PART = (PART, DESCRIPTION, PART_TYPE, METRIC, QUANTITY, UNIT_POINTS, POINTS)

BY_PART_TYPE = Dimension(PART_TYPE, "part_type")
BY_PART = Grouping("part", _("Part"), (Dimension(PART, "part"),), also=(name_of(DESCRIPTION, "description"),))
BY_CURRENCY = Dimension(CURRENCY, "currency")


def part_filter(field: str = "part_number", column: str = "part") -> Filter:
    return Code(name=column, label=_("Part number"), field=field, lookup="begins", longest=7)


def part_type_filter() -> Filter:
    return Choice(name="part_type", label=_("Part type"), choices=words_of(PartType))


def currency_filter() -> Filter:
    return Choice(
        name="currency", label=_("Currency"), choices=lambda: dict(currency_choices()), several=False
    )


def counted(label: Words) -> Measure:
    """How many rows there are, under their name."""
    return Measure(Column("rows", label, Type.NUMBER, field="number_of_rows"), lambda: Count("id"))


def amount(label: Words, field: str) -> Measure:
    """The sum of an amount, currency by currency."""
    column = Column(field, label, Type.MONEY, field=f"sum_of_{field}", currency="currency")
    return Measure(column, lambda: Coalesce(Sum(field), Value(0), output_field=BigIntegerField()))


def points() -> Measure:
    none = Value(0, output_field=DecimalField(max_digits=20, decimal_places=2))
    column = Column("points", _("Points"), Type.DECIMAL, field="sum_of_points")
    return Measure(column, lambda: Coalesce(Sum("points"), none))
