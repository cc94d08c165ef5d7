"""Leads that become deals: what a new deal is filled in with, and that it was made. For cosell/referrals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from identity.actors import Actor

from ..models import Lead, Location, Referral
from . import actions
from .possible import why_not_deal


def lead_named(public_id: str, actor: Actor) -> Lead | None:
    """The lead that an address names, if the actor may make a deal of it now."""
    if not public_id or not public_id.isalnum() or len(public_id) > 12:
        return None
    lead = Lead.objects.filter(public_id=public_id).first()
    return lead if lead is not None and why_not_deal(lead, actor) is None else None


def filled_in(lead: Lead) -> dict[str, Any]:
    """What the form of a new deal begins with, by its fields; the rest is for the person to say."""
    location = Location.objects.filter(id=lead.location_id, closed_at__isnull=True).first()
    return {
        "name": lead.customer_name[:120],
        **({"location": location.public_id} if location else {}),
        "customer_name": lead.customer_name,
        "customer_size": lead.customer_size,
        "city": lead.city,
        "country": lead.country,
        "contact_first_name": lead.contact_first_name,
        "contact_last_name": lead.contact_last_name,
        "contact_title": lead.contact_title,
        "contact_email": lead.contact_email,
        "contact_phone": lead.contact_phone,
        "consent_contact": lead.consent_contact,
        "notes": lead.wish,
    }


def became(lead: Lead | None, deal: Referral, *, by: Actor, now: datetime) -> None:
    """That a deal was made of a lead (None: of none), in the transaction in which it was made.

    Raises actions.NotPossible where another deal was made of it meanwhile.
    """
    if lead is not None:
        actions.note_deal(lead, deal, by=by, now=now)
