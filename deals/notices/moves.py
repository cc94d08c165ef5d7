"""A deal came into another state: who is told of which move, and in which words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from notifications.actions import Audience
from notifications.kinds import NoticeKind

from ..models import Deal, DealEvent
from ..states import Status
from .ground import DESK, PARTNERS, deal_notice, people_at, tell_of_deal

SUBMITTED = deal_notice(
    "deal.submitted",
    title=_("A deal waits for a decision"),
    subject=_("Deal to decide: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s submitted the deal “%(name)s” with %(customer)s (%(reference)s).\n\n"
        "A decision is promised by %(due)s."
    ),
    icon="gavel",
    kinds=frozenset({Kind.STAFF}),
)
NAMES_YOU = deal_notice(
    "deal.names_you",
    title=_("A reseller named you on a deal"),
    subject=_("%(site)s named you on a deal with %(customer)s"),
    body=_(
        "%(site)s submitted the deal “%(name)s” with %(customer)s (%(reference)s) and named you as its"
        " distributor.\n\nYou can read and comment on it now. You are told when the vendor decides."
    ),
    icon="briefcase",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
AMENDED = deal_notice(
    "deal.amended",
    title=_("An approved deal was changed"),
    subject=_("Changed, to approve again: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s changed the approved deal “%(name)s” with %(customer)s (%(reference)s). Its page says what"
        " changed.\n\nThe approval rests until the deal desk approves the deal again. A decision is promised by"
        " %(due)s."
    ),
    icon="pencil",
    kinds=frozenset({Kind.STAFF, Kind.DISTRIBUTOR}),
)
APPROVED = deal_notice(
    "deal.approved",
    title=_("A deal was approved"),
    subject=_("Deal %(reference)s was approved"),
    body=_(
        "The deal “%(name)s” of %(site)s with %(customer)s is approved.\n\n"
        "Its number is %(reference)s. Quote it to the vendor and to the distributor from now on.\n\n"
        "The registration is valid until %(expires)s."
    ),
    tone="good",
    icon="circle-check",
    kinds=PARTNERS,
)
RETURNED = deal_notice(
    "deal.returned",
    title=_("A deal was returned for changes"),
    subject=_("Deal %(reference)s needs a change from you"),
    body=_(
        "The deal desk returned the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s\n\n"
        "Change it and submit it again. It keeps its place: first come counts from the first submission."
    ),
    tone="warn",
    icon="arrow-back-up",
    kinds=frozenset({Kind.RESELLER}),
)
REJECTED = deal_notice(
    "deal.rejected",
    title=_("A deal was rejected"),
    subject=_("Deal %(reference)s was rejected"),
    body=_(
        "The deal “%(name)s” with %(customer)s (%(reference)s) was rejected: %(reason)s.\n\n%(text)s\n\n"
        "What you can do, from its page: put right what was missing or wrong and register it again; appeal, until"
        " %(appeal)s, and somebody else decides; or ask the deal desk with a comment."
    ),
    tone="bad",
    icon="circle-x",
    kinds=frozenset({Kind.RESELLER}),
)
EXPIRED = deal_notice(
    "deal.expired",
    title=_("A deal registration expired"),
    subject=_("Deal %(reference)s expired"),
    body=_(
        "The registration %(reference)s, “%(name)s” with %(customer)s, was valid until %(expires)s"
        " and has expired."
    ),
    tone="warn",
    icon="clock-x",
    kinds=frozenset({Kind.RESELLER}),
)
REVOKED = deal_notice(
    "deal.revoked",
    title=_("A deal registration was revoked"),
    subject=_("Deal %(reference)s was revoked"),
    body=_("The vendor revoked the registration %(reference)s, “%(name)s” with %(customer)s:\n\n%(text)s"),
    tone="bad",
    icon="ban",
    kinds=frozenset({Kind.RESELLER}),
)
MOVED = deal_notice(
    "deal.moved",
    title=_("A deal you follow came to an end"),
    subject=_("Deal %(reference)s came to an end"),
    body=_(
        "The deal “%(name)s” of %(site)s with %(customer)s (%(reference)s) came to an end.\n\n%(outcome)s"
    ),
    default="daily",
    icon="briefcase",
    kinds=frozenset({Kind.DISTRIBUTOR, Kind.STAFF}),
)
APPEALED = deal_notice(
    "deal.appealed",
    title=_("A partner appeals against a rejection"),
    subject=_("Appeal to decide: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s appeals against the rejection of the deal “%(name)s” with %(customer)s:\n\n%(text)s\n\n"
        "Somebody other than whoever rejected it decides (%(reference)s). A decision is promised by %(due)s."
    ),
    icon="gavel",
    kinds=frozenset({Kind.STAFF}),
)
APPEAL_NAMES_YOU = deal_notice(
    "deal.appeal_names_you",
    title=_("A reseller appeals for a deal that names you"),
    subject=_("%(site)s appeals for the deal with %(customer)s"),
    body=_(
        "%(site)s appeals against the rejection of the deal “%(name)s” with %(customer)s, on which you are named"
        " as the distributor (%(reference)s).\n\nYou are told when the vendor decides."
    ),
    icon="gavel",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
APPEAL_REJECTED = deal_notice(
    "deal.appeal_rejected",
    title=_("An appeal was rejected"),
    subject=_("The appeal %(reference)s was rejected"),
    body=_(
        "The appeal for the deal “%(name)s” with %(customer)s (%(reference)s) was rejected: %(reason)s.\n\n"
        "%(text)s\n\nThere is no further appeal. You can put right what was missing and register the deal again"
        " from its page, or ask the deal desk there with a comment."
    ),
    tone="bad",
    icon="circle-x",
    kinds=frozenset({Kind.RESELLER}),
)


def tell_of(deal: Deal, event: str, *, by: Actor, now: datetime, text: str = "", **more: Any) -> None:
    """Tell whoever needs to know that a deal has come into the state it is in, by which event of its timeline.

    `more` is what the words of a notice need beside the deal.
    """
    partner, distributor = people_at(deal.site_id), people_at(deal.distributor_id)
    told: dict[str, list[tuple[NoticeKind, list[Audience]]]] = {
        Status.SUBMITTED: [(SUBMITTED, [DESK]), (NAMES_YOU, distributor)],
        Status.RETURNED: [(RETURNED, partner)],
        Status.APPROVED: [(APPROVED, partner + distributor)],
        Status.REJECTED: [
            (APPEAL_REJECTED if deal.appeal_text else REJECTED, partner),
            (MOVED, distributor),
        ],
        Status.WITHDRAWN: [(MOVED, [DESK, *distributor])],
        Status.WON: [(MOVED, [DESK, *distributor])],
        Status.LOST: [(MOVED, [DESK, *distributor])],
        Status.EXPIRED: [(EXPIRED, partner), (MOVED, distributor)],
        Status.REVOKED: [(REVOKED, partner), (MOVED, distributor)],
    }
    told_of_event: dict[str, list[tuple[NoticeKind, list[Audience]]]] = {
        DealEvent.Kind.AMENDED: [(AMENDED, [DESK])],  # the distributor: by amend_deal, which knows who it was
        DealEvent.Kind.APPEALED: [(APPEALED, [DESK]), (APPEAL_NAMES_YOU, distributor)],
    }
    for kind, audiences in told_of_event.get(event) or told.get(deal.status, []):
        tell_of_deal(kind, audiences, deal, by, now, text=text, **more)
