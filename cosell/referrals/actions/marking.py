"""Favourites: somebody's own mark on a deal, open or closed."""

from __future__ import annotations

from django.db import transaction

from identity.actors import Actor

from ...models import Favourite, Referral
from ..possible import P
from . import ground


@transaction.atomic
def mark(referral: Referral, on: bool, *, by: Actor) -> None:
    """Put a mark on a deal, or take it off; twice is the same as once. Raises NotPossible, Referral.DoesNotExist."""
    ground.demand_privilege(by, P.REFERRAL_VIEW)
    current = Referral.objects.only("id", "site_id").get(id=referral.id)
    if not on:
        Favourite.objects.filter(referral_id=current.id, user_id=by.user_id).delete()
        return
    new = Favourite(site_id=current.site_id, user_id=by.user_id, referral_id=current.id)
    Favourite.objects.bulk_create([new], ignore_conflicts=True)
