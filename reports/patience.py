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
def patience(limit: str, *, in_order: bool = False) -> Iterator[None]:
    """The queries within, each for so long at most. Raises TooSlow; the transaction around goes on.

    `in_order`: they read the first rows of an order that an index has. The planner takes every site for an average one,
    since a policy does not tell it which one asks; of a site with a hundred times as much it would fetch all and sort.
    """
    try:
        with transaction.atomic():
            _set(limit, sort=not in_order)
            yield
            _set("0", sort=True)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != "57014":  # query_canceled
            raise
        raise TooSlow from error


def _set(limit: str, *, sort: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('enable_sort', %s, true)",
            [limit, "on" if sort else "off"],
        )
