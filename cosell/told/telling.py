"""Telling people of a deal: the one door through which all co-sell news go.

A side is told only what it may see. The partner's people learn nothing of the vendor's inner side (whoever there does
something is "the vendor"), another partner learns nothing of this one, and of a private deal the vendor learns nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from identity.actors import Actor
from identity.privileges import StaffRole
from notifications.actions import Audience, tell
from notifications.values import Amount, Words

from ..models import Invitation, Referral, VendorReferral
from ..states import PartnerReason, SalesStage, Sharing, VendorReason
from . import notices, words

#: Under which name the outbox finds told/delivery.py.
CHOOSER = "cosell"
DESK = Audience.staff(StaffRole.DEAL_DESK)

#: What may happen several times to one deal, and what tells the times apart; everything else happens once.
TIMES = {
    "referral.upgraded": lambda referral, vendor: referral.sharing,
    "referral.edited": lambda referral, vendor: referral.version,
    "referral.stage": lambda referral, vendor: referral.version,
    "referral.answer_due": lambda referral, vendor: referral.expires_at,
    "vendor.answer_due": lambda referral, vendor: vendor and vendor.expires_at,
    "vendor.seller": lambda referral, vendor: vendor and vendor.version,
}


def tell_deal(
    event: str,
    referral: Referral,
    *,
    by: Actor,
    now: datetime,
    site_side: bool,
    staff_side: bool,
    **more: Any,
) -> None:
    """Tell the partner's people (`site_side`; who exactly: told/recipients.py) and the vendor's deal desk of an event.

    `event` is one of notices.KINDS. `more` may hold `reason` (words for the reader), `text` (what somebody wrote about
    it), and for "referral.invited" the `invitation`: the invited partner is then told as well.
    Whoever invited this partner is told of its answer by itself, and of nothing else. Raises KeyError for an event
    that there is not.
    """
    kind = notices.KINDS[event]
    invitation: Invitation | None = more.pop("invitation", None)
    vendor = _vendor_side(referral)
    key = f"cosell:{event}:{referral.public_id}{_time(event, referral, vendor, invitation)}"
    context = _context(event, referral, vendor, invitation) | more
    if site_side:
        tell(
            kind, to=[audience_of(referral)], by=by, now=now, dedupe_key=f"{key}:site",
            href=reverse("referrals:deal", args=[referral.public_id]),
            context=context | {"who": _as_the_partner_sees(by, event, referral)},
        )  # fmt: skip
    if staff_side and referral.sharing != Sharing.PRIVATE:
        tell(
            kind, to=[DESK], by=by, now=now, dedupe_key=f"{key}:desk",
            href=reverse("cosell_desk:deal", args=[referral.public_id]),
            context=context | {"who": by.name if by.is_staff else referral.site_name},
        )  # fmt: skip
    if invitation is not None:
        _tell_invited(referral, invitation, by=by, now=now)
    if event in notices.ANSWERS:
        _tell_inviter(event, referral, by=by, now=now)


def audience_of(referral: Referral) -> Audience:
    """The people of the partner whom a deal concerns, worked out when it is told."""
    return Audience.chosen(CHOOSER, site_id=referral.site_id, deal=referral.public_id)


def _between(invitation: Invitation, site_id: int) -> dict[str, Any]:
    """The people of the inviter or of the invited partner (`site_id`), and what leads each to their own side: neither
    knows the number of the other's deal.
    """
    return {
        "to": [Audience.chosen(CHOOSER, site_id=site_id, invitation=invitation.public_id)],
        "href": reverse("cosell_told:side", args=[invitation.public_id]),
    }


def _tell_invited(referral: Referral, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Tell the invited partner that a deal waits for its answer: of the inviter's deal, what it got a copy of."""
    context = _blank() | {
        "name": referral.name, "customer": referral.customer_name, "who": invitation.site_name,
        "due": invitation.expires_at,
    }  # fmt: skip
    tell(
        notices.KINDS["referral.received"],
        **_between(invitation, invitation.invited_site_id), by=by, now=now,
        dedupe_key=f"cosell:invited:{invitation.public_id}", context=context,
    )  # fmt: skip


def _tell_inviter(event: str, referral: Referral, *, by: Actor, now: datetime) -> None:
    """Tell whoever invited this partner of its answer: that, and who gave it. Its deal stays its own."""
    invitation = referral.invitation
    if invitation is None:
        return
    tell(
        notices.KINDS[notices.ANSWERS[event]],
        **_between(invitation, invitation.site_id), by=by, now=now,
        dedupe_key=f"cosell:{event}:{invitation.public_id}:inviter",
        context=_blank() | {"who": invitation.invited_name},
    )  # fmt: skip


def _vendor_side(referral: Referral) -> VendorReferral | None:
    if referral.sharing != Sharing.COSELL:
        return None
    return VendorReferral.objects.filter(referral=referral).first()


def _time(
    event: str, referral: Referral, vendor: VendorReferral | None, invitation: Invitation | None
) -> str:
    """Tells one time from the next where an event may come again."""
    if invitation is not None:
        return f":{invitation.public_id}"
    return f":{TIMES[event](referral, vendor)}" if event in TIMES else ""


def _blank() -> dict[str, Any]:
    """Everything that the words of a notice may ask for, empty."""
    return dict.fromkeys(
        ("name", "customer", "site", "who", "due", "value", "stage", "sharing", "reason", "text", "invited"),
        "",
    )


def _context(
    event: str, referral: Referral, vendor: VendorReferral | None, invitation: Invitation | None
) -> dict[str, Any]:
    of_vendor = event.startswith("vendor.") and vendor is not None
    due = vendor.expires_at if of_vendor and vendor is not None else referral.expires_at
    reason = _vendor_reason(vendor) if of_vendor else _label(PartnerReason, referral.reason)
    return _blank() | {
        "name": referral.name,
        "customer": referral.customer_name,
        "site": referral.site_name,
        "value": Amount(referral.value, referral.currency),
        "stage": _label(SalesStage, referral.stage),
        "sharing": _label(Sharing, referral.sharing),
        "due": due or "",
        "reason": reason,
        "text": referral.reason_text,
        "invited": invitation.invited_name if invitation else "",
    }


def _vendor_reason(vendor: VendorReferral | None) -> Any:
    """What the vendor says of why it declined. Of small deals it says nothing (C7), and that is said."""
    if vendor is None or not vendor.reason:
        return words.NO_REASON
    return _label(VendorReason, vendor.reason)


def _label(choices: Any, value: str) -> Words | str:
    """A choice in words that each reader gets in their own language."""
    if not value:
        return ""
    by_language = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            by_language[code] = str(choices(value).label)
    return Words(by_language, by_language[settings.LANGUAGE_CODE])


def _as_the_partner_sees(by: Actor, event: str, referral: Referral) -> Any:
    """Who did it, for the partner's people: a colleague by name, the other side as what it is."""
    if event == "referral.received":
        return words.BY_THE_VENDOR
    if by.site_id == referral.site_id and by.site_id is not None:
        return by.name
    return words.THE_VENDOR
