"""The programme of the demo world: a first change of the rules, and each partner's tier."""

from __future__ import annotations

from datetime import timedelta

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole

from .. import actions

MINIMUM_VALUES = {"EUR": 2_500_00, "USD": 2_500_00, "PLN": 10_000_00, "EGP": 100_000_00, "SAR": 10_000_00}
NOTE = "Small deals take as long to decide as large ones; agreed with the country teams."


def set_up_programme(world: World) -> None:
    """A year ago channel operations set minimum values and gave every partner its tier."""
    by, then = world.of_staff(StaffRole.CHANNEL_OPERATIONS), world.now - timedelta(days=365)
    with tenancy.scope(by):
        actions.change_rules({"minimum_values": MINIMUM_VALUES}, base=1, note=NOTE, by=by, now=then)
        for number, site in enumerate(world.sites):
            tier = (
                "gold"
                if number in (0, 7)
                else world.rng.choice(("registered", "registered", "silver", "gold"))
            )
            actions.set_tier(site, tier, version=0, by=by, now=then)
