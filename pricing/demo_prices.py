"""Prices of the demo world: software and SaaS in eight countries, with editions in effect, announced and begun."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.numbers import get_currency_precision

from identity import tenancy
from identity.actors import Actor
from identity.demo import World
from identity.models import StaffRole

from .books import publishing
from .demo import PRICES
from .files import building
from .models import BookKind, Part, PartType, Price, PriceBook, PriceEdition
from .quoting.prices import book_kind_of

# country, currency, time zone, what a US dollar's worth of software costs there
COUNTRIES = [
    ("EG", "EGP", "Africa/Cairo", 48.0),
    ("SA", "SAR", "Asia/Riyadh", 3.9),
    ("AE", "AED", "Asia/Dubai", 3.8),
    ("PL", "PLN", "Europe/Warsaw", 4.1),
    ("BR", "BRL", "America/Sao_Paulo", 5.6),
    ("IT", "EUR", "Europe/Rome", 0.98),
    ("GB", "GBP", "Europe/London", 0.84),
    ("US", "USD", "America/New_York", 1.0),
]
LEVELS = {
    "srp": 1.0, "svp_bl": 0.96, "svp_d": 0.93, "svp_e": 0.9, "svp_f": 0.87, "svp_g": 0.84, "svp_h": 0.8,
    "svp_ed": 0.5, "svp_gv": 0.72, "bp_price": 0.68,
}  # fmt: skip
WRONG = "Its prices were those of another currency. Please use the edition before."


@dataclass(frozen=True, slots=True)
class Step:
    """An edition of a book: when it takes effect and was announced, and how far its prices are from the first's."""

    months: int  # from this month on
    announced: int  # days ago
    rise: float
    left_out: int = 0  # how many of the last parts it does not have yet


STEPS = (Step(-6, 260, 1.0, left_out=6), Step(0, 85, 1.03), Step(3, 12, 1.06))


def build(world: World) -> None:
    """Price books, and their editions through the real actions; the files are really built."""
    by = world.of_staff(StaffRole.PRICING)
    parts = list(Part.objects.order_by("number"))
    # What a licence of each line costs in US dollars; everything else in proportion.
    base = {part.line_id: float(part.points) * 100 for part in parts if part.type == PartType.LICENCE}
    for country, currency, zone, worth in COUNTRIES:
        for kind in BookKind.values:
            with tenancy.scope(by):
                book = publishing.add_book(
                    country=country,
                    currency=currency,
                    kind=kind,
                    time_zone=zone,
                    by=by,
                    now=world.now - timedelta(days=270),
                )
            sold = [part for part in parts if book_kind_of(part.type) == kind]
            costs = {part.id: base[part.line_id] * worth * PRICES[PartType(part.type)] / 100 for part in sold}
            for step in STEPS:
                _announce(world, book, step, costs, by)
            _begin(world, book, Step(6, 1, 1.08), costs, by)
    _withdraw(world, by)
    for file_set in building.sets_to_build(world.now):
        building.build_set(file_set, now=world.now)


def _begin(world: World, book: PriceBook, step: Step, costs: dict[int, float], by: Actor) -> PriceEdition:
    """A draft with its prices."""
    day = _first_of(book.today(world.now), step.months)
    at = world.now - timedelta(days=step.announced)
    with tenancy.scope(by):
        edition = publishing.begin_edition(book, name=f"{day:%Y-%m}-A", effective_on=day, by=by, now=at)
        Price.objects.bulk_create(_prices(edition, step, costs))
    return edition


def _announce(world: World, book: PriceBook, step: Step, costs: dict[int, float], by: Actor) -> PriceEdition:
    edition = _begin(world, book, step, costs, by)
    at = world.now - timedelta(days=step.announced)
    with tenancy.scope(by):
        return publishing.publish_edition(edition.public_id, version=1, by=by, now=at)


def _prices(edition: PriceEdition, step: Step, costs: dict[int, float]) -> Iterator[Price]:
    unit = 10 ** get_currency_precision(edition.book.currency)
    for place, (part, cost) in enumerate(costs.items()):
        if place >= len(costs) - step.left_out:
            continue
        rise = step.rise + 0.02 * (part % 5 == 0) * (step.rise > 1)
        retail = cost * rise
        yield Price(
            edition=edition,
            part_id=part,
            **{column: _amount(retail * share, unit) for column, share in LEVELS.items()},
        )


def _amount(price: float, unit: int) -> int:
    """In minor units; whole where it is not little."""
    return round(price) * unit if price >= 100 else round(price * unit)


def _withdraw(world: World, by: Actor) -> None:
    """An edition that was wrong, announced and taken back."""
    book = PriceBook.objects.get(country="PL", kind=BookKind.SOFTWARE)
    last = book.editions.order_by("effective_on").last()
    assert last is not None
    costs = {price.part_id: (price.srp or 0) / 400 for price in last.prices.all()}
    wrong = _announce(world, book, Step(4, 40, 1.0), costs, by)
    with tenancy.scope(by):
        at: datetime = world.now - timedelta(days=38)
        publishing.withdraw_edition(wrong.public_id, reason=WRONG, version=wrong.version, by=by, now=at)


def _first_of(day: date, months: int) -> date:
    """The first of the month so many months on."""
    months += day.year * 12 + day.month - 1
    return date(months // 12, months % 12 + 1, 1)
