"""What there is to be had at a moment: the editions in force and announced, and the files offered.

Everything here reads what the database lets the reader see, and judges dates in the book's country.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from identity.filestore import Store

from ..models import EditionStatus, FileSet, PriceBook, PriceEdition, PriceFile

STORE = Store("prices")


@dataclass(frozen=True, slots=True)
class InForce:
    """A book's published editions as of a day: the one in effect, and those announced, by their dates."""

    current: PriceEdition | None
    future: tuple[PriceEdition, ...]

    @property
    def editions(self) -> tuple[PriceEdition, ...]:
        return ((self.current,) if self.current else ()) + self.future

    @property
    def ids(self) -> list[int]:
        return [edition.id for edition in self.editions]


def in_force(book: PriceBook, on: date) -> InForce:
    """The editions of a book as of a day. A withdrawn one was never there."""
    published = PriceEdition.objects.filter(book=book, status=EditionStatus.PUBLISHED)
    begun = published.filter(effective_on__lte=on).order_by("-effective_on").first()
    return InForce(begun, tuple(published.filter(effective_on__gt=on).order_by("effective_on")))


def in_force_of(books: Iterable[PriceBook], now: datetime) -> dict[int, InForce]:
    """The same for several books today, by their ids: one query, whatever their number."""
    wanted = {book.id: book for book in books}
    published = PriceEdition.objects.filter(book_id__in=wanted, status=EditionStatus.PUBLISHED)
    by_book: dict[int, list[PriceEdition]] = {}
    for edition in published.order_by("effective_on"):
        by_book.setdefault(edition.book_id, []).append(edition)
    return {id_: _in_force(by_book.get(id_, []), book.today(now)) for id_, book in wanted.items()}


def _in_force(published: list[PriceEdition], on: date) -> InForce:
    """Of a book's published editions, by their dates."""
    begun = [edition for edition in published if edition.effective_on <= on]
    return InForce(begun[-1] if begun else None, tuple(published[len(begun) :]))


def before(edition: PriceEdition) -> PriceEdition | None:
    """The published edition whose place this one takes: the newest of an earlier date."""
    published = PriceEdition.objects.filter(
        book_id=edition.book_id, status=EditionStatus.PUBLISHED, effective_on__lt=edition.effective_on
    )
    return published.order_by("-effective_on").first()


def after(edition: PriceEdition) -> PriceEdition | None:
    """The published edition that ends this one."""
    published = PriceEdition.objects.filter(
        book_id=edition.book_id, status=EditionStatus.PUBLISHED, effective_on__gt=edition.effective_on
    )
    return published.order_by("effective_on").first()


def offered_set(book: PriceBook, now: datetime) -> FileSet | None:
    """The set of files that is offered today: the newest complete one whose day has come in the country."""
    begun = FileSet.objects.filter(book=book, offered=True, valid_on__lte=book.today(now))
    return begun.order_by("-valid_on").first()


def offered_sets(now: datetime) -> dict[int, FileSet]:
    """The same for every book the reader sees, by the book's id: one query, whatever their number."""
    found: dict[int, FileSet] = {}
    for each in FileSet.objects.filter(offered=True).select_related("book").order_by("book_id", "valid_on"):
        if each.valid_on <= each.book.today(now):
            found[each.book_id] = each
    return found


def offered_files(book: PriceBook, now: datetime) -> QuerySet[PriceFile]:
    """The files that the reader may download today, of their own price list."""
    offered = offered_set(book, now)
    return PriceFile.objects.filter(file_set=offered) if offered else PriceFile.objects.none()
