"""Resellers and the tiers they were given: for the settings' pages and the API."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.api.sites import named
from identity.models import Site, SiteKind

from .models import SiteTier
from .rules import Rules


def partners() -> QuerySet[Site, Any]:
    """Resellers with what was given to them: `tier` (its code), `tier_version`, `set_at`, `set_by`; None: nothing."""
    given = SiteTier.objects.filter(site_id=OuterRef("id"))
    return Site.objects.filter(kind=SiteKind.RESELLER).annotate(
        tier=Subquery(given.values("tier")),
        tier_version=Subquery(given.values("version")),
        set_at=Subquery(given.values("set_at")),
        set_by=Subquery(given.values("set_by_name")),
    )


def partners_sought(text: str, tier: str, rules: Rules) -> QuerySet[Site, Any]:
    """Those of a name or number, and of a tier; whoever was given none has the lowest."""
    found = partners()
    if text:
        found = found.filter(named(text))
    if tier:
        none = Q(tier=None) if tier == rules.tiers[0].code else Q()
        found = found.filter(Q(tier=tier) | none)
    return found
