"""Chances of a sale, before anything is registered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from identity.actors import Actor
from identity.audit import record

from ..models import Opportunity, OpportunityStatus
from .ground import place_of


@transaction.atomic
def note_opportunity(*, name: str, by: Actor, now: datetime, **known: Any) -> Opportunity:
    """Write down a chance of a sale; `known` is whatever else of an Opportunity is known."""
    opportunity = Opportunity.objects.create(
        site_id=place_of(by)[0], name=name, owner_name=by.name, created_at=now, **known
    )
    record(
        "opportunity.noted",
        by=by,
        now=now,
        object_type="opportunity",
        object_id=opportunity.public_id,
        label=name,
    )
    return opportunity


def mark_registered(opportunity_id: int, *, by: Actor, now: datetime) -> None:
    """A deal came of an opportunity. One that was closed meanwhile is opened again for it, and the audit says so."""
    opportunity = Opportunity.objects.select_for_update().get(id=opportunity_id)
    if opportunity.status == OpportunityStatus.CLOSED:
        record(
            "opportunity.reopened",
            by=by,
            now=now,
            object_type="opportunity",
            object_id=opportunity.public_id,
            label=opportunity.name,
        )
    if opportunity.status != OpportunityStatus.REGISTERED:
        opportunity.status = OpportunityStatus.REGISTERED
        opportunity.save(update_fields=["status"])


@transaction.atomic
def close_opportunity(opportunity: Opportunity, *, by: Actor, now: datetime) -> None:
    """No sale will come of it. Done once; an opportunity that was registered stays what it is."""
    closed = Opportunity.objects.filter(id=opportunity.id, status=OpportunityStatus.OPEN).update(
        status=OpportunityStatus.CLOSED
    )
    if closed:
        record(
            "opportunity.closed",
            by=by,
            now=now,
            object_type="opportunity",
            object_id=opportunity.public_id,
            label=opportunity.name,
        )
