"""Where the vendor's people find the rules, and where everybody finds a partner's tier."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity import site_facts
from identity.actors import Actor, Kind
from identity.models import Site, SiteKind
from identity.privileges import Privilege
from identity.settings_pages import SettingsPage, register
from identity.site_facts import Fact

from .queries import rules_in_force, tier_of

register(
    SettingsPage(
        label=_("Rules of deal registration"),
        text=_(
            "Validity, extensions, promises, minimum values, discounts and reasons: by versions, which decisions"
            " record."
        ),
        url_name="rules:list",
        icon="gavel",
        order=20,
    )
)
register(
    SettingsPage(
        label=_("Partners' tiers"),
        text=_("Each reseller's tier in the programme, on which its registered-deal discounts depend."),
        url_name="rules:partners",
        icon="medal",
        order=30,
    )
)
register(
    SettingsPage(
        label=_("Questions about conflicts"),
        text=_(
            "Which partners asked whether a deal conflicts with another, how often, and what they were told."
        ),
        url_name="rules:questions",
        icon="search",
        privilege=Privilege.SETTING_VIEW,
        order=35,
    )
)


@site_facts.register
def tier(site: Site, actor: Actor) -> Iterator[Fact]:
    """A reseller's tier: for the vendor's people, and for those of its own who work with deals."""
    if site.kind != SiteKind.RESELLER:
        return
    if actor.may(Privilege.SETTING_VIEW):
        href = reverse("rules:partner", args=[site.public_id])
    elif actor.kind is Kind.RESELLER and actor.site_id == site.id and actor.may(Privilege.DEAL_VIEW):
        href = reverse("deals:rules")
    else:
        return
    rules = rules_in_force()
    yield Fact(_("Tier"), rules.tier_label(tier_of(site.id, rules)), href)
