"""Reads of saved views."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet

from identity.actors import Actor

from .listings import Listing, listings_of
from .models import SavedView


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as a list page offers it."""

    public_id: str
    name: str
    address: str
    shared: bool
    own: bool
    owner_name: str
    is_default: bool


def views_of(listing: Listing, actor: Actor) -> list[Shown]:
    """One's own views of a list and those colleagues share, by name: one query.

    Of defaults the database shows one's own alone, so that one joined is the reader's.
    """
    rows = (
        SavedView.objects.filter(listing=listing.key)
        .order_by("name", "id")
        .values_list("public_id", "name", "query", "shared", "user_id", "owner_name", "defaults__id")
    )
    return [
        Shown(
            public_id,
            name,
            listing.address(query, view=public_id),
            shared,
            user_id == actor.user_id,
            owner_name,
            default is not None,
        )
        for public_id, name, query, shared, user_id, owner_name, default in rows[:200]
    ]


def all_views(actor: Actor) -> QuerySet[SavedView]:
    """Every view the actor may use: of the lists that they may open."""
    keys = [listing.key for listing in listings_of(actor)]
    return SavedView.objects.filter(listing__in=keys).annotate(default_id=F("defaults__id"))
