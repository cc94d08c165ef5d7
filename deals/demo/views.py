"""Views of the opportunity manager that people saved."""

from __future__ import annotations

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site, StaffRole
from pricing.money import currency_of
from reports.actions import save_view
from reports.listings import Listing

from ..listing import DEALS
from ..reports import PIPELINE, WON_AND_LOST
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


# Of the reports: what closes in the order it does, shared; and why deals were lost.
OF_REPORTS = {
    "en": ("Approved, by close date", "Why we lost"),
    "ar": ("المعتمدة حسب تاريخ الإغلاق", "لماذا خسرنا"),
    "pt-br": ("Aprovados por data de fechamento", "Por que perdemos"),
    "pl": ("Zatwierdzone według daty zamknięcia", "Dlaczego przegraliśmy"),
    "it": ("Approvate per data di chiusura", "Perché abbiamo perso"),
}
APPROVED = (
    "status=approved&level=detail&order=close&columns=name,number,customer,value,close,distributor,owner"
)
REASONS = "status=lost&level=summary&by=reason&order=deals-"


def save_some_views(world: World, sites: list[Site]) -> None:
    """At each site somebody shares one view and keeps another; the deal desk shares one."""
    for site in sites:
        expiring, larger = NAMES[world.language_of(site)]
        actor = member_actor(sellers_of(world, site)[0])
        _save(world, actor, expiring, EXPIRING, shared=True)
        _save(world, actor, larger, LARGER.format(currency_of(site.country)))
        _of_reports(world, site)
    _save(
        world,
        world.of_staff(StaffRole.DEAL_DESK),
        "Approved, first to close",
        "show=approved&order=close",
        shared=True,
    )


def _of_reports(world: World, site: Site) -> None:
    """Whoever may read reports there shares one view of each; the reasons are what theirs opens with."""
    people = (member_actor(member) for member in world.members[site.id])
    readers = [each for each in people if PIPELINE.refusal(each) is None]
    if not readers:
        return
    approved, reasons = OF_REPORTS[world.language_of(site)]
    _save(world, readers[0], approved, APPROVED, shared=True, listing=PIPELINE.listing)
    _save(world, readers[0], reasons, REASONS, shared=True, default=True, listing=WON_AND_LOST.listing)


def _save(
    world: World, actor: Actor, name: str, query: str, *, listing: Listing = DEALS, **options: bool
) -> None:
    with tenancy.scope(actor):
        save_view(listing, name=name, query=query, by=actor, now=world.now, **options)
