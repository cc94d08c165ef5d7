"""Every change of the vendor's side of co-sell deals: answering, closing, naming the seller, sending deals to partners.

The row of the vendor's side is held while it changes, so of two who answer at once one comes second and is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.audit import record
from identity.models import Site
from identity.privileges import Privilege, Refusal

from ..models import Referral, Seller, VendorReferral
from ..referrals.actions.ground import BadContent, NotPossible, add_solutions, strangers_in
from ..referrals.content import DealContent, problems_of
from ..states import Direction, Origin, Sharing, Status, Substatus, VendorReason
from ..told.telling import tell_deal
from .possible import why_not_accept, why_not_answer, why_not_close, why_not_send
from .worth import worth_of

__all__ = [
    "BadContent", "NotPossible", "SellerDetails", "SideChanged", "SideClosed", "accept_for_vendor", "change_seller",
    "close_for_vendor", "colleagues", "decline_for_vendor", "send_deal",
]  # fmt: skip


class SideChanged(Exception):
    """Somebody changed the vendor's side since it was shown. `side` is as it is now."""

    def __init__(self, side: VendorReferral) -> None:
        super().__init__(side.version)
        self.side = side


class SideClosed(NotPossible):
    """The vendor's side is won, lost, declined or expired. Nobody ever changes it again."""


@dataclass(frozen=True, slots=True)
class SellerDetails:
    """Who at the vendor works on a deal, as the partner is shown. `user_id` where it is one of the portal's people."""

    name: str
    email: str
    phone: str = ""
    user_id: int | None = None


# ------------------------------------------------------------------------------------------------ answering


@transaction.atomic
def accept_for_vendor(
    side: VendorReferral, *, seller: SellerDetails, version: int | None, by: Actor, now: datetime
) -> VendorReferral:
    """Help with a deal. The partner sees the seller from now on.

    Raises BadContent, NotPossible, SideClosed, SideChanged.
    """
    held = _held(why_not_accept, side, version=version, by=by, now=now)
    _demand_seller(seller)
    worth = worth_of(held.referral.value, held.referral.currency, now.date())
    _name_seller(held, seller)
    _store(
        held, "accepted", by=by, now=now, status=Status.ACTIVE, substatus=Substatus.ACCEPTED, accepted_at=now,
        remind_at=None, value_usd=worth.cents,
    )  # fmt: skip
    tell_deal("vendor.accepted", held.referral, by=by, now=now, site_side=True, staff_side=True)
    return held


@transaction.atomic
def decline_for_vendor(
    side: VendorReferral, *, reason: str, version: int | None, by: Actor, now: datetime
) -> VendorReferral:
    """Turn a deal down for a VendorReason. Where it is worth less than USD 25,000 at the day's rate, the reason stays
    with the vendor's people: the row, which the partner sees, has none (C7).

    Raises BadContent, NotPossible, SideClosed, SideChanged.
    """
    held = _held(why_not_answer, side, version=version, by=by, now=now)
    if reason not in VendorReason.values:
        raise BadContent({"reason": [_("Say why the vendor does not help with this deal.")]})
    worth = worth_of(held.referral.value, held.referral.currency, now.date())
    _store(
        held, "declined", by=by, now=now, status=Status.CLOSED, substatus=Substatus.DECLINED, closed_at=now,
        remind_at=None, value_usd=worth.cents, reason="" if worth.is_small else reason,
    )  # fmt: skip
    _note_inside("reasoned", held, by=by, now=now, reason=reason, shown=not worth.is_small)
    tell_deal("vendor.declined", held.referral, by=by, now=now, site_side=True, staff_side=True)
    return held


# ------------------------------------------------------------------------------------------------ afterwards


@transaction.atomic
def close_for_vendor(
    side: VendorReferral, *, won: bool, version: int | None, by: Actor, now: datetime
) -> VendorReferral:
    """Close the vendor's side as won or lost; the partner closes its own.

    Raises NotPossible, SideClosed, SideChanged.
    """
    held = _held(why_not_close, side, version=version, by=by, now=now)
    substatus = Substatus.WON if won else Substatus.LOST
    _store(held, substatus.value, by=by, now=now, status=Status.CLOSED, substatus=substatus, closed_at=now)
    tell_deal(f"vendor.{substatus.value}", held.referral, by=by, now=now, site_side=True, staff_side=True)
    return held


@transaction.atomic
def change_seller(
    side: VendorReferral, *, seller: SellerDetails, version: int | None, by: Actor, now: datetime
) -> VendorReferral:
    """Name somebody else who works on an accepted deal. Raises BadContent, NotPossible, SideClosed, SideChanged."""
    held = _held(why_not_close, side, version=version, by=by, now=now)
    _demand_seller(seller)
    _name_seller(held, seller)
    _store(held, "seller_changed", by=by, now=now)
    tell_deal("vendor.seller", held.referral, by=by, now=now, site_side=True, staff_side=False)
    return held


# ------------------------------------------------------------------------------------------------ sending


@transaction.atomic
def send_deal(
    content: DealContent, *, site: Site, seller: SellerDetails, by: Actor, now: datetime
) -> Referral:
    """Send a deal to a partner at one of its locations: inbound there, and to be answered within the usual time.

    The vendor's side is active from the start. A team is named by the partner; solutions need not be. Raises
    BadContent, NotPossible.
    """
    if refused := why_not_send(by):
        raise NotPossible(refused, of_person=True)
    if errors := _problems(content, site, now) | _wrong_seller(seller):
        raise BadContent(errors)
    referral = _new_referral(content, site, by=by, now=now)
    side = _new_side(referral, now)
    _name_seller(side, seller)
    _audit("sent", side, by=by, now=now)
    tell_deal("referral.received", referral, by=by, now=now, site_side=True, staff_side=False)
    return referral


#: What only a partner's own deal needs.
NOT_ASKED = ("team", "solutions", "help_type")


def _problems(content: DealContent, site: Site, now: datetime) -> dict[str, list[str]]:
    found = problems_of(content, today=now.date())
    errors = {
        field: messages
        for field, messages in found.items()
        if field not in NOT_ASKED and not field.startswith("contact_")
    }
    if content.sharing != Sharing.COSELL:
        errors["sharing"] = [_("A deal that the vendor sends is always a co-sell deal.")]
    for field, messages in strangers_in(content, site.id).items():
        errors[field] = messages
    if content.location.site_id != site.id:
        errors["location"] = [_("This partner has no such location.")]
    if not site.is_active:
        errors["site"] = [_("This partner's site is closed.")]
    return errors


def _new_referral(content: DealContent, site: Site, *, by: Actor, now: datetime) -> Referral:
    expires_at = now + timedelta(days=settings.COSELL_ANSWER_DAYS)
    # Who at the vendor sent it stands in the vendor's own trail: the partner reads this row.
    referral = Referral.objects.create(
        **content.columns, site=site, site_name=site.name, site_number=site.number,
        location_name=content.location.name, direction=Direction.INCOMING, origin=Origin.VENDOR, status=Status.NEW,
        substatus=Substatus.RECEIVED, created_by_name="", created_at=now, updated_at=now,
        expires_at=expires_at,
    )  # fmt: skip
    add_solutions(referral, content.solutions)
    return referral


def _new_side(referral: Referral, now: datetime) -> VendorReferral:
    return VendorReferral.objects.create(
        engagement=referral.engagement, site_id=referral.site_id, referral=referral, direction=Direction.OUTGOING,
        status=Status.ACTIVE, substatus=Substatus.ACCEPTED, created_at=now, accepted_at=now,
        value_usd=worth_of(referral.value, referral.currency, now.date()).cents,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the ground

Rule = Callable[[VendorReferral, Actor, datetime], Refusal | None]


def _held(
    rule: Rule, side: VendorReferral, *, version: int | None, by: Actor, now: datetime
) -> VendorReferral:
    """The vendor's side as it is now, held until the transaction ends, if the rule allows the deed."""
    if not by.may(Privilege.REFERRAL_ANSWER):
        _demand(rule(side, by, now), side, of_person=True)
    held = VendorReferral.objects.select_for_update(of=("self",)).get(id=side.id)
    _hold_partners(held)
    _demand(rule(held, by, now), held)
    if version is not None and held.version != version:
        raise SideChanged(held)
    return held


def _hold_partners(side: VendorReferral) -> None:
    """Whether the partner's deal is closed decides, so it is not closed meanwhile. The row is not the desk's to change,
    nor to lock: the database holds it (migrations/0002). It is read after that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT cosell_status_held(%s)", [side.referral_id])


def _demand(refused: Refusal | None, side: VendorReferral, *, of_person: bool = False) -> None:
    if refused is None:
        return
    if side.status == Status.CLOSED and not of_person:
        raise SideClosed(refused)
    raise NotPossible(refused, of_person=of_person)


def _store(held: VendorReferral, event: str, *, by: Actor, now: datetime, **columns: Any) -> None:
    changed = columns | {"version": held.version + 1}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))
    _audit(event, held, by=by, now=now)


def _audit(event: str, side: VendorReferral, *, by: Actor, now: datetime) -> None:
    """Twice: in the trail that the partner reads, without who at the vendor did it; and in the vendor's own."""
    nameless = replace(by, user_id=None, name="", key_id=None)
    record(
        f"vendor_referral.{event}", by=nameless, now=now, object_type="referral",
        object_id=side.referral.public_id, label=side.referral.name, site_id=side.site_id,
    )  # fmt: skip
    _note_inside(event, side, by=by, now=now)


def _note_inside(event: str, side: VendorReferral, *, by: Actor, now: datetime, **detail: Any) -> None:
    """In the audit trail, of no site: no partner reads it."""
    record(
        f"vendor_side.{event}", by=by, now=now, object_type="vendor_referral", object_id=side.public_id,
        label=side.referral.name, **detail,
    )  # fmt: skip


def _name_seller(side: VendorReferral, seller: SellerDetails) -> None:
    Seller.objects.update_or_create(
        vendor_referral=side,
        defaults={
            "site_id": side.site_id, "name": seller.name.strip(), "email": seller.email.strip(),
            "phone": seller.phone.strip(), "user_id": seller.user_id,
        },
    )  # fmt: skip


def _demand_seller(seller: SellerDetails) -> None:
    if errors := _wrong_seller(seller):
        raise BadContent(errors)


def _wrong_seller(seller: SellerDetails) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not seller.name.strip():
        errors["seller_name"] = [_("Say who works on the deal: choose a colleague, or write a name.")]
    elif len(seller.name) > 120:
        errors["seller_name"] = [_("This is longer than %(longest)s characters.") % {"longest": 120}]
    try:
        validate_email(seller.email.strip())
    except ValidationError:
        errors["seller_email"] = [_("The partner has to reach the seller: give an e-mail address.")]
    if len(seller.phone) > 40:
        errors["seller_phone"] = [_("This is longer than %(longest)s characters.") % {"longest": 40}]
    if seller.user_id is not None and seller.user_id not in {each.user_id for each in colleagues()}:
        errors["seller"] = [_("There is no such colleague.")]
    return errors


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the vendor's people."""

    user_id: int
    public_id: str
    name: str
    email: str


def colleagues() -> list[Colleague]:
    """The vendor's people, by name; their accounts are not the reader's to look at (migrations/0007)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cosell_sellers()")
        return [Colleague(*row) for row in cursor.fetchall()]
