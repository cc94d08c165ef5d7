"""What distributors propose to resellers in the demo world, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from customers.models import Customer
from identity import tenancy
from identity.demo import World, member_actor
from identity.models import Site
from pricing.models import Part
from pricing.money import currency_of

from .. import actions
from ..actions.proposing import as_content
from ..models import Deal
from ..tasks import proposals_due
from .phrases import PHRASES


def propose_some(
    world: World, sites: Sequence[Site], customers: Sequence[Customer], parts: Sequence[Part]
) -> None:
    """Two proposals to each of the sites that the demo signs in to: one waits, one was declined. And one to nobody."""
    for site in sites:
        for days in (9, 1):
            _propose(world, site.number, site, customers, parts, days)
        proposals_due(now=world.now)
        _decline_the_older(world, site)
    _propose(world, "7999999", sites[0], customers, parts, days=3)


def _propose(
    world: World,
    number: str,
    site: Site,
    customers: Sequence[Customer],
    parts: Sequence[Part],
    days: int,
) -> None:
    distributor = world.distributors[0] if site.country == "EG" else world.rng.choice(world.distributors)
    by = member_actor(world.members[distributor.id][0])
    words = PHRASES[world.language_of(site)]
    customer = world.rng.choice([each for each in customers if each.country == site.country])
    part = world.rng.choice(list(parts))
    name, address = world.rng.choice(words.people)
    content = as_content(
        {
            "customer": customer,
            "contact_name": name,
            "contact_email": f"{address}@{customer.web_domain or 'customer.example'}",
            "products": [(part, 50)],
            "name": world.rng.choice(words.names) % part.line.name,
            "value": 180_000_00,
            "currency": currency_of(site.country),
            "close_on": (world.now + timedelta(days=70)).date(),
            "next_steps": world.rng.choice(words.steps),
        }
    )
    then = world.now - timedelta(days=days)
    with tenancy.scope(by):
        actions.propose_deal(reseller_number=number, content=content, by=by, now=then)


def _decline_the_older(world: World, site: Site) -> None:
    by = member_actor(world.members[site.id][0])
    with tenancy.scope(by):
        older = Deal.objects.exclude(proposal_ref="").filter(status="draft").order_by("id").first()
        if older is not None:
            text = PHRASES[world.language_of(site)].withdrawn
            actions.decline_proposal(older, text=text, by=by, now=world.now)
