"""Views of the opportunity manager that people saved."""

from __future__ import annotations

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site, StaffRole
from pricing.money import currency_of
from reports.actions import save_view

from ..listing import DEALS
from .stories import sellers_of

# What expires next, and what is worth more than a little: in each language.
NAMES = {
    "en": ("First to expire", "Larger deals, still open"),
    "ar": ("الأقرب انتهاءً", "الصفقات الكبيرة المفتوحة"),
    "pt-br": ("Vencem primeiro", "Negócios maiores em aberto"),
    "pl": ("Najbliższy koniec ochrony", "Większe otwarte szanse"),
    "it": ("In scadenza", "Trattative maggiori aperte"),
}
EXPIRING = "show=approved&order=expiry&columns=number,name,customer,value,expires,close,owner"
LARGER = "show=all&status=submitted&status=under_review&status=approved&currency={}&value_from=50000"


def save_some_views(world: World, sites: list[Site]) -> None:
    """At each site somebody shares one view and keeps another; the deal desk shares one."""
    for site in sites:
        expiring, larger = NAMES[world.language_of(site)]
        actor = member_actor(sellers_of(world, site)[0])
        _save(world, actor, expiring, EXPIRING, shared=True)
        _save(world, actor, larger, LARGER.format(currency_of(site.country)))
    _save(
        world,
        world.of_staff(StaffRole.DEAL_DESK),
        "Approved, first to close",
        "show=approved&order=close",
        shared=True,
    )


def _save(world: World, actor: Actor, name: str, query: str, *, shared: bool = False) -> None:
    with tenancy.scope(actor):
        save_view(DEALS, name=name, query=query, shared=shared, by=actor, now=world.now)
