"""Proposals, quotes and orders of the demo world, in every state, through the real actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from customers.models import CustomerSite
from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site, StaffRole
from identity.privileges import Privilege
from pricing.models import Part, PartType
from pricing.quoting import QuoteFlawed

from ..models import Order, Quote
from ..placing.actions import accept_order, order_quote, reject_order
from . import WantedLine, actions, begin_quote
from .currencies import currencies_in
from .expiring import expire_due

MOST_SITES = 30
#: What is quoted: bought for good, so that no one is asked who sets it up.
QUOTED = (PartType.LICENCE, PartType.RENEWAL, PartType.MEDIA)
# Of each language: what a proposal is called, on which terms, why a quote is closed, why an order is rejected.
WORDS = {
    "en": (
        "Branches, phase 2",
        "Payable within 30 days.",
        "The project was put off.",
        "The legal entity is missing.",
    ),
    "ar": ("الفروع، المرحلة الثانية", "يُدفع خلال 30 يومًا.", "تأجّل المشروع.", "الكيان القانوني ناقص."),
    "pt-br": ("Filiais, fase 2", "Pagamento em 30 dias.", "O projeto foi adiado.", "Falta a razão social."),
    "pl": (
        "Oddziały, etap 2",
        "Płatne w ciągu 30 dni.",
        "Projekt odłożono.",
        "Brakuje nazwy prawnej klienta.",
    ),
    "it": (
        "Filiali, fase 2",
        "Pagamento a 30 giorni.",
        "Il progetto è rinviato.",
        "Manca la ragione sociale.",
    ),
}


def build(world: World) -> None:
    """Each site that may quote has one of every sort; then the portal lets run out what is over."""
    rng = Random("quotes")
    parts = list(Part.objects.filter(is_active=True, type__in=QUOTED).order_by("number"))
    for site in world.sites[:MOST_SITES]:
        people = [member_actor(member) for member in world.members[site.id]]
        sellers = [
            who for who in people if who.may(Privilege.QUOTE_MANAGE) and who.may(Privilege.ORDER_PLACE)
        ]
        if sellers and parts:
            _Seller(world, site, sellers[0], parts, rng).work()
    expire_due(now=world.now)


class NothingPriced(Exception):
    """Hardly any part has a price where this site is."""


class _Seller:
    """Somebody at a site, and what they quote."""

    def __init__(self, world: World, site: Site, by: Actor, parts: Sequence[Part], rng: Random) -> None:
        self.world, self.site, self.by, self.parts, self.rng = world, site, by, parts, rng
        self.title, self.terms, self.closing, self.refusing = WORDS[world.language_of(site)]

    def ago(self, days: float) -> datetime:
        return self.world.now - timedelta(days=days)

    def work(self) -> None:
        with tenancy.scope(self.by):
            held = list(CustomerSite.objects.select_related("customer").order_by("site_number")[:6])
            if not held or not currencies_in(self.site.country):
                return
            try:
                placed = self._quotes(held)
            except NothingPriced:
                return
        self._answered(placed)

    def _quotes(self, held: Sequence[CustomerSite]) -> list[Order]:
        self._begun(held[0], 0.3, title=self.title)
        self._opened(held[0], 9)
        self._opened(held[-1], 26)
        self._opened(held[-1], 45)  # over by now
        closed = self._opened(held[0], 15)
        actions.close_quote(closed, reason=self.closing, by=self.by, now=self.ago(12))
        first = self._opened(held[0], 6)
        revision = actions.revise_quote(first, by=self.by, now=self.ago(4))
        actions.open_quote(revision, by=self.by, now=self.ago(3))
        whole, part, refused = (self._opened(self.rng.choice(held), days) for days in (20, 11, 8))
        lines = actions.lines_of(part)
        return [
            order_quote(whole, po_number="PO-20417", by=self.by, now=self.ago(18)),
            order_quote(part, {lines[0].public_id: 1}, by=self.by, now=self.ago(1)),
            order_quote(refused, by=self.by, now=self.ago(5)),
        ]

    def _begun(self, held: CustomerSite, days: float, **extra: Any) -> Quote:
        chosen = self.rng.sample(list(self.parts), min(3, len(self.parts)))
        wanted = [
            WantedLine(part_number=part.number, quantity=self.rng.choice((2, 5, 10, 25))) for part in chosen
        ]
        return begin_quote(lines=wanted, customer_site=held, by=self.by, now=self.ago(days), **extra)

    def _opened(self, held: CustomerSite, days: float) -> Quote:
        """Not every part had a price already that long ago, or has one at the site's level: others are tried."""
        for _attempt in range(12):
            try:
                with transaction.atomic():
                    quote = self._begun(held, days)
                    return actions.open_quote(quote, terms=self.terms, by=self.by, now=self.ago(days))
            except QuoteFlawed:
                continue
        raise NothingPriced

    def _answered(self, placed: Sequence[Order]) -> None:
        """The vendor takes the first, lets the second wait, and turns the third down."""
        vendor = self.world.of_staff(StaffRole.CHANNEL_OPERATIONS)
        with tenancy.scope(vendor):
            accept_order(placed[0], by=vendor, now=self.ago(17))
            reject_order(placed[2], text=self.refusing, by=vendor, now=self.ago(4))
