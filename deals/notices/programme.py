"""The tier that a partner was given."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.models import Site
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import SiteTier
from ..rules import TIER, Rules
from .ground import DEALS, words_of

TIER_SET = register(
    NoticeKind(
        name="deal.tier_set",
        group=DEALS,
        title=_("Your tier in the programme was set"),
        subject=_("Your tier is now: %(tier)s"),
        body=_(
            "%(site)s has the tier %(tier)s from now on. The discounts for registered deals depend on it.\n\n"
            "Deals that were approved before keep the discount they were granted."
        ),
        action=_("See your discounts"),
        privilege=Privilege.DEAL_VIEW,
        icon="medal",
        kinds=frozenset({Kind.RESELLER}),
    )
)


def tell_of_tier(site: Site, given: SiteTier, rules: Rules, *, by: Actor, now: datetime) -> None:
    """Tell a partner of the tier it was given."""
    tell(
        TIER_SET,
        to=[Audience.site(site.id, Privilege.DEAL_VIEW)],
        by=by,
        now=now,
        href="/deals/rules/",
        dedupe_key=f"deal.tier_set:{site.public_id}:{given.version}",
        context={"site": site.name, "tier": words_of(rules, TIER, given.tier)},
    )
