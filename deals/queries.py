"""Reads of deals that span models, or that several pages share."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from identity.actors import Actor
from identity.models import Membership, MembershipStatus, Site, SiteKind

from .models import (
    Deal,
    DealAttachment,
    DealEvent,
    DealProduct,
    DealViewing,
    DecisionPace,
    Opportunity,
    OpportunityStatus,
    RulesVersion,
    SiteTier,
)
from .rules import Rules
from .states import Status


def rules_in_force() -> Rules:
    """The rules of deal registration as they are now; those the product starts with until somebody changes them."""
    found = RulesVersion.objects.order_by("-number").values_list("number", "content").first()
    return Rules.of(*found) if found else Rules()


def tier_of(site_id: int, rules: Rules) -> str:
    """The code of a partner's tier; the lowest where none was given, or it is no tier any more."""
    given = SiteTier.objects.filter(site_id=site_id).values_list("tier", flat=True).first()
    codes = [tier.code for tier in rules.tiers]
    return given if given in codes else codes[0]


def latest_pace() -> DecisionPace | None:
    """How quick the deal desk was lately; None before anything was measured."""
    return DecisionPace.objects.order_by("-on").first()


def products_of(deal: Deal) -> list[DealProduct]:
    return list(DealProduct.objects.filter(deal=deal).order_by("position"))


def events_of(deal: Deal) -> list[DealEvent]:
    """The timeline, newest first."""
    return list(DealEvent.objects.filter(deal=deal).order_by("-id"))


def attachments() -> QuerySet[DealAttachment]:
    """The files one may read, the newest last."""
    return DealAttachment.objects.filter(removed_at=None).order_by("id")


VIEWINGS_SHOWN = 50
LATEST_LOOK = ("-at", "-id")


def viewings() -> QuerySet[DealViewing]:
    """Who looked at deals, of those that the actor is told: a distributor of its own people's looking alone."""
    return DealViewing.objects.all()


def latest_viewings_of(deal: Deal) -> tuple[list[DealViewing], bool]:
    """Who looked at a deal last, the newest first; and whether there are more."""
    found = list(viewings().filter(deal=deal).order_by(*LATEST_LOOK)[: VIEWINGS_SHOWN + 1])
    return found[:VIEWINGS_SHOWN], len(found) > VIEWINGS_SHOWN


def colleagues_of(actor: Actor) -> list[Membership]:
    """Who may answer for a deal of the actor's site. One's own places at other sites are seen too, hence the filter."""
    here = Membership.objects.filter(site__number=actor.site_number, status=MembershipStatus.ACTIVE)
    return list(here.order_by("name", "id"))


def distributors() -> list[Site]:
    """Whom a reseller may name on a deal."""
    return list(Site.objects.filter(kind=SiteKind.DISTRIBUTOR, is_active=True).order_by("name", "id"))


def open_opportunities() -> list[Opportunity]:
    """The site's opportunities that no deal was registered from yet, newest first."""
    return list(Opportunity.objects.filter(status=OpportunityStatus.OPEN).order_by("-id")[:200])


def unfinished_drafts() -> list[Deal]:
    """The site's drafts, last edited first."""
    return list(Deal.objects.filter(status=Status.DRAFT).order_by("-updated_at")[:5])


def follow_ups_of(deal: Deal) -> dict[str, Any]:
    """The deal this one takes up again, the one that takes up this, and the appeal against this: a few columns each,
    or None.
    """
    columns = ("public_id", "number", "submission_ref", "name", "status", "appeal_text", "created_at")
    previous = Deal.objects.filter(id=deal.previous_id).values(*columns).first() if deal.previous_id else None
    later = Deal.objects.filter(previous_id=deal.id).values(*columns).order_by("-id")
    followers = list(later[:10]) if deal.is_terminal else []
    appeals = (
        {**found, "label": Status(found["status"]).label} for found in followers if found["appeal_text"]
    )
    return {
        "previous": previous,
        "following": next(iter(followers), None),
        "appealed": next(appeals, None),
    }
