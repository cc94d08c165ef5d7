"""Deals for tests, brought into the state asked for by the actions themselves."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer
from deals import actions
from deals.models import Deal
from deals.states import LostReason, RejectReason, Status
from identity import tenancy
from identity.actors import Actor
from identity.models import Membership, Site, User
from pricing.models import Part, ProductLine
from tests.cast import Cast, actor

S = Status
_numbers = itertools.count(1)

# How a deal comes into each state: the moves after the draft.
PATHS: dict[str, tuple[str, ...]] = {
    S.DRAFT: (),
    S.SUBMITTED: ("submit",),
    S.UNDER_REVIEW: ("submit", "take"),
    S.RETURNED: ("submit", "return"),
    S.APPROVED: ("submit", "approve"),
    S.REJECTED: ("submit", "reject"),
    S.WITHDRAWN: ("submit", "withdraw"),
    S.WON: ("submit", "approve", "win"),
    S.LOST: ("submit", "approve", "lose"),
    S.EXPIRED: ("submit", "approve", "expire"),
    S.REVOKED: ("submit", "approve", "revoke"),
}


def make_customer(name: str = "", country: str = "EG", **extra: Any) -> Customer:
    customer = Customer(name=name or f"Customer {next(_numbers)}", country=country, **extra)
    customer.normalise()
    with tenancy.as_system():
        customer.save()
    return customer


def make_part(number: str = "", line: str = "SENTINEL", **extra: Any) -> Part:
    number = number or f"D{next(_numbers):05d}L"
    with tenancy.as_system():
        family, _ = ProductLine.objects.get_or_create(code=line, defaults={"name": line.title()})
        defaults = {"description": f"Part {number}", "line": family, "type": "licence", **extra}
        return Part.objects.get_or_create(number=number, defaults=defaults)[0]


def complete(**changes: Any) -> dict[str, Any]:
    """Everything a deal needs before it can be submitted."""
    return {
        "name": "Edge renewal",
        "customer_name": f"Oasis Clinics {next(_numbers)}",
        "customer_country": "EG",
        "contact_name": "Laila Nassar",
        "contact_email": "laila@oasis.example",
        "products": [(make_part("D0ABCLL"), 10)],
        "currency": "EGP",
        "value": 125_000_00,
        "close_on": (timezone.now() + timedelta(days=60)).date(),
        "next_steps": "Demonstration next week",
        **changes,
    }


def make_draft(by: Membership, *, now: datetime | None = None, empty: bool = False, **changes: Any) -> Deal:
    now = now or timezone.now()
    with tenancy.scope(actor(by)):
        deal = actions.begin_deal(by=actor(by), now=now)
        if empty and not changes:
            return deal
        return actions.save_draft(
            deal, by=actor(by), now=now, changes=changes if empty else complete(**changes)
        )


def make_deal(
    cast: Cast,
    status: str = S.SUBMITTED,
    *,
    by: Membership | None = None,
    distributor: Site | None = None,
    now: datetime | None = None,
    **changes: Any,
) -> Deal:
    """A complete deal of the cast's sales rep (or of `by`), naming the cast's distributor if no other."""
    by = by or cast.sales
    now = now or timezone.now()
    distributor = distributor or cast.distributor_site
    deal = make_draft(by, now=now, distributor=distributor, **changes)
    for move in PATHS[status]:
        deal = do(move, deal, partner=by, staff=cast.deal_desk, now=now)
    return deal


def do(move: str, deal: Deal, *, partner: Membership, staff: User, now: datetime | None = None) -> Deal:
    """Make one move with a deal, as whoever makes it."""
    now = now or timezone.now()
    desk = {"by": actor(staff), "now": now}
    own = {"by": actor(partner), "now": now}
    with tenancy.scope(
        actor(staff) if move in ("take", "return", "approve", "reject", "revoke") else actor(partner)
    ):
        match move:
            case "submit":
                return actions.submit_deal(deal, **own)
            case "take":
                return actions.take_under_review(deal, **desk)
            case "return":
                return actions.return_deal(deal, text="Which legal entity is it?", **desk)
            case "approve":
                return actions.approve_deal(deal, **desk)
            case "reject":
                return actions.reject_deal(
                    deal, code=RejectReason.DUPLICATE, text="Registered before.", **desk
                )
            case "revoke":
                return actions.revoke_deal(deal, text="The customer asked us to.", **desk)
            case "withdraw":
                return actions.withdraw_deal(deal, **own)
            case "win":
                return actions.win_deal(deal, **own)
            case "lose":
                return actions.lose_deal(deal, code=LostReason.BUDGET, **own)
            case "expire":
                with tenancy.as_system():
                    return actions.expire_deal(deal, by=Actor.system(), now=now + timedelta(days=100))
    raise ValueError(move)
