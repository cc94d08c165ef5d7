"""Looks at deals that span models."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from identity.models import Site

from ..models import Location


@dataclass(frozen=True, slots=True)
class Place:
    """An open location of another partner's, as far as it is shown to whoever invites it."""

    site: Site  # its id, number and name, nothing else
    location: Location  # its id, name, city and country, nothing else


def places_of(number: str) -> list[Place]:
    """Where the partner with this site number can be invited, by name; nowhere for a number that nobody has.

    Neither its site nor its locations are the inviter's to read: a function of the database shows this much of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cosell_places(%s)", [number.strip()])
        rows = cursor.fetchall()
    return [
        Place(
            Site(id=site_id, name=site_name, number=number.strip()),
            Location(id=location_id, site_id=site_id, name=name, city=city, country=country),
        )
        for site_id, site_name, location_id, name, city, country in rows
    ]
