"""A deal that was declined is made anew (C7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from identity.actors import Actor

from ...models import Referral
from ...states import SalesStage
from ..content import content_of
from ..possible import RECREATED, why_not_recreate
from . import ground
from .ground import NotPossible
from .making import new_referral, tell_of_new


@transaction.atomic
def recreate(referral: Referral, *, by: Actor, now: datetime) -> Referral:
    """A new engagement with the same content: outbound, active, and where it is co-sell the vendor is asked again.

    What was declined stays as it is. Raises NotPossible.
    """
    current = Referral.objects.get(id=referral.id)
    ground.demand(why_not_recreate(current, by, now), by)
    said = content_of(current)
    stage = SalesStage.QUALIFIED if said.stage == SalesStage.WON else said.stage
    try:
        with transaction.atomic():
            made = new_referral(replace(said, stage=stage), by=by, now=now, recreated_from=current)
    except IntegrityError as error:
        if ground.broken(error) == "referral_recreated_once":
            raise NotPossible(RECREATED) from None  # somebody else did, at the same time
        raise
    ground.audit("recreated", made, by=by, now=now, previous=current.public_id)
    tell_of_new(made, by=by, now=now)
    return made
