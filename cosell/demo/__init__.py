"""Co-selling in the demo world: roles and places, solutions, deals in every state they rest in, profiles and leads.

Everything comes about by the actions, at times that lie apart as they would. Only the first roles of a site are set by
hand, as when a partner begins to co-sell.
"""

from __future__ import annotations

from identity.demo import World

from . import deals, files, ground, mail, market, notes


def build(world: World) -> None:
    """The sites that one can sign in to sell together with the vendor; some others have profiles to be found by."""
    companies = [
        ground.settle(world, site, number) for number, site in enumerate((*world.sites[:2], world.sites[7]))
    ]
    for company, other in zip(companies, [*companies[1:], companies[0]], strict=True):
        deals.build(world, company, other)
        files.build(world, company)
        notes.build(world, company)
    mail.build(world, companies[-1])
    market.build(world, companies)
