"""What changed in a price book since an edition: which parts came, went, or cost something else, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from reports.columns import Column, Type
from reports.tables import Table

from .models import ChangeKind, PriceBook, PriceChange, PriceEdition, changes_between
from .models.prices import COLUMNS, PriceColumns
from .part_search import meant_by
from .shelf import Entitled, Shelf

# In hundredths of a per cent, so that one less than nothing left says that there is no percentage.
NO_PERCENTAGE = -10_001
LAST = 2**62  # the same among falls, where the least come first
ORDERS = {
    "number": ("part__number",),
    "rises": ("-rise", "-part__number"),
    "falls": ("fall", "part__number"),
}


class Rise(Func):
    """By how many hundredths of a per cent a price rose; halves are rounded away from zero, as PostgreSQL does.

    `otherwise` where there is nothing to compare, or nothing to be a part of: no price before or after, or one of 0.
    """

    template = "coalesce(round(10000.0 * (%(new)s - %(old)s) / nullif(%(old)s, 0))::bigint, %(otherwise)s)"
    output_field = BigIntegerField()

    def __init__(self, column: str, otherwise: int = NO_PERCENTAGE) -> None:
        super().__init__(F(f"old_{column}"), F(f"new_{column}"))
        self.otherwise = otherwise

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        old, new = (compiler.compile(source)[0] for source in self.get_source_expressions())
        return self.template % {"old": old, "new": new, "otherwise": int(self.otherwise)}, []


def percentage(rise: int | None) -> Decimal | None:
    """A Rise as a percentage with two decimals; None where there is none."""
    return None if rise is None or rise == NO_PERCENTAGE else Decimal(rise).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which differences are looked at."""

    since: PriceEdition
    until: PriceEdition
    column: str  # the price that is shown, and ordered by
    kind: str = ""
    q: str = ""
    line: str = ""  # a product line's code


def changes(asked: Asked) -> QuerySet[PriceChange]:
    """The parts whose prices differ, unordered; `rise` is that of the price looked at.

    A part counts as changed when any price differs that the reader may see.
    """
    found = changes_between(asked.since.id, asked.until.id)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.q:
        found = found.filter(meant_by(asked.q, "part__"))
    if asked.line:
        found = found.filter(part__line__code=asked.line)
    return found.annotate(rise=Rise(asked.column), fall=Rise(asked.column, otherwise=LAST))


def totals(asked: Asked) -> dict[str, int]:
    """How many were added, removed and changed, whichever kind is shown; and in the price looked at, rose and fell."""
    every = changes(Asked(asked.since, asked.until, asked.column, "", asked.q, asked.line))
    counts = {kind: Count("part", filter=Q(kind=kind)) for kind in ChangeKind.values}
    moved = every.aggregate(
        **counts,
        risen=Count("part", filter=Q(rise__gt=0)),
        fallen=Count("part", filter=Q(rise__lt=0) & ~Q(rise=NO_PERCENTAGE)),
    )
    return moved


def since_by_default(shelf: Shelf) -> PriceEdition | None:
    """What the site knows already: the latest edition of its last download that still stands. Of a site that never
    downloaded, the one in effect.
    """
    if shelf.last is None:
        return shelf.current
    known = [each for each in published(shelf.book) if each.id in shelf.last.editions]
    return known[-1] if known else shelf.current


def published(book: PriceBook) -> list[PriceEdition]:
    """The editions that can be compared, by their dates."""
    return list(PriceEdition.objects.filter(book=book, status="published").order_by("effective_on"))


def label_of(column: str) -> Any:
    """What a price column is called."""
    return PriceColumns._meta.get_field(column).verbose_name


def table_of_changes(asked: Asked, mine: Entitled, book: PriceBook, title: str) -> Table:
    """The differences as a file has them: of every price of the reader's list, what it was, what it is, and the change."""
    rows = changes(asked).annotate(
        currency=Value(book.currency), **{f"rise_{column}": Rise(column) / 100 for column in mine.columns}
    )
    return Table(title, _columns(mine), rows.order_by(*ORDERS["number"]))


def _columns(mine: Entitled) -> tuple[Column, ...]:
    first = (
        Column("part_number", _("Part number"), Type.CODE, "part__number"),
        Column("description", _("Description"), field="part__description", width=40),
        Column("product_line", _("Product line"), field="part__line__name"),
        Column("change", _("Change"), field="kind", words=lambda: dict(ChangeKind.choices)),
    )
    prices: list[Column] = []
    for column in mine.columns:
        label = label_of(column)
        prices += [
            Column(f"old_{column}", _("%(price)s, before") % {"price": label}, Type.MONEY, currency="currency"),
            Column(f"new_{column}", _("%(price)s, now") % {"price": label}, Type.MONEY, currency="currency"),
        ]
    return (*first, *prices)
