"""To which of a profile's locations an enquiry goes. Pure: no database, no clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A location that a profile names; `id` is the Location's."""

    id: int
    name: str
    city: str
    country: str  # ISO 3166


def route(places: Sequence[Place], *, country: str, city: str) -> Place:
    """The one in the customer's city; else the first in their country; else the first that the profile names.

    `places` stand in the profile's order. Raises ValueError where there is none.
    """
    if not places:
        raise ValueError("A profile without locations receives no enquiries.")
    there = [place for place in places if place.country == country]
    wanted = _folded(city)
    same_city = [place for place in there if wanted and _folded(place.city) == wanted]
    return (same_city or there or list(places))[0]


def _folded(city: str) -> str:
    """`Gîza`, `GIZA ` and `giza` are one city."""
    plain = unicodedata.normalize("NFKD", city.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
