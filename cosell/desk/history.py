"""What happened to a deal, for the vendor's people: the partner's trail, and their own, which says who did it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from identity.history import Event, Titles, told_in
from identity.models import AuditEvent

from ..models import Referral, VendorReferral
from ..referrals.words import SHOWN
from ..referrals.words import TITLES as OF_PARTNER
from ..states import VendorReason

#: The partner's trail has these as well, without names.
_TWICE = "vendor_referral."
TITLES: Titles = {
    **{event: told for event, told in OF_PARTNER.items() if not event.startswith(_TWICE)},
    "referral.accepted": (gettext_lazy("Accepted by the partner"), "good", "circle-check"),
    "referral.declined": (gettext_lazy("Declined by the partner"), "bad", "circle-x"),
    "referral.expired": (gettext_lazy("Expired without the partner's answer"), "bad", "clock-x"),
    "vendor_referral.expired": (gettext_lazy("Expired without the vendor's answer"), "bad", "clock-x"),
    "vendor_side.sent": (gettext_lazy("Sent to the partner"), "info", "send"),
    "vendor_side.accepted": (gettext_lazy("Accepted by the vendor"), "good", "circle-check"),
    "vendor_side.declined": (gettext_lazy("Declined by the vendor"), "bad", "circle-x"),
    "vendor_side.reasoned": (gettext_lazy("Why the vendor declined"), "neutral", "message"),
    "vendor_side.seller_changed": (gettext_lazy("Another seller was named"), "neutral", "user-check"),
    "vendor_side.won": (pgettext_lazy("the vendor's side", "Won"), "good", "trophy"),
    "vendor_side.lost": (pgettext_lazy("the vendor's side", "Lost"), "neutral", "circle-x"),
}


def history_of(referral: Referral, side: VendorReferral | None) -> list[Event]:
    """The latest first."""
    wanted = Q(object_type="referral", object_id=referral.public_id)
    if side is not None:
        wanted |= Q(object_type="vendor_referral", object_id=side.public_id)
    found = AuditEvent.objects.filter(wanted).order_by("-at", "-id")[:SHOWN]
    return told_in(TITLES, _sentences, found)


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    if (reason := detail.get("reason")) in VendorReason.values:
        yield str(VendorReason(reason).label)
        yield (
            _("The partner sees this reason.")
            if detail.get("shown")
            else _("The partner is shown no reason.")
        )
