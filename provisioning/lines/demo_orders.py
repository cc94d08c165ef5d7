"""What a few partners of the demo world ordered lately, so that there is a line of theirs at each point of the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from customers.models import CustomerSite, Relationship
from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site, StaffRole
from identity.privileges import Privilege
from orders.models import Order, Quote
from orders.placing.actions import Details, accept_order, order_quote, reject_order
from orders.quotes import WantedLine, actions, begin_quote
from orders.quotes.currencies import currencies_in
from pricing.quoting import QuoteFlawed

from ..models import Family, PartSetup
from .demo_contacts import BEGUN, CONFIRMED, FIRST_OF_ALL, LATE, REFUSED, SET_UP

ORDERED = 11  # days ago
IT = "it"
A, OTHER = (Family.A_FLEX,), (Family.A_WX, Family.A_SPK)
Line = tuple[
    tuple[Family, ...], int, str
]  # of which families; its start date, in days from today; its contact
#: Orders, each of one customer, by its place. The last six lines are set up by subscriptions/demo.py, the last one
#: first.
TAKEN: tuple[tuple[int, tuple[Line, ...]], ...] = (
    (0, ((A, 12, IT), (A, -10, IT), (A, -10, LATE), (OTHER, -1, IT))),
    (4, ((OTHER, -2, IT), (A, -4, BEGUN))),  # whose organisation is there, once the last line is set up
    (2, ((A, -3, CONFIRMED), (A, -3, REFUSED))),
    (3, ((OTHER, -5, IT), (OTHER, -6, IT))),
    (4, ((A, -5, IT), (OTHER, -6, SET_UP))),
)
WAITING: tuple[Line, ...] = ((A, 3, IT),)  # for the vendor to take the order
TURNED_DOWN: tuple[Line, ...] = ((OTHER, 5, IT),)
FIRST: tuple[Line, ...] = ((A, -3, FIRST_OF_ALL),)


def build(world: World) -> list[Order]:
    """Of the sites that one can sign in to, and of one more that is only just beginning.

    Returns the orders that the vendor is to turn down after a while.
    """
    if len(world.sites) < 8:
        return []  # a world of a test, which says itself what is ordered
    refused = []
    for site in (*world.sites[:2], world.sites[7]):
        if by := next(_sellers(world, site), None):
            refused += _Seller(world, site, by).order_all()
    for site in world.sites[2:7]:
        by = next(_sellers(world, site), None)
        if by and _Seller(world, site, by).order(0, FIRST):
            break
    return refused


def turn_down(world: World, orders: list[Order]) -> None:
    """What was to be set up of them is not."""
    vendor = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
    with tenancy.scope(vendor):
        for order in orders:
            text = "The customer's credit limit is reached."
            reject_order(order, text=text, by=vendor, now=world.now - timedelta(days=4))


def _sellers(world: World, site: Site) -> Iterator[Actor]:
    people = (member_actor(member) for member in world.members[site.id])
    wanted = (Privilege.QUOTE_MANAGE, Privilege.ORDER_PLACE)
    return (person for person in people if all(person.may(each) for each in wanted))


class _Seller:
    """Somebody at a site, who orders services for its customers."""

    def __init__(self, world: World, site: Site, by: Actor) -> None:
        self.world, self.site, self.by = world, site, by
        self.vendor = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
        setups = PartSetup.objects.select_related("part").order_by("part__number")
        self.parts = {
            family: [each.part.number for each in setups if each.family == family] for family in Family
        }
        self.used = 0
        with tenancy.scope(by):
            # Whose customers they are for long, and go on to be: else the site does not see what it ordered.
            theirs = Relationship.objects.filter(
                site=site, valid_from__lt=world.now.date() - timedelta(days=2 * ORDERED), valid_to=None
            )
            held = CustomerSite.objects.filter(customer_id__in=theirs.values("customer_id"))
            self.held = list(held.select_related("customer").order_by("site_number")[:40])
            self.can_quote = bool(self.held and currencies_in(site.country))

    def order_all(self) -> list[Order]:
        for place, lines in TAKEN:
            self.order(place, lines)
        self.order(1, WAITING, accepted=False)
        refused = self.order(2, TURNED_DOWN, accepted=False)
        return [refused] if refused else []

    def order(self, place: int, lines: tuple[Line, ...], *, accepted: bool = True) -> Order | None:
        """Order it for the customer at this place, and have the vendor take it; None where nothing has a price."""
        at = self.world.now - timedelta(days=ORDERED)
        if not self.can_quote:
            return None
        held = self._customer(place)
        with tenancy.scope(self.by):
            quote = self._quote(held, lines, at)
            if quote is None:
                return None
            details = {
                line.public_id: Details(
                    self.world.now.date() + timedelta(days=days), f"{contact}@{held.customer.web_domain}"
                )
                for line, (_families, days, contact) in zip(actions.lines_of(quote), lines, strict=True)
            }
            order = order_quote(quote, details=details, by=self.by, now=at)
        if accepted:
            with tenancy.scope(self.vendor):
                accept_order(order, by=self.vendor, now=at + timedelta(hours=2))
        return order

    def _customer(self, place: int) -> CustomerSite:
        """One site of each customer, in turn; of those with a domain, as contacts have addresses."""
        found = {held.customer_id: held for held in self.held if held.customer.web_domain}
        return list(found.values())[place % len(found)]

    def _quote(self, held: CustomerSite, lines: tuple[Line, ...], at: datetime) -> Quote | None:
        """Not every part has a price everywhere: others are tried."""
        for _attempt in range(6):
            wanted = [
                WantedLine(part_number=self._part(families), quantity=(25, 10, 40, 5)[place % 4])
                for place, (families, _days, _contact) in enumerate(lines)
            ]
            try:
                with transaction.atomic():
                    quote = begin_quote(lines=wanted, customer_site=held, by=self.by, now=at)
                    return actions.open_quote(quote, by=self.by, now=at)
            except QuoteFlawed:
                continue
        return None

    def _part(self, families: tuple[Family, ...]) -> str:
        """The next one."""
        found = [number for family in families for number in self.parts[family]]
        self.used += 1
        return found[self.used % len(found)]
