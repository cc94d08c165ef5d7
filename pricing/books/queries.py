"""What the vendor's people see of price books: editions, what changes in them, their files, who has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.expressions import OuterRef
from django.db.models.functions import Coalesce

from identity.models import AuditEvent

from ..files.offered import before
from ..files.planning import needed_variants
from ..models import (
    COLUMNS,
    EditionStatus,
    FileFormat,
    FileSet,
    Part,
    Price,
    PriceBook,
    PriceDownload,
    PriceEdition,
    Window,
)

SAMPLES = 10
FILES_OF_A_VARIANT = len(Window) * len(FileFormat)


def books() -> QuerySet[PriceBook]:
    """Every book, with how many drafts and published editions it has."""
    return PriceBook.objects.annotate(
        drafts=Count("editions", filter=Q(editions__status=EditionStatus.DRAFT)),
        published=Count("editions", filter=Q(editions__status=EditionStatus.PUBLISHED)),
    )


def editions(book: PriceBook | None = None, *, status: str = "") -> QuerySet[PriceEdition]:
    """Editions with the number of their parts (`parts`): counted once they are published."""
    counted = Price.objects.filter(edition=OuterRef("id")).order_by().values("edition")
    found = PriceEdition.objects.select_related("book").annotate(
        parts=Coalesce("part_count", Subquery(counted.annotate(n=Count("part")).values("n")), 0)
    )
    if book is not None:
        found = found.filter(book=book)
    return found.filter(status=status) if status else found


# ---------------------------------------------------------------------------------------------- what changes


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The retail price of a part, before and after."""

    part: Part
    old: int
    new: int

    @property
    def percent(self) -> Decimal:
        return (Decimal(self.new - self.old) * 100 / self.old).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Changes:
    """What an edition changes against the one whose place it takes; none before a book's first."""

    previous: PriceEdition | None
    added: int = 0
    changed: int = 0
    dropped: int = 0
    unchanged: int = 0
    percent: Decimal | None = None  # the mean of what retail prices go up or down by
    largest: Sequence[PriceChange] = field(default=())


_SAME = (
    f"({', '.join(f'n.{c}' for c in COLUMNS)}) IS NOT DISTINCT FROM ({', '.join(f'o.{c}' for c in COLUMNS)})"
)
COMPARED = """
FROM (SELECT * FROM pricing_price WHERE edition_id = %(new)s) n
FULL JOIN (SELECT * FROM pricing_price WHERE edition_id = %(old)s) o USING (part_id)
"""
COUNTED = f"""
SELECT count(*) FILTER (WHERE o.edition_id IS NULL),
    count(*) FILTER (WHERE n.edition_id IS NOT NULL AND o.edition_id IS NOT NULL AND NOT ({_SAME})),
    count(*) FILTER (WHERE n.edition_id IS NULL),
    count(*) FILTER (WHERE n.edition_id IS NOT NULL AND o.edition_id IS NOT NULL AND {_SAME}),
    round(avg((n.srp - o.srp) * 100.0 / o.srp) FILTER (WHERE o.srp > 0), 1)
{COMPARED}
"""
LARGEST = f"""
SELECT part_id, o.srp, n.srp {COMPARED}
WHERE o.srp > 0 AND n.srp <> o.srp
ORDER BY abs((n.srp - o.srp)::float8 / o.srp) DESC, part_id LIMIT {SAMPLES}
"""


def changes_in(edition: PriceEdition) -> Changes:
    """What an edition changes, with the largest changes of retail prices."""
    previous = before(edition)
    if previous is None:
        return Changes(None)
    ids = {"new": edition.id, "old": previous.id}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, ids)
        added, changed, dropped, unchanged, percent = cursor.fetchone()
        cursor.execute(LARGEST, ids)
        rows = cursor.fetchall()
    parts = Part.objects.in_bulk([row[0] for row in rows])
    largest = [PriceChange(parts[part], old, new) for part, old, new in rows]
    return Changes(previous, added, changed, dropped, unchanged, percent, largest)


# ---------------------------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a set of files is."""

    file_set: FileSet
    built: int
    wanted: int

    @property
    def state(self) -> str:
        """ready (offered), failed (to be tried again), building."""
        if self.file_set.offered:
            return "ready"
        return "failed" if self.file_set.problem else "building"

    @property
    def percent(self) -> int:
        return 100 * self.built // self.wanted if self.wanted else 100


def progress_of(book: PriceBook) -> list[Progress]:
    """The sets of a book that are offered or are to be, by their days."""
    return progress_of_books([book]).get(book.id, [])


def progress_of_books(found: Sequence[PriceBook]) -> dict[int, list[Progress]]:
    """The same for several books, by their ids."""
    needed = needed_variants()
    sets = FileSet.objects.filter(book__in=found, retired_at=None).select_related("current")
    progress: dict[int, list[Progress]] = {}
    for file_set in sets.annotate(built=Count("files")).order_by("book_id", "valid_on", "id"):
        wanted = len(needed.get(file_set.country, ())) * FILES_OF_A_VARIANT
        built = file_set.built
        progress.setdefault(file_set.book_id, []).append(Progress(file_set, built, max(wanted, built)))
    return progress


def downloads_of(edition: PriceEdition) -> QuerySet[PriceDownload]:
    """Who was sent a file with an edition's prices."""
    return PriceDownload.objects.filter(editions__contains=[edition.id]).select_related("site")


def people_with(edition: PriceEdition) -> int:
    """How many people were sent a file with an edition's prices."""
    people = PriceDownload.objects.filter(editions__contains=[edition.id])
    return people.aggregate(n=Count("user", distinct=True))["n"]


def history_of(row: PriceBook | PriceEdition, *, limit: int = 20) -> list[AuditEvent]:
    """What was done to a book or edition, the newest first."""
    kind = "price_edition" if isinstance(row, PriceEdition) else "price_book"
    events = AuditEvent.objects.filter(object_type=kind, object_id=row.public_id)
    return list(events.order_by("-at", "-id")[:limit])


def today_of(book: PriceBook, now: datetime) -> PriceEdition | None:
    """The edition in effect."""
    begun = PriceEdition.objects.filter(
        book=book, status=EditionStatus.PUBLISHED, effective_on__lte=book.today(now)
    )
    return begun.order_by("-effective_on").first()
