"""Building the sets of files that planning.py plans: a variant at a time, each whole or not at all.

What is built is on the disk before its row is; a set is offered when nothing is missing. A builder that dies leaves
files without rows, which are swept up, and a set that is not offered; whoever comes next goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection

from identity import tenancy
from identity.actors import Actor
from identity.filestore import Filling, Stored

from ..models import FileFormat, FileSet, PriceBook, PriceEdition, PriceFile, Window
from ..notices import tell_of_edition, tell_of_failure
from .contents import Layout, Segment, header_of, table_of, write_csv, write_parquet, write_xlsx
from .offered import STORE, after, before, offered_set
from .planning import Variant, missing_variants, needed_variants, retire_replaced

LONGEST_PAUSE = timedelta(hours=1)  # between attempts that fail
KEPT = timedelta(
    days=7
)  # the files of a retired set, for downloads under way and for whoever looks into them


def build_set(file_set_id: int, *, now: datetime) -> bool:
    """Build what is missing of a set, and offer it once nothing is; returns whether nothing is missing any more.

    Safe to run twice and at once: of two builders one goes on, and the other leaves it to them. Raises whatever
    keeps a file from being written; what was built before stays.
    """
    while True:
        with tenancy.as_system():
            file_set = FileSet.objects.select_related("book").get(id=file_set_id)
            if file_set.retired_at is not None:
                return False
            if not _ours_alone(file_set):
                return False
            missing = missing_variants(file_set, needed_variants().get(file_set.country, set()))
            if not missing:
                return _offer(file_set, now=now)
            _build_variant(file_set, missing[0], now=now)


def _ours_alone(file_set: FileSet) -> bool:
    """Whether nobody else builds this set at this moment; nobody will until the transaction ends."""
    with connection.cursor() as cursor:
        key = f"pricing files {file_set.id}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        return bool(cursor.fetchone()[0])


def _offer(file_set: FileSet, *, now: datetime) -> bool:
    """Offer a complete set in place of the one before; tell partners of what can be had for the first time."""
    book = PriceBook.objects.select_for_update(no_key=True).get(id=file_set.book_id)
    file_set = FileSet.objects.select_for_update().get(id=file_set.id)
    if file_set.retired_at is not None:  # withdrawn while it was built
        return False
    if not file_set.offered:
        others = FileSet.objects.filter(book=book, valid_on=file_set.valid_on, offered=True)
        others.update(offered=False, retired_at=now)
        file_set.offered, file_set.completed_at = True, now
    file_set.attempts, file_set.problem, file_set.try_again_at = 0, "", None
    file_set.save(update_fields=["offered", "completed_at", "attempts", "problem", "try_again_at"])
    retire_replaced(book, now=now)
    if offered_set(book, now) == file_set:
        _announce(file_set, now=now)
    return True


def _announce(file_set: FileSet, *, now: datetime) -> None:
    unannounced = PriceEdition.objects.filter(id__in=file_set.editions, announced_at=None)
    for edition in unannounced.select_related("book").order_by("effective_on"):
        edition.announced_at = now
        edition.save(update_fields=["announced_at"])
        tell_of_edition(edition, by=Actor.system(), now=now)


def note_failure(file_set_id: int, problem: str, *, now: datetime) -> None:
    """Remember that building a set failed, tell the vendor's people, and try again after a while."""
    with tenancy.as_system():
        file_set = FileSet.objects.select_for_update(of=("self",)).select_related("book").get(id=file_set_id)
        file_set.attempts += 1
        file_set.problem = problem[:300]
        file_set.try_again_at = now + min(timedelta(minutes=2 ** min(file_set.attempts, 10)), LONGEST_PAUSE)
        file_set.save(update_fields=["attempts", "problem", "try_again_at"])
        tell_of_failure(file_set, file_set.problem, day=file_set.book.today(now), by=Actor.system(), now=now)


# ---------------------------------------------------------------------------------------------- what is due


def sets_to_build(now: datetime) -> list[int]:
    """The sets that are not complete, and those that lack what somebody became entitled to since; for jobs."""
    needed, there = needed_variants(), _variants_there()
    live = FileSet.objects.filter(retired_at=None).exclude(try_again_at__gt=now)
    return [
        file_set.id
        for file_set in live.order_by("valid_on", "id")
        if not file_set.offered or needed.get(file_set.country, set()) - there.get(file_set.id, set())
    ]


def _variants_there() -> dict[int, set[Variant]]:
    """What every live set has, by its id: one query, whatever their number."""
    rows = PriceFile.objects.filter(file_set__retired_at=None).order_by()
    found: dict[int, set[Variant]] = {}
    listed = rows.values_list("file_set_id", "price_list", "with_cost").distinct()
    for file_set, price_list, with_cost in listed:
        found.setdefault(file_set, set()).add((price_list, with_cost))
    return found


def sweep(now: datetime) -> int:
    """Forget the files of sets long retired, and those that no row names; returns how many."""
    old = list(STORE.older_than_a_day())
    with tenancy.as_system():
        gone = FileSet.objects.filter(retired_at__lt=now - KEPT, swept_at=None)
        sets = list(gone.values_list("id", flat=True))
        doomed = list(PriceFile.objects.filter(file_set_id__in=sets).values_list("stored", flat=True))
        named = set(PriceFile.objects.filter(stored__in=old).values_list("stored", flat=True))
        FileSet.objects.filter(id__in=sets).update(swept_at=now)
    doomed += [stored for stored in old if stored not in named]
    for stored in doomed:
        STORE.forget(stored)
    return len(doomed)


# ---------------------------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Built:
    window: str
    format: str
    editions: list[int]
    stored: Stored
    rows: int


def _build_variant(file_set: FileSet, variant: Variant, *, now: datetime) -> None:
    """All files of a price list: three windows in three formats."""
    price_list, with_cost = variant
    layout = Layout.of(file_set.book, price_list, with_cost=with_cost)
    segments = segments_of(file_set)
    built = [*csv_files(layout, segments), *_typed_files(layout, segments)]
    PriceFile.objects.bulk_create(
        PriceFile(
            file_set=file_set,
            country=file_set.country,
            offered=file_set.offered,
            price_list=price_list,
            with_cost=with_cost,
            window=each.window,
            format=each.format,
            editions=each.editions,
            name=_name(file_set, price_list, with_cost, each),
            stored=each.stored.name,
            size=each.stored.size,
            sha256=each.stored.sha256,
            rows=each.rows,
            built_at=now,
        )
        for each in built
    )


def segments_of(file_set: FileSet) -> list[Segment]:
    """The editions of a set as they stand in its files."""
    by_id = PriceEdition.objects.in_bulk(file_set.editions)
    return [
        Segment(edition, before(edition), _ends_on(edition), edition.id == file_set.current_id)
        for edition in (by_id[each] for each in file_set.editions)
    ]


def _ends_on(edition: PriceEdition) -> date | None:
    following = after(edition)
    return following.effective_on if following else None


def windows(segments: list[Segment]) -> Iterator[tuple[str, list[Segment]]]:
    """What stands in which window."""
    yield Window.CURRENT, [each for each in segments if each.is_current]
    yield Window.CURRENT_AND_FUTURE, segments
    yield Window.FUTURE, [each for each in segments if not each.is_current]


def csv_files(layout: Layout, segments: list[Segment]) -> list[Built]:
    """The three CSV files. Every row is asked for once: the shorter files are pieces of the longest."""
    header, rows, ends = header_of(layout), [], []
    with ExitStack() as stack:
        fillings = {window: stack.enter_context(STORE.filling()) for window, _segments in windows(segments)}
        both = fillings[Window.CURRENT_AND_FUTURE].path
        with both.open("wb") as out:
            out.write(header)
            for segment in segments:
                rows.append(write_csv(layout, segment, out))
                ends.append(out.tell())
        first = ends[0] if segments and segments[0].is_current else len(header)
        _cut(both, fillings[Window.CURRENT].path, header, len(header), first)
        _cut(both, fillings[Window.FUTURE].path, header, first, both.stat().st_size)
    counts = dict(zip((each.edition.id for each in segments), rows, strict=True))
    return [_built(FileFormat.CSV, *each, fillings, counts) for each in windows(segments)]


def _cut(source: Path, target: Path, header: bytes, begins: int, ends: int) -> None:
    """The header, and a piece of another file."""
    with source.open("rb") as from_, target.open("wb") as to:
        to.write(header)
        from_.seek(begins)
        while piece := from_.read(min(ends - from_.tell(), 1024 * 1024)):
            to.write(piece)


def _typed_files(layout: Layout, segments: list[Segment]) -> list[Built]:
    """The Parquet files and workbooks."""
    tables = {segment.edition.id: table_of(layout, segment) for segment in segments}
    counts = {edition: table.num_rows for edition, table in tables.items()}
    built = []
    for format_, write in ((FileFormat.PARQUET, write_parquet), (FileFormat.XLSX, write_xlsx)):
        with ExitStack() as stack:
            fillings = {}
            for window, inside in windows(segments):
                fillings[window] = stack.enter_context(STORE.filling())
                write(layout, [tables[each.edition.id] for each in inside], fillings[window].path)
        built += [_built(format_, *each, fillings, counts) for each in windows(segments)]
    return built


def _built(
    format_: str, window: str, inside: list[Segment], fillings: dict[str, Filling], counts: dict[int, int]
) -> Built:
    editions = [each.edition.id for each in inside]
    return Built(window, format_, editions, fillings[window].stored, sum(counts[each] for each in editions))


def _name(file_set: FileSet, price_list: str, with_cost: bool, built: Built) -> str:
    """What the file is called where it is saved: "eg-egp-software-volume-cost-current-2026-11-01.csv"."""
    book = file_set.book
    day = (file_set.current.effective_on if file_set.current else book.today(file_set.planned_at)).isoformat()
    pieces = [book.country, book.currency, book.kind, price_list, "cost" * with_cost, built.window, day]
    return "-".join(filter(None, pieces)).replace("_", "-").lower() + f".{built.format}"
