"""Lists that have saved views and files. Apps register theirs; this app knows nothing of what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from identity.access import demand
from identity.actors import Actor
from identity.privileges import Privilege

LONGEST_QUERY = 1500  # characters of a view's address


class QueryTooLong(Exception):
    """The filters do not fit into a saved view."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list page: its key, its name for readers, where it is, who may open it, and what its address may say."""

    key: str
    label: str | Promise
    url_name: str
    privilege: Privilege
    parameters: tuple[str, ...]
    url_args: tuple[str, ...] = ()

    def open_to(self, actor: Actor) -> bool:
        return actor.may(self.privilege)

    def demand(self, actor: Actor) -> None:
        """Raises PrivilegeMissing unless the actor may open the list."""
        demand(actor, self.privilege)

    def normalised(self, query: str | QueryDict) -> str:
        """What an address says, without what is empty, unknown or said twice, and always in the same order.

        So the same filters are the same text, whichever way somebody came by them. Raises QueryTooLong.
        """
        given = query if isinstance(query, QueryDict) else read(query)
        pairs = [
            (name, value)
            for name in self.parameters
            for value in dict.fromkeys(given.getlist(name))
            if value and "\0" not in value
        ]
        text = urlencode(pairs)
        if len(text) > LONGEST_QUERY:
            raise QueryTooLong
        return text

    def address(self, query: str, **more: str) -> str:
        whole = "&".join(part for part in (query, urlencode(more)) if part)
        page = reverse(self.url_name, args=self.url_args)
        return f"{page}?{whole}" if whole else page


def read(query: str) -> QueryDict:
    """An address's query. Raises QueryTooLong."""
    try:
        return QueryDict(query[: 4 * LONGEST_QUERY])
    except TooManyFieldsSent:
        raise QueryTooLong from None


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    _listings[listing.key] = listing
    return listing


def listing_named(key: str) -> Listing | None:
    return _listings.get(key)


def listings_of(actor: Actor) -> list[Listing]:
    """The lists that this actor may open."""
    return [listing for listing in _listings.values() if listing.open_to(actor)]
