"""Deals in every state in which they rest, on both sides, and what was registered of those that were won (C5 to C9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole
from pricing.money import currency_of

from ..desk import actions as desk
from ..desk.actions import SellerDetails
from ..models import Deployment, Incentive, PricingModel, Referral, VendorReferral
from ..referrals import actions
from ..referrals.awaited import expire_due
from ..referrals.content import DealContent, Teammate, Wanted
from ..registrations import actions as registrations
from ..registrations.content import Item, RegistrationContent
from ..states import HelpType, PartnerReason, SalesStage, Sharing, VendorReason
from .ground import Company

CUSTOMERS = {
    "EG": (
        "مطاحن الدلتا",
        "فنادق البحر الأحمر",
        "مخابز الفيوم",
        "موانئ السويس",
        "مستشفى النخيل",
        "أغذية الواحة",
    ),
    "PL": (
        "Młyny Mazowsza",
        "Hotele Bałtyk",
        "Piekarnie Kujawy",
        "Port Redłowo",
        "Szpital Brzozowy",
        "Sady Lubelskie",
    ),
}
SELLER = SellerDetails("Dana Whitlock", "dana.whitlock@portway.example", "+44 20 5550 0142")
DAY = timedelta(days=1)


def build(world: World, company: Company, other: Company) -> None:
    """What `company` works on; `other` is invited to one of its deals."""
    _Deals(world, company).make(other)


class _Deals:
    def __init__(self, world: World, company: Company) -> None:
        self.world, self.company = world, company
        self.by = company.admin
        self.desk = world.of_staff(StaffRole.DEAL_DESK)
        self.operations = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
        self.number = 0

    def make(self, other: Company) -> None:
        self._of_ones_own(other)
        self._helped()
        self._sent()
        for status in ("review", "correct", "approved", "failed", "not yet"):
            self._registered(status)

    def at(self, days: float) -> datetime:
        return self.world.now - timedelta(days=days)

    # ------------------------------------------------------------------------------------------ content

    def content(self, now: datetime, **said: Any) -> DealContent:
        """Another customer each time."""
        company, number = self.company, self.number
        self.number += 1
        country = company.site.country
        customers = CUSTOMERS.get(country, ("Oasis Foods", "Copper Hotels", "Lake Bakeries", "Pike Harbour"))
        customer = customers[number % len(customers)]
        location = company.locations[number % len(company.locations)]
        solution = company.solutions[number % len(company.solutions)]
        currency = currency_of(country)
        value = (40_000 + 17_500 * (number % 9)) * 100
        return replace(
            DealContent(
                name=f"{solution.name} – {customer}", location=location, sharing=Sharing.PRIVATE,
                customer_name=customer, address_line1=location.address_line1, city=location.city, country=country,
                value=value, currency=currency, close_on=(now + timedelta(days=120 + 9 * number)).date(),
                team=self._team(number), solutions=(Wanted(solution, 1, value),), customer_size="251-1000",
                stage=SalesStage.values[number % 4], crm_id=f"CRM-{4100 + number}", consent_share=True,
            ),
            **said,
        )  # fmt: skip

    def help(self) -> dict[str, Any]:
        """What asking for help takes."""
        return {
            "sharing": Sharing.COSELL, "help_type": HelpType.values[self.number % 6],
            "contact_first_name": "Mariam", "contact_last_name": "Adler", "contact_title": "Head of IT",
            "contact_phone": "+20 2 5550 0170", "contact_email": "mariam.adler@customers.example",
            "vendor_notes": "They decide together with their parent company; a demonstration would help.",
            "consent_contact": True, "consent_sellers": True,
        }  # fmt: skip

    def _team(self, number: int) -> tuple[Teammate, ...]:
        """The primary contact, and on every other deal the colleague as well, who sees those alone."""
        people = [self.company.primary, self.company.colleague][: 1 + number % 2]
        return tuple(
            Teammate(
                first,
                last or "–",
                member.email,
                member.phone or "+20 2 5550 0110",
                member.job_title,
                True,
                member,
            )
            for member in people
            for first, _, last in (member.name.partition(" "),)
        )

    def deal(self, days: float, **said: Any) -> Referral:
        now = self.at(days)
        with tenancy.scope(self.by):
            return actions.make_deal(self.content(now, **said), by=self.by, now=now)

    def do(self, deed: Any, referral: Any, *asked: Any, days: float, **more: Any) -> Any:
        with tenancy.scope(self.by):
            return deed(referral, *asked, version=None, by=self.by, now=self.at(days), **more)

    def answer(self, deed: Any, referral: Referral, *, days: float, **more: Any) -> None:
        """By the vendor."""
        with tenancy.scope(self.desk):
            side = VendorReferral.objects.get(referral_id=referral.id)
            deed(side, version=None, by=self.desk, now=self.at(days), **more)

    # ------------------------------------------------------------------------------------------ deals

    def _of_ones_own(self, other: Company) -> None:
        """Private, partner-led, won, lost, and one to which another partner is invited."""
        private = self.deal(20)
        with tenancy.scope(self.by):
            actions.mark(private, True, by=self.by)
        self.do(actions.set_stage, self.deal(31, stage=SalesStage.QUALIFIED), SalesStage.PROPOSED, days=4)
        self.do(
            actions.lose, self.deal(60, sharing=Sharing.PARTNER_LED), days=11, reason=PartnerReason.TIMELINE,
            text="They build a new hall first.",
        )  # fmt: skip
        together = self.deal(9, sharing=Sharing.PARTNER_LED)
        with tenancy.scope(self.by):
            actions.invite_partner(
                together, site=other.site, location=other.locations[0], help_type=HelpType.ARCHITECTURE,
                notes="You know their second site. Would you plan the network there?", by=self.by, now=self.at(6),
            )  # fmt: skip
        private = self.deal(14)
        self.do(
            actions.upgrade, private, Sharing.COSELL, days=2,
            **{name: value for name, value in self.help().items() if name != "sharing"},
        )  # fmt: skip

    def _helped(self) -> None:
        """Help is asked for: waiting for the vendor, accepted, declined (and once made anew), run out."""
        self.deal(3, **self.help())
        self.answer(desk.accept_for_vendor, self.deal(16, **self.help()), days=12, seller=SELLER)
        declined = self.deal(18, **self.help())
        self.answer(desk.decline_for_vendor, declined, days=15, reason=VendorReason.NO_SELLER)
        mistaken = self.deal(22, **self.help())
        self.answer(desk.decline_for_vendor, mistaken, days=19, reason=VendorReason.NO_CUSTOMER)
        with tenancy.scope(self.by):  # by accident, as it turned out: so the vendor is asked again
            actions.recreate(mistaken, by=self.by, now=self.at(5))
        small = self.deal(17, value=900_000, currency="USD", **self.help())
        self.answer(desk.decline_for_vendor, small, days=13, reason=VendorReason.NO_CUSTOMER)
        self.deal(25, **self.help())
        with tenancy.as_system():
            expire_due(now=self.at(10))

    def _sent(self) -> None:
        """The vendor sends deals: two wait for an answer, one is accepted, one declined, one ran out."""
        sent = [self._send(days) for days in (24, 12, 6, 5, 1)]
        with tenancy.as_system():
            expire_due(now=self.at(9))
        self.do(actions.accept, sent[2], days=3)
        self.do(
            actions.decline, sent[3], days=2, reason=PartnerReason.REQUIREMENT, text="They need it on paper."
        )

    def _send(self, days: float) -> Referral:
        now = self.at(days)
        content = replace(self.content(now, **self.help()), team=(), crm_id="", stage=SalesStage.QUALIFIED)
        with tenancy.scope(self.desk):
            return desk.send_deal(content, site=self.company.site, seller=SELLER, by=self.desk, now=now)

    # ------------------------------------------------------------------------------------------ registrations

    def _registered(self, status: str) -> None:
        """A deal that was won with the vendor's help, with a solution that is eligible; and its registration."""
        eligible = self.company.solutions[0]
        deal = self.deal(40, **self.help(), solutions=(Wanted(eligible, 1, None),))
        self.answer(desk.accept_for_vendor, deal, days=38, seller=SELLER)
        deal = self.do(actions.win, deal, days=20)
        if status == "not yet":
            return
        day = self.at(18).date()
        content = RegistrationContent(
            Incentive.CLOUD_IP, deal.value, deal.currency, day, day.replace(year=day.year + 3), day,
            (Item(eligible, deal.value, Deployment.VENDOR_CLOUD, PricingModel.SUBSCRIPTION),),
        )  # fmt: skip
        with tenancy.scope(self.by):
            registration = registrations.register_won_deal(deal, content, by=self.by, now=self.at(15))
        decisions: dict[str, Any] = {
            "correct": (
                registrations.require_action,
                {"note": "The contract was signed on another day, it seems."},
            ),
            "approved": (registrations.approve, {}),
            "failed": (registrations.fail, {"note": "The solution runs in another vendor's cloud."}),
        }
        if status in decisions:
            deed, more = decisions[status]
            with tenancy.scope(self.operations):
                deed(registration, by=self.operations, now=self.at(8), **more)
