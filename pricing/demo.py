"""Parts of the demo world: what an invented vendor of infrastructure software sells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole

from .models import Metric, Part, PartType, ProductLine
from .products import actions

# code, name, letters in part numbers, points of a licence (each worth about 100 US dollars), what is counted
LINES = [
    ("SENTINEL", "Sentinel Edge Firewall", "SE", "14.00", Metric.VPC),
    ("CAUSEWAY", "Causeway Branch Network", "CW", "6.50", Metric.INSTALL),
    ("HARBOUR", "Harbour Backup", "HB", "3.20", Metric.RVU),
    ("BEACON", "Beacon Identity", "BI", "1.75", Metric.AUTHORISED_USER),
    ("TIDELINE", "Tideline Observability", "TO", "9.40", Metric.VPC),
    ("KEYSTONE", "Keystone Secrets Vault", "KV", "11.25", Metric.PVU),
    ("LANTERN", "Lantern Mail Shield", "LM", "1.40", Metric.AUTHORISED_USER),
    ("MOORING", "Mooring Device Management", "MD", "2.10", Metric.CONCURRENT_USER),
    ("SKERRY", "Skerry Event Analytics", "SK", "16.80", Metric.VPC),
    ("QUAYSIDE", "Quayside Integration", "QI", "12.60", Metric.PVU),
    ("LODESTAR", "Lodestar Data Platform", "LD", "18.90", Metric.VPC),
    ("ESTUARY", "Estuary Message Stream", "ES", "7.30", Metric.RVU),
]
UNITS = {
    Metric.VPC: "virtual processor core", Metric.PVU: "processor value unit", Metric.RVU: "resource value unit",
    Metric.AUTHORISED_USER: "authorised user", Metric.CONCURRENT_USER: "concurrent user", Metric.INSTALL: "install",
}  # fmt: skip
USERS = Metric.AUTHORISED_USER


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which the same thing is sold. The metric is the line's, where none is given."""

    ending: str
    type: PartType
    text: str
    hundredths: int  # of the licence: what it costs, and its points
    term_months: int | None
    metric: Metric | None = None


WAYS = [
    Way("LL", PartType.LICENCE, "licence and 12 months' support", 100, 12),
    Way("RN", PartType.RENEWAL, "support renewal, 12 months", 20, 12),
    Way("RI", PartType.REINSTATEMENT, "support reinstatement, 12 months", 60, 12),
    Way("CT", PartType.COMMITTED_INITIAL, "committed term licence, initial, 36 months", 190, 36),
    Way("SB", PartType.SUBSCRIPTION, "subscription licence, 12 months", 45, 12, USERS),
    Way("SA", PartType.SAAS, "SaaS subscription, by the month", 5, 1, USERS),
]
# What follows on those; nobody registers a deal for it.
MORE_WAYS = [
    Way("CS", PartType.COMMITTED_SUBSEQUENT, "committed term licence, subsequent, 36 months", 152, 36),
    Way("MO", PartType.MONTHLY, "monthly licence", 6, 1),
    Way("OV", PartType.SAAS_OVERAGE, "SaaS overage, by the month", 7, 1, USERS),
    Way("SU", PartType.SAAS_SETUP, "SaaS set-up, once", 30, None, Metric.INSTALL),
    Way("ME", PartType.MEDIA, "media pack", 2, None, Metric.INSTALL),
]
PRICES = {way.type: way.hundredths for way in (*WAYS, *MORE_WAYS)}  # beside the licence's 100
RETIRED = PartType.REINSTATEMENT  # of the last line: the demo's deals do without it


def build(world: World) -> list[Part]:
    """Twelve product lines, each sold in eleven ways; gives those parts for which deals are registered.

    One part was sold until today.
    """
    deals: list[Part] = []
    others: list[Part] = []
    for code, name, sign, points, metric in LINES:
        line = ProductLine.objects.create(code=code, name=name)
        letter = "A"
        for place, way in enumerate((*WAYS, *MORE_WAYS)):
            letter = world.rng.choice("ABCDEFGH") if way in WAYS else letter
            counted = way.metric or metric
            part = Part(
                number=f"D{place:X}{sign}{letter}{way.ending}",
                description=f"{name}, {way.text}, per {UNITS[counted]}",
                line=line,
                type=way.type,
                family=f"{sign}-STANDARD",
                metric=counted,
                points=(Decimal(points) * way.hundredths / 100).quantize(Decimal("0.01")),
                term_months=way.term_months,
            )
            (deals if way in WAYS else others).append(part)
    Part.objects.bulk_create([*deals, *others])
    by = world.of_staff(StaffRole.PRICING)
    with tenancy.scope(by):
        last = next(part for part in reversed(deals) if part.type == RETIRED)
        retired = actions.retire_part(last.number, version=1, by=by, now=world.now)
    return [part for part in deals if part.number != retired.number]
