"""What changed in a price book since an edition: which parts came, went, or cost something else, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, F, Field, Func, Q, QuerySet, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege
from reports.columns import Column, Type
from reports.listings import Listing, read
from reports.sources import offer
from reports.tables import BadFilter, Table

from ..models import (
    COLUMNS,
    ChangeKind,
    EditionStatus,
    Part,
    PriceBook,
    PriceChange,
    PriceEdition,
    changes_between,
)
from ..models.prices import PriceColumns
from .part_search import meant_by
from .shelf import Entitled, Shelf, books_of, entitled, shelves

LONGEST = 80  # characters that are looked for
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

    # `least` is for a price of next to nothing that became a fortune; it leaves out what is null, so it comes last.
    template = (
        "least(coalesce(round(10000.0 * (%(new)s - %(old)s) / nullif(%(old)s, 0)), %(otherwise)s),"
        f" {LAST})::bigint"
    )
    output_field: Field[Any, Any] = BigIntegerField()

    def __init__(self, column: str, otherwise: int = NO_PERCENTAGE) -> None:
        super().__init__(F(f"old_{column}"), F(f"new_{column}"))
        self.otherwise = otherwise

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        old, new = (compiler.compile(source)[0] for source in self.get_source_expressions())
        return str(self.template) % {"old": old, "new": new, "otherwise": int(self.otherwise)}, ()


def percentage(rise: int | None) -> Decimal | None:
    """A Rise as a percentage with two decimals; None where there is none."""
    return None if rise is None or rise == NO_PERCENTAGE else Decimal(rise).scaleb(-2)


class Percentage(Rise):
    """The same as a percentage with two decimals; null where there is none."""

    template = "round(100.0 * (%(new)s - %(old)s) / nullif(%(old)s, 0), 2)"
    output_field: Field[Any, Any] = DecimalField(max_digits=20, decimal_places=2)


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
    return changes(replace(asked, kind="")).aggregate(
        **{kind: Count("part", filter=Q(kind=kind)) for kind in ChangeKind.values},
        risen=Count("part", filter=Q(rise__gt=0)),
        fallen=Count("part", filter=Q(rise__lt=0) & ~Q(rise=NO_PERCENTAGE)),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A difference as it is shown: in the price looked at, and in how many others."""

    part: Part
    kind: str
    label: str
    old: int | None
    new: int | None
    percent: Decimal | None
    others: int

    @classmethod
    def of(cls, change: Any, column: str) -> Row:
        old, new = getattr(change, f"old_{column}"), getattr(change, f"new_{column}")
        differ = [n for n in COLUMNS if getattr(change, f"old_{n}") != getattr(change, f"new_{n}")]
        others = len(differ) - (column in differ) if change.kind == ChangeKind.CHANGED else 0
        label = change.get_kind_display()
        return cls(change.part, change.kind, label, old, new, percentage(change.rise), others)


# ------------------------------------------------------------------------------------------ what an address asks for


@dataclass(frozen=True, slots=True)
class Comparison:
    """A book's editions side by side, as an address asks for it. `asked` is None where there is only one edition."""

    shelf: Shelf
    mine: Entitled
    editions: list[PriceEdition]  # that can be compared, by their dates
    asked: Asked | None
    order: str


def comparison(query: QueryDict, *, by: Actor, now: datetime) -> Comparison:
    """What an address asks to be compared: by default what is new since the site's last download, in its first book.

    Raises PriceBook.DoesNotExist and PriceEdition.DoesNotExist for what there is not, or is not the reader's.
    """
    book = _book(_said(query, "book"), by)
    mine = entitled(by, country=book.country, price_list=_said(query, "list"))
    (shelf,) = shelves([book], by=by, now=now)
    editions = published(book)
    order = _said(query, "order")
    since = _edition(_said(query, "since"), editions) or known_already(shelf, editions)
    until = _edition(_said(query, "until"), editions) or (editions[-1] if editions else None)
    asked = None
    if since and until and len(editions) > 1:
        column, kind = _said(query, "column"), _said(query, "kind")
        asked = Asked(
            since,
            until,
            column if column in mine.columns else mine.column,
            kind if kind in ChangeKind.values else "",
            _said(query, "q").strip()[:LONGEST],
            _said(query, "line")[:LONGEST],
        )
    return Comparison(shelf, mine, editions, asked, order if order in ORDERS else "number")


def _book(public_id: str, by: Actor) -> PriceBook:
    if public_id:
        return PriceBook.objects.get(public_id=public_id)
    books = PriceBook.objects.all() if by.site_id is None else books_of(entitled(by).country)
    found = books.first()
    if found is None:
        raise PriceBook.DoesNotExist
    return found


def _said(query: QueryDict, name: str) -> str:
    return str(query.get(name, ""))


def _edition(public_id: str, editions: list[PriceEdition]) -> PriceEdition | None:
    if not public_id:
        return None
    for each in editions:
        if each.public_id == public_id:
            return each
    raise PriceEdition.DoesNotExist


def known_already(shelf: Shelf, editions: list[PriceEdition]) -> PriceEdition | None:
    """The latest edition of the site's last download that still stands; for want of one, that in effect."""
    known = [each for each in editions if shelf.last is not None and each.id in shelf.last.editions]
    return known[-1] if known else shelf.current


def published(book: PriceBook) -> list[PriceEdition]:
    """The editions that can be compared, by their dates."""
    return list(
        PriceEdition.objects.filter(book=book, status=EditionStatus.PUBLISHED).order_by("effective_on")
    )


def label_of(column: str) -> str:
    """What a price column is called, as a heading."""
    field: Any = PriceColumns._meta.get_field(column)
    return capfirst(str(field.verbose_name))


# ------------------------------------------------------------------------------------------ as a file

CHANGES = Listing(
    "price-changes",
    _("Price changes"),
    "price_files:changes",
    Privilege.PRICE_FILE_VIEW,
    ("book", "list", "since", "until", "kind", "q", "line", "column", "order"),
)


def as_table(query: str, actor: Actor) -> Table:
    """The differences as a file has them: every price of the reader's list, before and now. Raises BadFilter."""
    try:
        found = comparison(read(query), by=actor, now=timezone.now())
    except (PriceBook.DoesNotExist, PriceEdition.DoesNotExist) as error:
        raise BadFilter({}) from error
    if found.asked is None:
        raise BadFilter({})
    asked, mine, book = found.asked, found.mine, found.shelf.book
    rows = changes(asked).annotate(
        currency=Value(book.currency), **{f"percent_{column}": Percentage(column) for column in mine.columns}
    )
    title = gettext("Price changes, %(since)s to %(until)s") % {
        "since": asked.since.name,
        "until": asked.until.name,
    }
    return Table(title, _columns(mine), rows.order_by(*ORDERS[found.order]))


offer(CHANGES, as_table)


def _columns(mine: Entitled) -> tuple[Column, ...]:
    first = (
        Column("part_number", _("Part number"), Type.CODE, "part__number"),
        Column("description", _("Description"), field="part__description", width=40),
        Column("product_line", _("Product line"), field="part__line__name"),
        Column(
            "change",
            _("Change"),
            field="kind",
            words=lambda: {kind.value: str(kind.label) for kind in ChangeKind},
        ),
    )
    return (*first, *(column for name in mine.columns for column in _of_price(name)))


def _of_price(name: str) -> tuple[Column, ...]:
    price = {"price": label_of(name)}
    return (
        Column(f"old_{name}", _("%(price)s, before") % price, Type.MONEY, currency="currency"),
        Column(f"new_{name}", _("%(price)s, now") % price, Type.MONEY, currency="currency"),
        Column(f"percent_{name}", _("%(price)s, change in per cent") % price, Type.NUMBER),
    )
