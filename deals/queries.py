"""Reads of deals that span models, or that several pages share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.names import search_name
from customers.queries import ids_named
from identity.actors import Actor, Kind
from identity.models import Membership, MembershipStatus, Site, SiteKind

from .clock import EXPIRING_SOON
from .models import (
    Deal,
    DealAttachment,
    DealEvent,
    DealProduct,
    Opportunity,
    OpportunityStatus,
    RulesVersion,
    SiteTier,
)
from .numbers import as_typed
from .rules import Rules
from .states import TERMINAL, WAITING, Status


def rules_in_force() -> Rules:
    """The rules of deal registration as they are now; those the product starts with until somebody changes them."""
    found = RulesVersion.objects.order_by("-number").values_list("number", "content").first()
    return Rules.of(*found) if found else Rules()


def tier_of(site_id: int, rules: Rules) -> str:
    """The code of a partner's tier; the lowest where none was given, or it is no tier any more."""
    given = SiteTier.objects.filter(site_id=site_id).values_list("tier", flat=True).first()
    codes = [tier.code for tier in rules.tiers]
    return given if given in codes else codes[0]


Rows = QuerySet[Deal, tuple[Any, ...]]

NEWEST_FIRST = ("-listed_at", "-id")
FIRST_COME = ("listed_at", "id")


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    """A view of the opportunity manager: which deals, in which order."""

    name: str
    label: str | Promise
    condition: Q
    order: tuple[str, ...] = NEWEST_FIRST


ALL = Tab("all", _("All deals"), Q())
DRAFTS = Tab("draft", _("Drafts"), Q(status=Status.DRAFT))
WITH_VENDOR = Tab("waiting", _("Waiting for a decision"), Q(status__in=WAITING))
QUEUE = Tab("waiting", _("To decide"), Q(status__in=WAITING), FIRST_COME)
RETURNED = Tab("returned", _("Returned"), Q(status=Status.RETURNED))
APPROVED = Tab("approved", _("Approved"), Q(status=Status.APPROVED))
EXPIRING = Tab("expiring", _("Expiring soon"), Q(status=Status.APPROVED))
CLOSED = Tab("closed", _("Closed"), Q(status__in=TERMINAL))

# The first is where one lands.
TABS: dict[Kind, tuple[Tab, ...]] = {
    Kind.RESELLER: (ALL, DRAFTS, WITH_VENDOR, RETURNED, APPROVED, EXPIRING, CLOSED),
    Kind.DISTRIBUTOR: (ALL, WITH_VENDOR, APPROVED, EXPIRING, CLOSED),
    Kind.STAFF: (QUEUE, ALL, RETURNED, APPROVED, EXPIRING, CLOSED),
}


def tab_named(name: str, actor: Actor) -> Tab:
    """The tab of this name, or the one this actor lands on."""
    tabs = TABS[actor.kind]
    return next((tab for tab in tabs if tab.name == name), tabs[0])


# The columns of the opportunity manager.
ROW = (
    "id", "listed_at", "public_id", "name", "number", "submission_ref", "customer_name", "customer_country",
    "product_summary", "value", "currency", "stage", "status", "decision_due_at", "expires_at", "submitted_at",
    "close_on", "distributor_name", "owner_name", "site_name", "updated_at",
)  # fmt: skip


def rows_in(tab: Tab, *, now: datetime) -> Rows:
    """The deals of a tab, of those the database lets the actor see, as plain tuples of ROW."""
    rows = _rows_of(tab)
    return rows.filter(expires_at__lt=now + EXPIRING_SOON) if tab is EXPIRING else rows


@cache
def _rows_of(tab: Tab) -> Rows:
    # Begun once: the ORM takes as long to find 21 columns by name as the database to find the rows.
    return Deal.objects.filter(tab.condition).values_list(*ROW)


def meant_by(text: str, actor: Actor) -> Q:
    """Deals that a search means: by number, by submission reference, or by the customer's name."""
    typed = as_typed(text)
    meant = Q(number=typed) | Q(submission_ref=typed)
    name = search_name(text)
    if name:
        meant |= Q(customer_id__in=ids_named(text))
        if actor.kind is Kind.RESELLER:
            meant |= Q(search_name__begins=name)  # drafts whose customer nobody knows yet
    return meant


def products_of(deal: Deal) -> list[DealProduct]:
    return list(DealProduct.objects.filter(deal=deal).order_by("position"))


def events_of(deal: Deal) -> list[DealEvent]:
    """The timeline, newest first."""
    return list(DealEvent.objects.filter(deal=deal).order_by("-id"))


def attachments() -> QuerySet[DealAttachment]:
    """The files one may read, the newest last."""
    return DealAttachment.objects.filter(removed_at=None).order_by("id")


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
    """The deal this one takes up again, and the one that takes up this: (public id, reference) or None."""
    columns = ("public_id", "number", "submission_ref", "name")
    previous = Deal.objects.filter(id=deal.previous_id).values(*columns).first() if deal.previous_id else None
    following = (
        Deal.objects.filter(previous_id=deal.id).values(*columns).order_by("-id").first()
        if deal.is_terminal
        else None
    )
    return {"previous": previous, "following": following}
