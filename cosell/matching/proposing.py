"""Which partners are proposed for a customer's need: one query for all profiles, and the ranking."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from ..models import Need, PublishedProfile
from .ranking import NEWCOMER, Figures, Ranked, ranked
from .words import Contribution, as_points, contributions

MOST = 20  # proposed at once
FIGURES = ("received", "accepted", "answered", "answer_minutes", "closed", "won")

# In plain SQL: ten thousand rows are read at each look, and go as they are into the arithmetic. Row security holds as
# ever: the vendor's people read all figures, a partner's its own.
ROWS = """
SELECT p.public_id, p.tags, f.received, f.accepted, f.answered, f.answer_minutes, f.closed, f.won
FROM cosell_publishedprofile p LEFT JOIN cosell_matchfigures f ON f.profile_id = p.profile_id
WHERE (%(country)s = '' OR p.country = %(country)s)
    AND (%(size)s = '' OR NOT p.turns_away OR p.sizes = '{}' OR %(size)s = ANY(p.sizes))
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile that is proposed, at its place, and why."""

    place: int
    profile: PublishedProfile
    points: Decimal
    thousandths: int
    why: list[Contribution]


def best(wanted: list[str], *, country: str = "", size: str = "", most: int = MOST) -> list[Ranked]:
    """The best public profiles for these tags. `country` and `size` leave out who does not work there, or turns such
    companies away; empty, they do not narrow.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"country": country, "size": size})
        return ranked(wanted, cursor.fetchall(), most=most)


def proposals_for(need: Need, *, anywhere: bool = False, most: int = MOST) -> list[Proposal]:
    """Partners in the customer's country (or `anywhere`), the best first, with the reasons for each place."""
    order = best(
        list(need.tags), country="" if anywhere else need.country, size=need.customer_size, most=most
    )
    profiles = {
        profile.public_id: profile
        for profile in PublishedProfile.objects.filter(
            public_id__in=[each.key for each in order]
        ).select_related("profile__figures", "site")
    }
    return [
        _proposal(place, profiles[each.key], each, list(need.tags))
        for place, each in enumerate(order, 1)
        if each.key in profiles
    ]


def _proposal(place: int, profile: PublishedProfile, at: Ranked, wanted: list[str]) -> Proposal:
    why = contributions(wanted, profile.tags, figures_of(profile), at.points)
    return Proposal(place, profile, as_points(at.total), at.total, why)


def figures_of(profile: PublishedProfile) -> Figures:
    """How the profile's partner fared; a newcomer's where nothing was reckoned yet."""
    found = getattr(profile.profile, "figures", None)
    return Figures(*(getattr(found, name) for name in FIGURES)) if found is not None else NEWCOMER
