"""That somebody was sent a price file: what withdrawals are told by, and what "since my last download" means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from identity.actors import Actor
from identity.audit import recording
from identity.models import public_id
from identity.serving import Stretch

from ..models import PriceFile

NOTE = """
INSERT INTO pricing_pricedownload (public_id, at, site_id, user_id, user_name, by_key, file_id, book_id, file_name,
    editions, price_list, with_cost, "window", format, sha256, first_byte, bytes, complete)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@transaction.atomic(savepoint=False)  # it goes with the answer or not at all
def note_download(file: PriceFile, part: Stretch, *, by: Actor, now: datetime) -> None:
    """Write down which bytes of a file were sent to whom. Complete is what goes up to its end: the rest of a download
    that broke off completes it.
    """
    complete = part.last == file.size - 1
    who: list[Any] = [public_id(), now, by.site_id, by.user_id, by.name[:120], by.key_id is not None]
    # Copies, since partners no longer see a file that is no longer offered.
    what: list[Any] = [
        *(file.id, file.file_set.book_id, file.name, file.editions, file.price_list, file.with_cost),
        *(file.window, file.format, file.sha256),
    ]
    audit, about = recording(
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
    with connection.cursor() as cursor:  # both in one go: a download waits for each answer of the database
        cursor.execute(f"{NOTE};{audit}", [*who, *what, part.first, part.length, complete, *about])
