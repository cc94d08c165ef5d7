"""Deals of the demo world: 1,500 of them in every state, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from customers.models import Customer
from identity import tenancy
from identity.demo import World, member_actor
from identity.models import Site
from pricing.models import Part
from pricing.money import currency_of

from .. import actions
from ..states import Stage
from ..tasks import escalate_due, expire_due, measure_pace, proposals_due, remind_due
from .phrases import PHRASES
from .programme import set_up_programme
from .proposals import propose_some
from .stories import Story, sellers_of
from .views import save_some_views

DEALS = 1_500
MAIN_SITES = (0, 1, 7)  # whose people the demo signs in as: they get more of everything


def build(world: World, customers: list[Customer], parts: list[Part]) -> None:
    """Deals with timelines as people make them, and what the portal did by itself meanwhile."""
    set_up_programme(world)
    for site in _sites(world):
        Story(world, site, customers, parts).tell()
    for index in MAIN_SITES:
        _note_opportunities(world, world.sites[index], customers)
    propose_some(world, [world.sites[index] for index in MAIN_SITES], customers, parts)
    save_some_views(world, [world.sites[index] for index in MAIN_SITES])
    for job in (expire_due, escalate_due, remind_due, proposals_due):
        job(now=world.now)
    measure_pace(now=world.now)


def _sites(world: World) -> Iterator[Site]:
    """Whose deal each is: the main sites' every third, in turn."""
    for number in range(DEALS):
        if number % 3 == 0:
            yield world.sites[MAIN_SITES[number // 3 % len(MAIN_SITES)]]
        else:
            yield world.rng.choice(world.sites)


def _note_opportunities(world: World, site: Site, customers: list[Customer]) -> None:
    words = PHRASES[world.language_of(site)]
    for _ in range(4):
        actor = member_actor(world.rng.choice(sellers_of(world, site)))
        customer = world.rng.choice([each for each in customers if each.country == site.country])
        with tenancy.scope(actor):
            actions.note_opportunity(
                name=world.rng.choice(words.names) % "Keystone",
                customer=customer,
                customer_name=customer.name,
                customer_country=customer.country,
                stage=Stage.QUALIFIED,
                currency=currency_of(site.country),
                by=actor,
                now=world.now - timedelta(days=world.rng.randrange(1, 60)),
            )
