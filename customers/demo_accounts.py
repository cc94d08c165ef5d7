"""Agreements and sites of the demo world's customers, and who looked after each of them in the last three years.

Everything comes by the feeds, as it would. Many of the sites have moved between resellers in the middle of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

import feeds.demo
from identity.demo import LANGUAGE_OF, World
from identity.models import AgreementRole, PriceLevel, Programme, Site, SiteKind, StaffRole

from .models import Customer, Relationship

DAYS = 3 * 365  # of history
# How a site is called, in the language of its country; the first one is where an agreement began.
PLACES = {
    "ar": ("المقر الرئيسي", "المستودع", "الفرع الشرقي", "مركز التدريب"),
    "pl": ("centrala", "magazyn", "oddział wschodni", "ośrodek szkoleniowy"),
    "pt-br": ("matriz", "depósito", "filial leste", "centro de treinamento"),
    "it": ("sede centrale", "magazzino", "filiale est", "centro di formazione"),
    "en": ("head office", "warehouse", "east branch", "training centre"),
}
LEVELS = ("BL", "D", "D", "D", "E", "E", "F", "G")
POINTS = {"BL": 120, "D": 610, "E": 1_340, "F": 3_100, "G": 6_200}


@dataclass(frozen=True, slots=True)
class Span:
    """For so long a reseller, and perhaps a distributor, looked after a site."""

    reseller: Site
    distributor: Site | None
    first: date
    until: date | None  # the first day on which they did not


@dataclass(slots=True)
class Account:
    """A site of a customer, as the demo's orders and renewals go by it."""

    number: str
    name: str
    customer: Customer
    programme: str
    level: str
    agreement: str
    anniversary: date | None
    spans: list[Span] = field(default_factory=list)

    def held_on(self, day: date) -> Span | None:
        """Who looked after it on a day."""
        return next((s for s in self.spans if s.first <= day and (s.until is None or day < s.until)), None)

    @property
    def last(self) -> Span:
        """Who looks after it, or did so last."""
        return self.spans[-1]


def build(world: World) -> list[Account]:
    """One site for each relationship of a reseller, or two; an agreement or two for each customer."""
    rng, today = Random("accounts"), world.now.date()
    accounts: list[Account] = []
    agreements: list[tuple[object, ...]] = []
    sites: list[tuple[object, ...]] = []
    moves: list[tuple[object, ...]] = []
    numbers = count(3_100_417, 13)
    for customer, spans in _looked_after(rng):
        moves += _moved(customer, spans, world, rng)
        for contract, of_contract in _contracts(customer, spans, rng):
            express = rng.random() < 0.25
            programme = Programme.EXPRESS if express else Programme.RELATIONSHIP
            level = PriceLevel.BL if express else rng.choice(LEVELS)
            anniversary = None if express else today + timedelta(days=rng.randrange(-55, 300))
            agreements.append((contract, customer.number, programme, anniversary or ""))
            places = PLACES[LANGUAGE_OF.get(customer.country, "en")]
            for place, span in enumerate(of_contract):
                account = Account(
                    f"{next(numbers)}", f"{customer.name}, {places[place % len(places)]}", customer, programme,
                    level, contract, anniversary, span,
                )  # fmt: skip
                accounts.append(account)
                sites.append(_site_row(account, first=place == 0))
    _load(world, agreements, sites, moves)
    return accounts


def _looked_after(rng: Random) -> Iterator[tuple[Customer, list[list[Span]]]]:
    """Every customer with relationships, and for each reseller the span it has them in."""
    found = Relationship.objects.select_related("site", "customer").order_by("customer_id", "id")
    by_customer: dict[int, list[Relationship]] = {}
    for each in found:
        by_customer.setdefault(each.customer_id, []).append(each)
    for held in by_customer.values():
        distributors = [r.site for r in held if r.role == SiteKind.DISTRIBUTOR]
        spans = [
            [Span(r.site, rng.choice([*distributors, None]), r.valid_from, r.valid_to)]
            for r in held
            if r.role == SiteKind.RESELLER
        ]
        if spans and held[0].customer.number:
            yield held[0].customer, spans


def _moved(
    customer: Customer, spans: Sequence[list[Span]], world: World, rng: Random
) -> Iterator[tuple[object, ...]]:
    """Some were another reseller's before; in a few cases that one has them back by now. Gives the relationships."""
    taken = {span.reseller.id for each in spans for span in each}
    for each in spans:
        others = [s for s in world.sites if s.id not in taken and s.country == each[0].reseller.country]
        if not others or rng.random() > 0.5:
            continue
        before = rng.choice(others)
        taken.add(before.id)
        first = each[0].first - timedelta(days=rng.randrange(200, DAYS))
        each.insert(0, Span(before, each[0].distributor, first, each[0].first))
        yield (before.number, customer.number, "reseller", first, each[0].until)
        if each[-1].until is not None and each[-1].until <= world.now.date():
            each.append(Span(before, each[0].distributor, each[-1].until, None))
            yield (before.number, customer.number, "reseller", each[-1].first, "")


def _contracts(
    customer: Customer, spans: list[list[Span]], rng: Random
) -> Iterator[tuple[str, list[list[Span]]]]:
    """The customer's agreements, each with those who look after its sites: one for each site."""
    sites = [span for span in spans for _ in range(2 if rng.random() < 0.3 else 1)]
    cut = len(sites) // 2 if len(sites) > 3 else 0
    number = f"AG{customer.number}"
    if cut:
        yield f"{number}-2", sites[:cut]
    yield number, sites[cut:]


def _site_row(account: Account, *, first: bool) -> tuple[object, ...]:
    role = AgreementRole.ORIGINATING if first else AgreementRole.ADDITIONAL
    points = POINTS.get(account.level, 0)
    return (
        account.number, account.agreement, role, account.name, account.customer.country, account.level, points,
        *parties(account.last),
    )  # fmt: skip


def parties(span: Span) -> tuple[str, str]:
    """Reseller and distributor, as files say them."""
    return span.reseller.number, span.distributor.number if span.distributor else ""


def _load(
    world: World,
    agreements: Sequence[tuple[object, ...]],
    sites: Sequence[tuple[object, ...]],
    moves: Sequence[tuple[object, ...]],
) -> None:
    by, at = world.of_staff(StaffRole.CHANNEL_OPERATIONS), world.now - timedelta(days=18)
    names: tuple[str, ...] = ("Site number", "Customer number", "Role", "Valid from", "Valid to")
    feeds.demo.load("relationships", "relationships-before.csv", [names, *moves], by, at)
    names = ("Agreement number", "Customer number", "Programme", "Anniversary")
    feeds.demo.load("agreements", "agreements.csv", [names, *agreements], by, at + timedelta(minutes=4))
    names = ("Site number", "Agreement number", "Role", "Site name", "Country", "Price level", "Points", "Reseller",
             "Distributor")  # fmt: skip
    feeds.demo.load("customer-sites", "customer-sites.csv", [names, *sites], by, at + timedelta(minutes=9))
