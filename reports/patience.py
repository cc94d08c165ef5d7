"""How long the database may take over one thing that a page can do without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

SHORT = "4s"  # figures that come after the page
LONG = "15s"  # what somebody asked for and waits for


class TooSlow(Exception):
    """It would take longer than anybody waits for it; narrowed down, it would not."""


@contextmanager
def patience(limit: str) -> Iterator[None]:
    """The queries within, each for so long at most. Raises TooSlow; the transaction around goes on."""
    try:
        with transaction.atomic():
            _limit(limit)
            yield
            _limit("0")
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != "57014":  # query_canceled
            raise
        raise TooSlow from error


def _limit(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
