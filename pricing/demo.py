"""Parts of the demo world: what an invented vendor of infrastructure software sells."""

from __future__ import annotations

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole

from .models import Part, PartType, ProductLine
from .products import actions

LINES = [
    ("SENTINEL", "Sentinel Edge Firewall", "SE"),
    ("CAUSEWAY", "Causeway Branch Network", "CW"),
    ("HARBOUR", "Harbour Backup", "HB"),
    ("BEACON", "Beacon Identity", "BI"),
    ("TIDELINE", "Tideline Observability", "TO"),
    ("KEYSTONE", "Keystone Secrets Vault", "KV"),
    ("LANTERN", "Lantern Mail Shield", "LM"),
    ("MOORING", "Mooring Device Management", "MD"),
    ("SKERRY", "Skerry Event Analytics", "SK"),
    ("QUAYSIDE", "Quayside Integration", "QI"),
    ("LODESTAR", "Lodestar Data Platform", "LD"),
    ("ESTUARY", "Estuary Message Stream", "ES"),
]
OFFERS = [
    ("LL", PartType.LICENCE, "licence and 12 months' support, per virtual processor core"),
    ("RN", PartType.RENEWAL, "support renewal, 12 months, per virtual processor core"),
    ("RI", PartType.REINSTATEMENT, "support reinstatement, 12 months, per virtual processor core"),
    ("CT", PartType.COMMITTED_INITIAL, "committed term licence, initial, 36 months"),
    ("SB", PartType.SUBSCRIPTION, "subscription licence, 12 months, per authorised user"),
    ("SA", PartType.SAAS, "SaaS subscription, monthly billing, per authorised user"),
]
RETIRED = -4  # reinstating the last line's support: the demo's deals do without it


def build(world: World) -> list[Part]:
    """Twelve product lines with six parts each; gives those that are sold. One was sold until today."""
    made = []
    for code, name, sign in LINES:
        line = ProductLine.objects.create(code=code, name=name)
        for place, (ending, kind, offer) in enumerate(OFFERS):
            number = f"D{place}{sign}{world.rng.choice('ABCDEFGH')}{ending}"
            made.append(Part(number=number, description=f"{name}, {offer}", line=line, type=kind))
    Part.objects.bulk_create(made)
    by = world.of_staff(StaffRole.PRICING)
    with tenancy.scope(by):
        retired = actions.retire_part(made[RETIRED].number, version=1, by=by, now=world.now)
    return [part for part in made if part.number != retired.number]
