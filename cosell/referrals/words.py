"""How co-sell deals are coloured, and what each state and deal type means for whoever works on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from identity.history import Event, Titles, told_in
from identity.models import AuditEvent

from ..models import Referral
from ..states import PartnerReason, SalesStage, Sharing, Substatus

S = Substatus
SHOWN = 50  # events of a deal's history

TONES: Mapping[str, str] = {
    S.PENDING: "neutral",
    S.RECEIVED: "warn",
    S.ACCEPTED: "info",
    S.WON: "good",
    S.LOST: "neutral",
    S.DECLINED: "bad",
    S.EXPIRED: "bad",
}
#: What a state of the partner's own side means, in a sentence.
OWN_SIDE: Mapping[str, str | Promise] = {
    S.PENDING: gettext_lazy("It is being prepared. Nobody has been asked yet."),
    S.RECEIVED: gettext_lazy(
        "It waits for your answer. Without one it expires, and cannot be taken up again."
    ),
    S.ACCEPTED: gettext_lazy(
        "You are working on it. Keep the sales stage up to date, and close it as won or lost."
    ),
    S.WON: gettext_lazy("The customer bought. Nothing of it can be changed any more."),
    S.LOST: gettext_lazy("The customer did not buy. Nothing of it can be changed any more."),
    S.DECLINED: gettext_lazy("Your company declined it. Nothing of it can be changed any more."),
    S.EXPIRED: gettext_lazy("Nobody answered in time. Nothing of it can be changed any more."),
}
#: The same for the vendor's side.
VENDOR_SIDE: Mapping[str, str | Promise] = {
    S.PENDING: gettext_lazy("The vendor is preparing its side."),
    S.RECEIVED: gettext_lazy("The vendor was asked for help, and has not answered yet."),
    S.ACCEPTED: gettext_lazy("The vendor works on it with you."),
    S.WON: gettext_lazy("The vendor counts it as won."),
    S.LOST: gettext_lazy("The vendor counts it as lost."),
    S.DECLINED: gettext_lazy("The vendor does not work on it. You can go on with the deal by yourselves."),
    S.EXPIRED: gettext_lazy("The vendor did not answer in time. You can go on with the deal by yourselves."),
}
#: What the vendor's people see then, and what they do (C6).
SHARING_MEANS: Mapping[str, str | Promise] = {
    Sharing.PRIVATE: gettext_lazy(
        "Nobody at the vendor sees the deal, and no help is asked for. Only your own people work on it."
    ),
    Sharing.PARTNER_LED: gettext_lazy(
        "The vendor's sellers see the deal, so that they know of it, but no help is asked for: you lead."
    ),
    Sharing.COSELL: gettext_lazy(
        "The vendor's sellers see the deal with the customer's contact, and are asked for the help that you choose. The"
        " deal's page shows by when they answer, and who helps once they have accepted."
    ),
}
#: What happened, as the history says it, by the event of the audit trail: title, tone, icon.
TITLES: Titles = {
    "referral.made": (gettext_lazy("Begun"), "neutral", "plus"),
    "referral.edited": (gettext_lazy("Details changed"), "neutral", "pencil"),
    "referral.accepted": (gettext_lazy("Accepted by your company"), "good", "circle-check"),
    "referral.declined": (gettext_lazy("Declined by your company"), "bad", "circle-x"),
    "referral.expired": (gettext_lazy("Expired without your answer"), "bad", "clock-x"),
    "referral.won": (pgettext_lazy("what happened", "Won"), "good", "trophy"),
    "referral.lost": (pgettext_lazy("what happened", "Lost"), "neutral", "mood-sad"),
    "referral.stage": (gettext_lazy("Sales stage changed"), "neutral", "stairs-up"),
    "referral.upgraded": (gettext_lazy("Shared further"), "info", "share"),
    "referral.recreated": (gettext_lazy("Begun again, with the same content"), "info", "refresh"),
    "referral.invited": (gettext_lazy("Another partner was invited"), "info", "user-plus"),
    "vendor_referral.sent": (gettext_lazy("The vendor sent it to your company"), "info", "inbox"),
    "vendor_referral.received": (gettext_lazy("The vendor was asked for help"), "info", "send"),
    "vendor_referral.accepted": (gettext_lazy("The vendor accepted"), "good", "circle-check"),
    "vendor_referral.declined": (gettext_lazy("The vendor declined"), "bad", "circle-x"),
    "vendor_referral.expired": (gettext_lazy("The vendor did not answer in time"), "bad", "clock-x"),
    "vendor_referral.seller_changed": (
        gettext_lazy("The vendor named another seller"),
        "neutral",
        "user-check",
    ),
    "vendor_referral.won": (gettext_lazy("The vendor counts it as won"), "good", "trophy"),
    "vendor_referral.lost": (gettext_lazy("The vendor counts it as lost"), "neutral", "mood-sad"),
}


def history_of(referral: Referral) -> list[Event]:
    """What happened to a deal, the latest first."""
    found = AuditEvent.objects.filter(object_type="referral", object_id=referral.public_id)
    return told_in(TITLES, _sentences, found.order_by("-at", "-id")[:SHOWN])


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    to, reason = detail.get("to") or detail.get("stage"), detail.get("reason")
    if to in SalesStage.values:
        yield _("The sales stage is now: %(stage)s.") % {"stage": SalesStage(to).label}
    if to in Sharing.values:
        yield _("The deal type is now: %(type)s.") % {"type": Sharing(to).label}
    if reason in PartnerReason.values:
        yield f"{PartnerReason(reason).label}."
    if name := detail.get("partner"):
        yield f"\u2068{name}\u2069."
