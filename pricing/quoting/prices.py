"""Looking up what parts cost on the days on which their coverage starts. Reads what the database shows the reader."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..models import BookKind, EditionStatus, Offer, Part, PartType, PriceEdition
from .levels import GIVEN, LADDER, LIST
from .lines import Found, Missing

COLUMN_OF = {LIST: "srp"} | {level: f"svp_{level.lower()}" for level in (*LADDER, *GIVEN)}
MONTHLY_BOOK = frozenset({PartType.SAAS, PartType.SAAS_OVERAGE, PartType.SAAS_SETUP, PartType.MONTHLY})

Wanted = tuple[int, date]  # a part's id, and the day on which coverage starts


def book_kind_of(type: str) -> BookKind:
    """In which price book parts of a type are, as a rule."""
    return BookKind.SAAS if type in MONTHLY_BOOK else BookKind.SOFTWARE


def look_up(
    wanted: Iterable[tuple[Part, date]], *, country: str, currency: str
) -> dict[Wanted, Found | Missing]:
    """Each part's prices in the edition in effect on its day, by the part's id and the day.

    Software or SaaS, whichever book the part is in; where it is in both, the one for its type. Two queries, however
    many parts; a third where some have no price, to say whether they ever have one here.
    """
    asked = list(wanted)
    if not asked:
        return {}
    parts, days = {part.id for part, _ in asked}, {day for _, day in asked}
    books = _books(country, currency)
    editions = {
        (book.id, day): edition
        for book in books
        for day in days
        if (edition := book.in_effect(day)) is not None
    }
    offers = _offers(parts, set(editions.values()), currency)
    found: dict[Wanted, Found | Missing] = {}
    in_order = {kind: sorted(books, key=lambda book: book.kind != kind) for kind in BookKind}
    for part, day in asked:
        for book in in_order[book_kind_of(part.type)]:
            edition = editions.get((book.id, day))
            if edition is not None and (offer := offers.get((edition, part.id))) is not None:
                found[part.id, day] = offer
                break
    missing = [(part.id, day) for part, day in asked if (part.id, day) not in found]
    return found | _missing(missing, books)


@dataclass(frozen=True, slots=True)
class _Book:
    """A book's published editions, by their days."""

    id: int
    kind: str
    days: tuple[date, ...]
    editions: tuple[int, ...]

    def in_effect(self, day: date) -> int | None:
        """The edition with the latest day that has come."""
        place = bisect_right(self.days, day)
        return self.editions[place - 1] if place else None


def _books(country: str, currency: str) -> list[_Book]:
    published = PriceEdition.objects.filter(
        country=country, book__currency=currency, status=EditionStatus.PUBLISHED
    )
    by_book: dict[tuple[int, str], list[tuple[date, int]]] = defaultdict(list)
    for book, kind, day, edition in published.order_by("effective_on").values_list(
        "book_id", "book__kind", "effective_on", "id"
    ):
        by_book[book, kind].append((day, edition))
    return [
        _Book(id_, kind, tuple(day for day, _ in listed), tuple(edition for _, edition in listed))
        for (id_, kind), listed in by_book.items()
    ]


def _offers(parts: Iterable[int], editions: Iterable[int], currency: str) -> dict[tuple[int, int], Found]:
    """Prices by edition and part."""
    rows = Offer.objects.filter(edition_id__in=list(editions), part_id__in=list(parts))
    return {
        (edition, part): Found(dict(zip(COLUMN_OF, amounts, strict=True)), currency, day, edition)
        for edition, part, day, *amounts in rows.values_list(
            "edition_id", "part_id", "effective_on", *COLUMN_OF.values()
        )
    }


def _missing(wanted: list[Wanted], books: list[_Book]) -> dict[Wanted, Found | Missing]:
    """Why there is no price: not sold here, or not on that day."""
    if not wanted:
        return {}
    editions = [edition for book in books for edition in book.editions]
    sold: dict[int, list[date]] = defaultdict(list)
    rows = Offer.objects.filter(edition_id__in=editions, part_id__in=[part for part, _ in wanted])
    for part, day in rows.order_by("effective_on").values_list("part_id", "effective_on"):
        sold[part].append(day)
    return {
        (part, day): Missing(
            day, part in sold, next((each for each in sold.get(part, ()) if each > day), None)
        )
        for part, day in wanted
    }
