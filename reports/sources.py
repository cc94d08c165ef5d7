"""What files are made of: declared reports, and lists of other apps, all by a key.

A list has one level, `LIST`. Apps offer theirs: `offer(DEALS, deals_as_table)`.
"""

from __future__ import annotations

from collections.abc import Callable

from identity.actors import Actor

from .declared import ReportNotFound, report_named
from .listings import Listing, QueryTooLong
from .tables import BadFilter, Table
from .tables import table_of as report_as_table

LIST = "list"
Make = Callable[[str, Actor], Table]

_lists: dict[str, tuple[Listing, Make]] = {}


def offer(listing: Listing, make: Make) -> None:
    """Let files be made of a list. `make` gives its table for an address's query, as this actor may see it."""
    _lists[listing.key] = (listing, make)


def listing_of(source: str) -> Listing:
    """The list or report of this key: its name, its address, who may open it. Raises ReportNotFound."""
    return _lists[source][0] if source in _lists else report_named(source).listing


def table_of(source: str, query: str, *, level: str, actor: Actor) -> Table:
    """What the actor may see of it right now. Raises ReportNotFound, PrivilegeMissing, BadFilter."""
    if source not in _lists:
        return report_as_table(source, query, level=level, actor=actor)
    listing, make = _lists[source]
    listing.demand(actor)
    if level != LIST:
        raise ReportNotFound(f"{source}: {level}")
    try:
        listing.normalised(query)
    except QueryTooLong as error:
        raise BadFilter({}) from error
    return make(query, actor)


def address_of(source: str, query: str, level: str) -> str:
    """Where its page is. Raises ReportNotFound."""
    listing = listing_of(source)
    return listing.address(query) if source in _lists else listing.address(query, level=level)
