"""That somebody was sent a price file: what withdrawals are told by, and what "since my last download" means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from identity.actors import Actor
from identity.audit import record
from identity.models import public_id
from identity.serving import Stretch

from .models import PriceFile

# What the file is, the database copies from its row: partners no longer see that when it is no longer offered.
NOTE = """
INSERT INTO pricing_pricedownload (public_id, at, site_id, user_id, user_name, by_key, file_id, book_id, file_name,
    editions, price_list, with_cost, "window", format, sha256, first_byte, bytes, complete)
SELECT %s, %s, %s, %s, %s, %s, f.id, s.book_id, f.name,
    f.editions, f.price_list, f.with_cost, f."window", f.format, f.sha256, %s, %s, %s
FROM pricing_pricefile f JOIN pricing_fileset s ON s.id = f.file_set_id WHERE f.id = %s
"""


@transaction.atomic(savepoint=False)  # it goes with the answer or not at all
def note_download(file: PriceFile, part: Stretch, *, by: Actor, now: datetime) -> None:
    """Write down which bytes of a file were sent to whom. Complete is what goes up to its end: the rest of a download
    that broke off completes it.
    """
    complete = part.last == file.size - 1
    who: list[Any] = [public_id(), now, by.site_id, by.user_id, by.name[:120], by.key_id is not None]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [*who, part.first, part.length, complete, file.id])
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
