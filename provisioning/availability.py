"""Whether a name is free, and taking it: unique by how it looks, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from .models import NameKind, RegistryName
from .naming import NameFlaw, Words, normal, skeleton, why_not_a_name

# The words that could be in the way, and whether the name is taken, in one question. Every role may ask the function;
# nobody learns who has the name.
ASKED = """
SELECT array(SELECT skeleton FROM provisioning_nameword WHERE use = 'reserved' AND skeleton = %(looks)s),
       array(SELECT skeleton FROM provisioning_nameword WHERE use = 'offensive' AND strpos(%(looks)s, skeleton) > 0),
       portal_name_taken(%(kind)s, %(looks)s)
"""


class NameTaken(Exception):
    """Somebody else has this name, or one that looks like it."""


@dataclass(frozen=True, slots=True)
class Availability:
    """`flaw` says why a name is not free; its label is for people. `sure`: whoever has the names was asked."""

    free: bool
    flaw: NameFlaw | None = None
    sure: bool = True


def availability(kind: NameKind, name: str) -> Availability:
    """Whether somebody can have this name just now; it is theirs only with `take_name`. One query at most."""
    name = normal(name)
    flaw = why_not_a_name(name)
    if flaw is None:
        with connection.cursor() as cursor:
            cursor.execute(ASKED, {"looks": skeleton(name), "kind": str(kind)})
            reserved, offensive, taken = cursor.fetchone()
        flaw = why_not_a_name(name, Words(reserved, offensive)) or (NameFlaw.TAKEN if taken else None)
    return Availability(free=flaw is None, flaw=flaw)


def take_name(kind: NameKind, name: str, *, holder: str, now: datetime) -> RegistryName:
    """Make a name somebody's (an organisation's public id), as the system; again by the same holder changes nothing.

    The name was found to be free before. Of two who take it at once, one waits for the other and gets NameTaken.
    """
    name = normal(name)
    looks = skeleton(name)
    RegistryName.objects.bulk_create(
        [RegistryName(kind=kind, skeleton=looks, name=name, holder=holder, taken_at=now)],
        ignore_conflicts=True,
    )
    taken = RegistryName.objects.get(kind=kind, skeleton=looks)
    if taken.holder != holder:
        raise NameTaken(name)
    return taken
