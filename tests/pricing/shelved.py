"""Price files for tests: the rows of a set that is offered, with a small file behind each."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from identity import tenancy
from identity.actors import Actor
from identity.serving import Stretch
from pricing.files.downloading import note_download
from pricing.files.offered import STORE
from pricing.models import FileFormat, FileSet, PriceBook, PriceEdition, PriceFile, PriceList, Window

from .priced import NOW

CONTENT = b"part_number,srp\r\n" + b"D0ABCLL,100.00\r\n" * 60


def make_files(
    book: PriceBook,
    editions: Sequence[PriceEdition],
    *,
    lists: Sequence[str] = (PriceList.VOLUME,),
    built_at: datetime = NOW,
    **extra: Any,
) -> FileSet:
    """A set with all files of some price lists, with cost and without."""
    current = editions[0] if editions else None
    extra = {"valid_on": current.effective_on if current else built_at.date()} | extra
    with tenancy.as_system():
        made = FileSet.objects.create(
            book=book,
            country=book.country,
            current=current,
            editions=[each.id for each in editions],
            planned_at=built_at,
            completed_at=built_at,
            **{"offered": True} | extra,
        )
        for name in lists:
            for with_cost in (False, True):
                for window in Window.values:
                    for format in FileFormat.values:
                        _file(made, editions, name, with_cost, window, format, built_at)
        for each in editions:
            PriceEdition.objects.filter(id=each.id, announced_at=None).update(announced_at=built_at)
    return made


def _file(
    made: FileSet,
    editions: Sequence[PriceEdition],
    price_list: str,
    with_cost: bool,
    window: str,
    format: str,
    built_at: datetime,
) -> None:
    name = f"{made.book.country}-{made.book.currency}-{made.book.kind}-{window}.{format}"
    stored = STORE.keep(io.BytesIO(f"{made.id} {price_list} {with_cost} {name}\r\n".encode() + CONTENT))
    held = {"current": editions[:1], "future": editions[1:]}.get(window, editions)
    PriceFile.objects.create(
        file_set=made,
        country=made.country,
        offered=made.offered,
        price_list=price_list,
        with_cost=with_cost,
        window=window,
        format=format,
        editions=[each.id for each in held],
        name=name,
        stored=stored.name,
        size=stored.size,
        sha256=stored.sha256,
        rows=2,
        built_at=built_at,
    )


def file_of(
    made: FileSet,
    window: str = "current",
    format: str = "csv",
    *,
    price_list: str = "volume",
    with_cost: bool = False,
) -> PriceFile:
    with tenancy.as_system():
        return PriceFile.objects.select_related("file_set__book").get(
            file_set=made, window=window, format=format, price_list=price_list, with_cost=with_cost
        )


def downloaded(file: PriceFile, by: Actor, *, at: datetime = NOW + timedelta(hours=1)) -> None:
    """That somebody downloaded a file whole."""
    with tenancy.scope(by):
        note_download(file, Stretch(0, file.size - 1), by=by, now=at)
