"""Every change of price books and their editions. Each is audited; one begun on an older version is refused.

Whoever publishes or withdraws locks the book first and the edition then, so of two at once the second sees what the
first did. The rules are told in README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege

from ..files.planning import plan_sets, retire_sets_with
from ..models import EditionStatus, Price, PriceBook, PriceEdition
from ..notices import tell_of_withdrawal


class BookChanged(Exception):
    """Somebody changed the book after it was shown; `now` is how it is now."""

    def __init__(self, now: PriceBook) -> None:
        super().__init__(str(now))
        self.now = now


class BookTaken(Exception):
    """There is a book of this country, currency and kind."""


class EditionChanged(Exception):
    """Somebody changed the edition after it was shown; `now` is how it is now."""

    def __init__(self, now: PriceEdition) -> None:
        super().__init__(str(now))
        self.now = now


class NotADraft(Exception):
    """The edition was published or withdrawn meanwhile: nothing in it is changed."""


class NotPublished(Exception):
    """The edition is a draft or withdrawn already: there is nothing to withdraw."""


class NoPrices(Exception):
    """The edition has no prices yet."""


class DayTaken(Exception):
    """Another edition of the book takes effect on that day, as a draft or published."""


class DayPassed(Exception):
    """The edition would take effect in the past, and neither is the book's first nor replaces a withdrawn one.

    `today` is the date in the book's country.
    """

    def __init__(self, today: date) -> None:
        super().__init__(today.isoformat())
        self.today = today


# ------------------------------------------------------------------------------------------------ books


@transaction.atomic
def add_book(
    *, country: str, currency: str, kind: str, time_zone: str, by: Actor, now: datetime
) -> PriceBook:
    """A new price book, without editions. Raises BookTaken, PrivilegeMissing."""
    demand(by, Privilege.PRICE_EDIT)
    ZoneInfo(time_zone)
    book = PriceBook(country=country, currency=currency, kind=kind, time_zone=time_zone, created_at=now)
    try:
        with transaction.atomic():
            book.save(force_insert=True)
    except IntegrityError:
        raise BookTaken from None
    _record("price_book.added", book, by=by, now=now, time_zone=time_zone)
    return book


@transaction.atomic
def change_book(public_id: str, *, time_zone: str, version: int, by: Actor, now: datetime) -> PriceBook:
    """Judge the book's dates in another time zone, from now on. Raises DoesNotExist, BookChanged."""
    demand(by, Privilege.PRICE_EDIT)
    ZoneInfo(time_zone)
    book = PriceBook.objects.select_for_update(no_key=True).get(public_id=public_id)
    if book.version != version:
        raise BookChanged(book)
    if book.time_zone == time_zone:
        return book
    changes = {"time_zone": [book.time_zone, time_zone]}
    book.time_zone, book.version = time_zone, version + 1
    book.save(update_fields=["time_zone", "version"])
    _record("price_book.changed", book, by=by, now=now, changes=changes)
    _build(book, now=now)
    return book


# ------------------------------------------------------------------------------------------------ drafts


@transaction.atomic
def begin_edition(
    book: PriceBook, *, name: str, effective_on: date, by: Actor, now: datetime
) -> PriceEdition:
    """A draft without prices. Raises DayTaken, PrivilegeMissing."""
    demand(by, Privilege.PRICE_EDIT)
    edition = PriceEdition(
        book=book, country=book.country, name=name, effective_on=effective_on, created_at=now
    )
    _saved_as_draft(edition, force_insert=True)
    _record("price_edition.begun", edition, by=by, now=now, effective_on=effective_on.isoformat())
    return edition


@transaction.atomic
def change_edition(
    public_id: str, changes: Mapping[str, Any], *, version: int, by: Actor, now: datetime
) -> PriceEdition:
    """Another announcement number or date for a draft. Raises DoesNotExist, EditionChanged, NotADraft, DayTaken."""
    demand(by, Privilege.PRICE_EDIT)
    edition = _seen(public_id, version, status=EditionStatus.DRAFT)
    changed = {name: value for name, value in changes.items() if getattr(edition, name) != value}
    if not changed:
        return edition
    pairs = {name: [str(getattr(edition, name)), str(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(edition, name, value)
    edition.version += 1
    _saved_as_draft(edition, update_fields=[*changed, "version"])
    _record("price_edition.changed", edition, by=by, now=now, changes=pairs)
    return edition


@transaction.atomic
def discard_edition(public_id: str, *, version: int, by: Actor, now: datetime) -> None:
    """Throw a draft and its prices away. Raises DoesNotExist, EditionChanged, NotADraft."""
    demand(by, Privilege.PRICE_EDIT)
    edition = _seen(public_id, version, status=EditionStatus.DRAFT)
    Price.objects.filter(edition=edition)._raw_delete("default")
    _record("price_edition.discarded", edition, by=by, now=now)
    edition.delete()


# ------------------------------------------------------------------------------------------------ publishing


@transaction.atomic
def publish_edition(public_id: str, *, version: int, by: Actor, now: datetime) -> PriceEdition:
    """Announce a draft: from now on nothing in it is changed, and its files are built.

    Raises DoesNotExist, EditionChanged, NotADraft, NoPrices, DayTaken, DayPassed, PrivilegeMissing.
    """
    demand(by, Privilege.PRICE_PUBLISH)
    edition = _seen(public_id, version, status=EditionStatus.DRAFT)
    count = Price.objects.filter(edition=edition).count()
    if not count:
        raise NoPrices
    why_not_on(edition, now=now)
    edition.status, edition.part_count = EditionStatus.PUBLISHED, count
    edition.published_at, edition.published_by_name = now, by.name[:120]
    edition.version += 1
    edition.save()
    _record(
        "price_edition.published",
        edition,
        by=by,
        now=now,
        effective_on=str(edition.effective_on),
        parts=count,
    )
    _build(edition.book, now=now)
    return edition


def why_not_on(edition: PriceEdition, *, now: datetime) -> None:
    """Raises DayTaken or DayPassed when an edition cannot take effect on its day."""
    others = PriceEdition.objects.filter(book=edition.book).exclude(id=edition.id)
    published = others.filter(status=EditionStatus.PUBLISHED)
    if published.filter(effective_on=edition.effective_on).exists():
        raise DayTaken
    today = edition.book.today(now)
    if edition.effective_on >= today:
        return
    replaces = others.filter(status=EditionStatus.WITHDRAWN, effective_on=edition.effective_on).exists()
    if published.filter(effective_on__lte=today).exists() and not replaces:
        raise DayPassed(today)


@transaction.atomic
def withdraw_edition(public_id: str, *, reason: str, version: int, by: Actor, now: datetime) -> PriceEdition:
    """Take back a published edition for good: its files are no longer offered from this moment on, and everybody
    who was sent one is told why.

    Raises DoesNotExist, EditionChanged, NotPublished, PrivilegeMissing; ValueError without a reason.
    """
    demand(by, Privilege.PRICE_PUBLISH)
    if not reason.strip():
        raise ValueError("Partners are told the reason.")
    edition = _seen(public_id, version, status=EditionStatus.PUBLISHED)
    edition.status, edition.withdrawn_reason = EditionStatus.WITHDRAWN, reason.strip()
    edition.withdrawn_at, edition.withdrawn_by_name = now, by.name[:120]
    edition.version += 1
    edition.save()
    retire_sets_with(edition, now=now)
    told = tell_of_withdrawal(edition, by=by, now=now)
    _record("price_edition.withdrawn", edition, by=by, now=now, reason=edition.withdrawn_reason, told=told)
    _build(edition.book, now=now)
    return edition


# ------------------------------------------------------------------------------------------------ pieces


def _seen(public_id: str, version: int, *, status: str) -> PriceEdition:
    """The edition as it was seen, locked after its book."""
    book_id = PriceEdition.objects.values_list("book_id", flat=True).get(public_id=public_id)
    book = PriceBook.objects.select_for_update(no_key=True).get(id=book_id)
    edition = PriceEdition.objects.select_for_update().get(public_id=public_id)
    edition.book = book
    if edition.status != status:
        raise NotADraft if status == EditionStatus.DRAFT else NotPublished
    if edition.version != version:
        raise EditionChanged(edition)
    return edition


def _saved_as_draft(edition: PriceEdition, **how: Any) -> None:
    try:
        with transaction.atomic():
            edition.save(**how)
    except IntegrityError:
        raise DayTaken from None


def _build(book: PriceBook, *, now: datetime) -> None:
    """Plan the files, and have them built as soon as the transaction is through."""
    from ..tasks import wake_building

    for file_set in plan_sets(book, now=now):
        wake_building(file_set.id)


def _record(event: str, row: PriceBook | PriceEdition, *, by: Actor, now: datetime, **detail: Any) -> None:
    if isinstance(row, PriceEdition):
        kind, label = "price_edition", f"{row.name} ({row.book})"
    else:
        kind, label = "price_book", str(row)
    record(event, by=by, now=now, object_type=kind, object_id=row.public_id, label=label, **detail)
