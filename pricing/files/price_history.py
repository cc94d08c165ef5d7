"""What a part cost, costs and will cost, in the books and prices that the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.pictures import Picture, Series
from reports.words import month as month_words

from ..models import EditionStatus, Offer, Part, PriceBook, PriceEdition
from .changes import label_of, percentage
from .shelf import Shelf


def percent(old: int | None, new: int | None) -> Decimal | None:
    """By how much a price rose, in per cent with two decimals, halves away from zero; as the database has it.

    None where there is no price before or after, or one of 0: nothing is a part of nothing.
    """
    if not old or new is None:
        return None
    hundredths, rest = divmod(abs(new - old) * 10_000, old)
    rounded = hundredths + (2 * rest >= old)
    return percentage(rounded if new >= old else -rounded)


@dataclass(frozen=True, slots=True)
class Step:
    """A price from a date on; None: the part has none from then on."""

    edition: PriceEdition
    amount: int | None  # in minor units
    change: Decimal | None  # in per cent, from the step before
    state: str  # past, current or future


@dataclass(frozen=True, slots=True)
class History:
    """A part's prices in a book, the oldest first."""

    book: PriceBook
    steps: list[Step]

    @property
    def newest_first(self) -> list[Step]:
        return self.steps[::-1]

    def picture(self, column: str, today: date) -> Picture:
        """A place for each month, so that time runs evenly: prices change on the first of one."""
        amounts = []
        last = max(self.steps[-1].edition.effective_on, today)
        months = _months(self.steps[0].edition.effective_on, last)
        for month in months:
            begun = [step.amount for step in self.steps if step.edition.effective_on.replace(day=1) <= month]
            amounts.append(begun[-1])
        return Picture(
            tuple(month_words(month, short=True) for month in months),
            (Series(label_of(column), tuple(amounts)),),
            kind="line",
            stepped=True,
            currency=self.book.currency,
        )


def _months(first: date, last: date) -> list[date]:
    """From the month of the first to the one after the last, so that the last price has a length."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1)]


def histories(part: Part, shelves: Sequence[Shelf], column: str) -> list[History]:
    """What a part costs over time, in each book that has or had it. Two queries."""
    books = {shelf.book.id: shelf for shelf in shelves}
    editions = PriceEdition.objects.select_related("book").filter(
        book__in=books, status=EditionStatus.PUBLISHED
    )
    by_book: dict[int, list[PriceEdition]] = defaultdict(list)
    for edition in editions.order_by("effective_on"):
        by_book[edition.book_id].append(edition)
    ids = [edition.id for listed in by_book.values() for edition in listed]
    prices = dict(Offer.objects.filter(part_id=part.id, edition_id__in=ids).values_list("edition_id", column))
    found = (_history(shelf, by_book[book_id], prices) for book_id, shelf in books.items())
    return [history for history in found if history is not None]


def _history(shelf: Shelf, editions: list[PriceEdition], prices: dict[int, int | None]) -> History | None:
    steps: list[Step] = []
    for edition in editions:
        if not steps and edition.id not in prices:
            continue  # there was no such part yet
        amount = prices.get(edition.id)
        before = steps[-1].amount if steps else None
        steps.append(Step(edition, amount, percent(before, amount), _state(edition, shelf)))
    return History(shelf.book, steps) if steps else None


def _state(edition: PriceEdition, shelf: Shelf) -> str:
    if edition in shelf.future:
        return "future"
    return "current" if edition == shelf.current else "past"


@dataclass(frozen=True, slots=True)
class Offered:
    """A part's price in a book now, and when and what it is next. None: it has none."""

    book: PriceBook
    amount: int | None
    next_on: date | None
    next_amount: int | None


def prices_of(
    parts: Sequence[Part], shelves: Sequence[Shelf], column: str
) -> list[tuple[Part, list[Offered]]]:
    """Each part with its prices in the books that have it now or will. One query."""
    ids = [edition.id for shelf in shelves for edition in shelf.editions]
    offers = Offer.objects.filter(edition_id__in=ids, part_id__in=[part.id for part in parts])
    prices = {
        (edition, part): amount
        for edition, part, amount in offers.values_list("edition_id", "part_id", column)
    }
    return [(part, _offered(part, shelves, prices)) for part in parts]


def _offered(
    part: Part, shelves: Sequence[Shelf], prices: dict[tuple[int, int], int | None]
) -> list[Offered]:
    found = []
    for shelf in shelves:
        if not any((edition.id, part.id) in prices for edition in shelf.editions):
            continue
        now = prices.get((shelf.current.id, part.id)) if shelf.current else None
        changed = next((e for e in shelf.future if prices.get((e.id, part.id)) != now), None)
        found.append(
            Offered(
                shelf.book,
                now,
                changed.effective_on if changed else None,
                prices.get((changed.id, part.id)) if changed else None,
            )
        )
    return found
