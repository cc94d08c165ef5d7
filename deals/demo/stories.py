"""The story of each deal: registered, decided, lived with and ended by the real actions, over ten months."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from io import BytesIO
from random import Random
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from customers.models import Customer
from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor, staff_actor
from identity.models import Membership, Site, StaffRole
from identity.privileges import Privilege
from pricing.models import Part
from pricing.money import currency_of

from .. import actions
from ..models import Deal
from ..states import LostReason, RejectReason, Stage, Status
from .phrases import (
    APPROVALS,
    DESK_COMMENTS,
    NOT_EXTENDED,
    NOTES,
    PHRASES,
    QUESTIONS,
    REJECTIONS,
    RETURNS,
    REVOCATION,
)

S = Status
# What a euro is in other currencies, roughly: for values that look right.
RATES = {
    "EUR": 1,
    "USD": 1.1,
    "GBP": 0.85,
    "PLN": 4.3,
    "BRL": 5.6,
    "EGP": 52,
    "SAR": 4.1,
    "AED": 4,
    "MAD": 10.8,
}

# How deals end up, of those that are old enough, and how often.
FATES = [
    (S.DRAFT, 9), (S.SUBMITTED, 8), (S.UNDER_REVIEW, 6), (S.RETURNED, 6), (S.APPROVED, 26), (S.WON, 15),
    (S.LOST, 9), (S.EXPIRED, 6), (S.REJECTED, 8), (S.WITHDRAWN, 5), (S.REVOKED, 2),
]  # fmt: skip
# How long ago a deal was begun that has come so far, in days: from, to.
AGES = {
    S.DRAFT: (0, 25), S.SUBMITTED: (0, 2), S.UNDER_REVIEW: (1, 4), S.RETURNED: (2, 12), S.APPROVED: (5, 88),
    S.WON: (40, 280), S.LOST: (40, 280), S.EXPIRED: (110, 300), S.REJECTED: (10, 250), S.WITHDRAWN: (10, 250),
    S.REVOKED: (30, 200),
}  # fmt: skip


class Story:
    """One deal, from its beginning to where it has come."""

    def __init__(self, world: World, site: Site, customers: list[Customer], parts: list[Part]) -> None:
        self.world, self.rng, self.site = world, world.rng, site
        self.words = PHRASES[world.language_of(site)]
        self.partner = member_actor(self.rng.choice(sellers_of(world, site)))
        self.desk = self.rng.choice(_desks(world))
        at_home = [customer for customer in customers if customer.country == site.country]
        self.customer = self.rng.choice(at_home or customers)
        self.products = [
            (part, self.rng.choice((5, 10, 25, 40, 100, 250, 500)))
            for part in self.rng.sample(parts, self.rng.choice((1, 1, 2, 3)))
        ]
        self.fate = self.rng.choices([fate for fate, _ in FATES], [often for _, often in FATES])[0]
        youngest, oldest = AGES[self.fate]
        days = self.rng.uniform(youngest, oldest)
        self.at = self._in_office_hours(world.now - timedelta(days=days))

    def tell(self) -> None:
        with self._as(self.partner):
            deal = actions.begin_deal(by=self.partner, now=self.at)
            deal = self._fill_in(deal)
        if self.fate is S.DRAFT:
            return
        deal = self._submit(deal, hours=(0.2, 6))
        self._attach(deal)
        self._look(deal)
        if self.fate is S.SUBMITTED:
            return
        if self.fate is S.WITHDRAWN and self.rng.random() < 0.4:
            self._withdraw(deal)
            return
        deal = self._review(deal)
        if self.fate is S.UNDER_REVIEW and self.rng.random() < 0.3:
            self._ask(deal)
        if self.fate in (S.UNDER_REVIEW, S.RETURNED):
            return
        deal = self._decide(deal)
        if deal.status == S.REJECTED:
            self._appeal(deal)
        self._live_on(deal)

    # -- chapters

    def _fill_in(self, deal: Deal) -> Deal:
        name, address = self.rng.choice(self.words.people)
        domain = self.customer.web_domain or "customer.example"
        changes: dict[str, object] = {
            "customer": self.customer,
            "contact_name": name,
            "contact_job_title": self.rng.choice(self.words.titles),
            "contact_email": f"{address}@{domain}",
            "contact_phone": "",
            "name": self.rng.choice(self.words.names) % self.products[0][0].line.name,
        }
        whole = self.fate is not S.DRAFT or self.rng.random() < 0.4
        if whole:
            currency = currency_of(self.site.country)
            changes |= {
                "products": self.products,
                "currency": currency,
                "value": self._value(currency),
                "close_on": self.at.date() + timedelta(days=self.rng.randrange(30, 160)),
                "stage": self.rng.choice(Stage.values),
                "next_steps": self.rng.choice(self.words.steps),
                "competitors": self.rng.choice(self.words.competitors),
                "distributor": self._distributor(),
            }
        self._later(minutes=self.rng.randrange(4, 25))
        return actions.save_draft(deal, changes=changes, by=self.partner, now=self.at)

    def _submit(self, deal: Deal, *, hours: tuple[float, float]) -> Deal:
        self._later(hours=self.rng.uniform(*hours), office=True)
        with self._as(self.partner):
            return actions.submit_deal(deal, by=self.partner, now=self.at)

    def _review(self, deal: Deal) -> Deal:
        """The desk looks at it; now and then it goes back and forth once."""
        self._later(hours=self.rng.uniform(1, 20), office=True)
        with self._as(self.desk):
            deal = actions.take_under_review(deal, by=self.desk, now=self.at)
            if self.rng.random() < 0.3:
                note = self.rng.choice(NOTES)
                actions.comment_on_deal(deal, text=note, visible_to="staff", by=self.desk, now=self.at)
        if self.fate is not S.RETURNED and (self.fate is S.UNDER_REVIEW or self.rng.random() < 0.8):
            return deal
        self._later(hours=self.rng.uniform(1, 8))
        with self._as(self.desk):
            deal = actions.return_deal(deal, text=self.rng.choice(RETURNS), by=self.desk, now=self.at)
        if self.fate is S.RETURNED:
            return deal
        self._comment(deal, self.partner, self.rng.choice(self.words.comments))
        return self._submit(deal, hours=(2, 40))

    def _decide(self, deal: Deal) -> Deal:
        self._later(hours=self.rng.uniform(2, 30), office=True)
        with self._as(self.desk):
            if self.fate is S.REJECTED:
                code = self.rng.choice(list(REJECTIONS))
                return actions.reject_deal(deal, code=code, text=REJECTIONS[code], by=self.desk, now=self.at)
            if self.rng.random() < 0.3:
                self._comment(deal, self.desk, self.rng.choice(DESK_COMMENTS))
            try:
                return actions.approve_deal(deal, text=self.rng.choice(APPROVALS), by=self.desk, now=self.at)
            except actions.DealConflict:
                code = RejectReason.DUPLICATE
                return actions.reject_deal(deal, code=code, text=REJECTIONS[code], by=self.desk, now=self.at)

    def _live_on(self, deal: Deal) -> None:
        if deal.status != S.APPROVED:
            return
        if deal.distributor_id and self.rng.random() < 0.5:
            self._later(hours=self.rng.uniform(3, 60))
            member = next(m for m in self.world.members[deal.distributor_id])
            self._comment(deal, member_actor(member), self.rng.choice(PHRASES["en"].comments))
        if self.fate is S.APPROVED:
            self._ask_for_more(deal)
            return
        if self.fate is S.EXPIRED:
            return
        self._later(hours=self.rng.uniform(24, 24 * 60))
        match self.fate:
            case S.REVOKED:
                with self._as(self.desk):
                    actions.revoke_deal(deal, text=REVOCATION, by=self.desk, now=self.at)
            case S.WITHDRAWN:
                self._withdraw(deal)
            case S.WON:
                with self._as(self.partner):
                    actions.win_deal(deal, by=self.partner, now=self.at)
            case S.LOST:
                code = self.rng.choice([LostReason.BUDGET, LostReason.OTHER_VENDOR, LostReason.TIMELINE])
                with self._as(self.partner):
                    actions.lose_deal(deal, code=code, text=self.words.lost, by=self.partner, now=self.at)

    def _attach(self, deal: Deal) -> None:
        if self.rng.random() > 0.12:
            return
        content = f"{deal.customer_name}\n{deal.name}\n{deal.next_steps}\n".encode()
        with self._as(self.partner):
            actions.attach_file(
                deal,
                file=BytesIO(content),
                name=f"{self.words.request}.txt",
                size=len(content),
                for_distributor=self.rng.random() < 0.5,
                by=self.partner,
                now=self.at,
            )

    def _look(self, deal: Deal) -> None:
        """Somebody opens the deal's page now and then."""
        readers = [self.desk, self.partner]
        if deal.distributor_id:
            readers.append(member_actor(self.world.members[deal.distributor_id][0]))
        for reader in self.rng.sample(readers, self.rng.randrange(1, len(readers) + 1)):
            with self._as(reader):
                actions.note_viewing(
                    deal, by=reader, now=self.at + timedelta(minutes=self.rng.randrange(1, 50))
                )

    def _ask(self, deal: Deal) -> None:
        """The desk has a question; half of the time it is answered."""
        self._later(hours=self.rng.uniform(0.5, 3), office=True)
        with self._as(self.desk):
            actions.ask_partner(deal, text=self.rng.choice(QUESTIONS), by=self.desk, now=self.at)
        if self.rng.random() < 0.5:
            self._later(hours=self.rng.uniform(1, 10), office=True)
            self._comment(deal, self.partner, self.rng.choice(self.words.comments))

    def _appeal(self, deal: Deal) -> None:
        """Some do not accept a rejection; somebody else decides then, unless it is too fresh."""
        if self.rng.random() > 0.2:
            return
        self._later(hours=self.rng.uniform(3, 70), office=True)
        with self._as(self.partner):
            appeal = actions.appeal_deal(deal, text=self.words.appeal, by=self.partner, now=self.at)
        if self.world.now - self.at < timedelta(days=2):
            return
        self._later(hours=self.rng.uniform(3, 14), office=True)
        others = [desk for desk in _desks(self.world) if desk.user_id != self.desk.user_id]
        judge = self.rng.choice(others)
        with self._as(judge):
            try:
                if deal.decision_code != RejectReason.DUPLICATE and self.rng.random() < 0.5:
                    actions.approve_deal(appeal, by=judge, now=self.at)
                    return
            except actions.DealConflict:
                pass
            text = REJECTIONS[RejectReason(deal.decision_code)]
            actions.reject_deal(appeal, code=deal.decision_code, text=text, by=judge, now=self.at)

    def _ask_for_more(self, deal: Deal) -> None:
        """An approval that runs out soon is asked to be extended; another one is changed."""
        assert deal.expires_at is not None
        left = deal.expires_at - self.world.now
        if left < timedelta(days=29) and self.rng.random() < 0.4:
            self._extend(deal)
        elif self.rng.random() < 0.05:
            self._amend(deal)

    def _extend(self, deal: Deal) -> None:
        assert deal.expires_at is not None
        self.at = max(self.at, deal.expires_at - timedelta(days=29))
        self._later(hours=self.rng.uniform(1, 20), office=True)
        with self._as(self.partner):
            deal = actions.ask_extension(deal, text=self.words.extension, by=self.partner, now=self.at)
        if self.world.now - self.at < timedelta(days=2):
            return
        self._later(hours=self.rng.uniform(2, 14), office=True)
        with self._as(self.desk):
            if self.rng.random() < 0.75:
                actions.extend_deal(deal, by=self.desk, now=self.at)
            else:
                actions.refuse_extension(deal, text=NOT_EXTENDED, by=self.desk, now=self.at)

    def _amend(self, deal: Deal) -> None:
        self.at = max(self.at, self.world.now - timedelta(days=self.rng.uniform(0, 6)))
        assert deal.value is not None
        with self._as(self.partner):
            changes = {"value": deal.value * 2, "close_on": self.at.date() + timedelta(days=60)}
            deal = actions.amend_deal(deal, changes=changes, approve_again=True, by=self.partner, now=self.at)
        if self.world.now - self.at > timedelta(days=3):
            self._later(hours=self.rng.uniform(2, 14), office=True)
            with self._as(self.desk):
                actions.approve_deal(deal, by=self.desk, now=self.at)

    def _withdraw(self, deal: Deal) -> None:
        self._later(hours=self.rng.uniform(2, 70))
        with self._as(self.partner):
            actions.withdraw_deal(deal, text=self.words.withdrawn, by=self.partner, now=self.at)

    def _comment(self, deal: Deal, by: Actor, text: str) -> None:
        with self._as(by):
            actions.comment_on_deal(deal, text=text, by=by, now=self.at)

    # -- props

    @contextmanager
    def _as(self, actor: Actor) -> Iterator[None]:
        with tenancy.scope(actor):
            yield

    def _value(self, currency: str) -> int:
        euros = self.rng.choice((4_800, 9_500, 18_000, 32_500, 64_000, 110_000, 240_000))
        amount = round(euros * self.rng.uniform(0.8, 1.3) * RATES.get(currency, 1) / 50) * 50
        return int(amount * 10 ** get_currency_precision(currency))

    def _distributor(self) -> Site | None:
        if self.rng.random() < 0.2:
            return None
        near = [site for site in self.world.distributors if site.country == self.site.country]
        if not near and self.world.language_of(self.site) == "ar":
            near = self.world.distributors[:1]
        return self.rng.choice(near or self.world.distributors)

    def _later(self, *, hours: float = 0, minutes: int = 0, office: bool = False) -> None:
        """Time goes by, but never beyond now; what the desk does, it does in office hours."""
        self.at += timedelta(hours=hours, minutes=minutes)
        if office:
            self.at = self._in_office_hours(self.at)
        self.at = min(self.at, self.world.now - timedelta(minutes=1))

    def _in_office_hours(self, moment: datetime) -> datetime:
        return _in_office_hours(moment, self.site.time_zone, self.rng)


def _in_office_hours(moment: datetime, time_zone: str, rng: Random) -> datetime:
    """The moment, or the next one between nine and five on a weekday at the site, to a minute at random."""
    zone = ZoneInfo(time_zone)
    local = moment.astimezone(zone)
    if local.hour >= 17:
        local += timedelta(days=1)
    while local.weekday() > 4:
        local += timedelta(days=1)
    if not 9 <= local.hour < 17 or local.date() != moment.astimezone(zone).date():
        local = datetime.combine(local.date(), time(rng.randrange(9, 17), rng.randrange(60)), zone)
    return local


def sellers_of(world: World, site: Site) -> list[Membership]:
    """Who at a site may register deals; its primary contact where nobody was given the tool."""
    people = world.members[site.id]
    return [m for m in people if member_actor(m).may(Privilege.DEAL_REGISTER)] or people[:1]


def _desks(world: World) -> list[Actor]:
    return [staff_actor(user) for user in world.staff.values() if StaffRole.DEAL_DESK in user.staff_roles]
