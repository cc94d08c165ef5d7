"""How files of other apps name parts, money and coverage, and what they keep of a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Derived, FeedColumn, Words
from feeds.tables import Check, LookUp, To

from ..models import Part
from ..quoting.months import months_covered
from .feed import NUMBER

# So that sums of thousands of lines are whole numbers of the database still.
MOST_MONEY = 10**12  # of one, in the minor unit
MOST_EXTENDED = 10**15
NO_PART = _("There is no part of this number. Send the parts first.")

PART_NUMBER = FeedColumn(
    "part_number",
    _("Part number"),
    NUMBER,
    aliases=("part", "part no", "material", "sku"),
    text=_("Of a part that is there already."),
    example="D0ABCLL",
)
PART = LookUp("part", Part, "part.number = s.part_number", "part_number", NO_PART, "unknown_part")
CURRENCY = FeedColumn(
    "currency",
    _("Currency"),
    values.Currency(),
    aliases=("currency code", "ccy"),
    text=_("Of all amounts of the row."),
    example="PLN",
)


def part_of(column: str, label: Words, *aliases: str) -> tuple[FeedColumn, LookUp]:
    """A further column that names a part, and its look-up, known by the column's name."""
    named = FeedColumn(column, label, NUMBER, aliases=aliases, example="D0ABCLL")
    return named, LookUp(
        f"{column}_named", Part, f"{column}_named.number = s.{column}", column, NO_PART, "unknown_part"
    )


def quantity(name: str, label: Words, most: int, *, aliases: tuple[str, ...] = ()) -> FeedColumn:
    return FeedColumn(name, label, values.Whole(min=1, max=most), aliases=aliases, example="25")


def unit_price(name: str, label: Words, *aliases: str) -> FeedColumn:
    """What one costs, by the row's currency."""
    return FeedColumn(
        name, label, values.Amount("currency", max=MOST_MONEY), aliases=aliases, example="120.00"
    )


# What is kept beside the number is the part's as it was when the row was written.
_KEPT = "CASE WHEN t.part_number = s.part_number THEN t.{0} ELSE part.{1} END"
UNIT_POINTS = f"coalesce(s.unit_points, {_KEPT.format('unit_points', 'points')})"
POINTS = FeedColumn(
    "unit_points",
    _("points a unit"),
    values.Decimal(places=2, max="99999.99"),
    required=False,
    aliases=("points", "points per unit"),
    text=_("Blank: the part's."),
    example="4.50",
)


def of_part(*columns: str) -> Iterator[To]:
    """The part, its number, and those of its `description`, `part_type` and `metric` that the table keeps."""
    yield To("part_number", "part_number")
    source = {"description": "description", "part_type": "type", "metric": "metric"}
    if "part_id" in columns:
        yield To("part_id", "part_number", sql="part.id", otherwise="null", name="part_id")
    for column in columns:
        if column in source:
            yield To(column, "part_number", sql=_KEPT.format(column, source[column]), name=column)


def points_to() -> Iterator[To]:
    yield To("unit_points", "part_number", sql=UNIT_POINTS, otherwise="0", name="unit_points")
    yield To("points", "quantity", sql=f"s.quantity * {UNIT_POINTS}", otherwise="0", name="points")


EXTENDED = "coalesce(s.extended, s.quantity * s.unit_price)"
TOO_MUCH = Check(
    f"s.quantity::numeric * s.unit_price > {MOST_EXTENDED}",
    "unit_price",
    _("Quantity and price make more money than there is. Look at both."),
    "too_much",
)


def extended(text: Words) -> FeedColumn:
    return FeedColumn(
        "extended",
        _("Extended price"),
        values.Amount("currency", max=MOST_EXTENDED),
        required=False,
        aliases=("extended amount", "extended price", "amount", "line total"),
        text=text,
        example="3000.00",
    )


# ------------------------------------------------------------------------------------------------------ coverage


def day(name: str, label: Words, *aliases: str, required: bool = False, example: str = "") -> FeedColumn:
    return FeedColumn(name, label, values.Day(), required=required, aliases=aliases, example=example)


def covered(name: str, first: str, last: str) -> Derived:
    """How many months the days of two columns cover, both included."""
    return Derived(name, (first, last), _months)


def _months(starts: Sequence[date | None], ends: Sequence[date | None]) -> list[str | None]:
    return [
        str(months_covered(start, end)) if start and end and start <= end else None
        for start, end in zip(starts, ends, strict=True)
    ]


def coverage_checks(first: str, last: str) -> Iterator[Check]:
    """An end without a start, and one before it."""
    yield Check(
        f"s.{last} IS NOT NULL AND s.{first} IS NULL",
        first,
        _("Give the day on which the coverage starts as well."),
        "no_start",
    )
    yield Check(
        f"s.{last} < s.{first}",
        last,
        _("The coverage ends before it starts, on %(start)s."),
        "ends_before_it_starts",
        {"start": f"s.{first}"},
    )


def months_column() -> FeedColumn:
    return FeedColumn(
        "months",
        _("Months"),
        values.Whole(min=1, max=1200),
        required=False,
        aliases=("term", "term months"),
        text=_("That the coverage is for. Blank: as many as its days make; a month that has begun counts."),
        example="12",
    )


def months_check(derived: str) -> Check:
    return Check(
        f"s.months <> s.{derived}::int",
        "months",
        _("These days are %(months)s months; one that has begun counts as a whole."),
        "months_differ",
        {"months": f"s.{derived}"},
    )
