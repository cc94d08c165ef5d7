"""That somebody was sent a price file: what withdrawals are told by, and what "since my last download" means."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from identity.actors import Actor
from identity.audit import record
from identity.serving import Stretch

from .models import PriceDownload, PriceFile


@transaction.atomic(savepoint=False)  # it goes with the answer or not at all
def note_download(file: PriceFile, part: Stretch, *, by: Actor, now: datetime) -> None:
    """Write down which bytes of a file were sent to whom. Complete is what goes up to its end: the rest of a download
    that broke off completes it.
    """
    complete = part.last == file.size - 1
    PriceDownload.objects.bulk_create(
        [
            PriceDownload(
                at=now,
                site_id=by.site_id,
                user_id=by.user_id,
                user_name=by.name[:120],
                by_key=by.key_id is not None,
                file=file,
                book_id=file.file_set.book_id,
                file_name=file.name,
                editions=file.editions,
                price_list=file.price_list,
                with_cost=file.with_cost,
                window=file.window,
                format=file.format,
                sha256=file.sha256,
                first_byte=part.first,
                bytes=part.length,
                complete=complete,
            )
        ]
    )
    record(
        "price_file.downloaded",
        by=by,
        now=now,
        object_type="price_file",
        object_id=file.public_id,
        label=file.name,
        sha256=file.sha256,
        first_byte=part.first,
        bytes=part.length,
        complete=complete,
    )
