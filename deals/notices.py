"""What people are told about deals. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from .models import Deal
from .states import LostReason, RejectReason, Status

DEALS = _("Deals")
OPEN = _("Open the deal")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})


def _kind(name: str, **words: Any) -> NoticeKind:
    return register(NoticeKind(name=name, group=DEALS, action=OPEN, privilege=Privilege.DEAL_VIEW, **words))


SUBMITTED = _kind(
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
NAMES_YOU = _kind(
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
APPROVED = _kind(
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
RETURNED = _kind(
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
REJECTED = _kind(
    "deal.rejected",
    title=_("A deal was rejected"),
    subject=_("Deal %(reference)s was rejected"),
    body=_(
        "The deal “%(name)s” with %(customer)s (%(reference)s) was rejected: %(reason)s.\n\n%(text)s\n\n"
        "You can register it again from its page, with what was missing or wrong put right."
    ),
    tone="bad",
    icon="circle-x",
    kinds=frozenset({Kind.RESELLER}),
)
EXPIRED = _kind(
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
REVOKED = _kind(
    "deal.revoked",
    title=_("A deal registration was revoked"),
    subject=_("Deal %(reference)s was revoked"),
    body=_("The vendor revoked the registration %(reference)s, “%(name)s” with %(customer)s:\n\n%(text)s"),
    tone="bad",
    icon="ban",
    kinds=frozenset({Kind.RESELLER}),
)
MOVED = _kind(
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
COMMENTED = _kind(
    "deal.commented",
    title=_("A comment on a deal"),
    subject=_("%(author)s commented on deal %(reference)s"),
    body=_("%(author)s wrote about the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s"),
    icon="message",
)

OUTCOMES: dict[str, Any] = {
    Status.WON: _("The customer bought."),
    Status.LOST: _("The customer did not buy."),
    Status.EXPIRED: _("The registration was not used in time."),
    Status.REJECTED: _("The vendor rejected it."),
    Status.WITHDRAWN: _("The partner withdrew it."),
    Status.REVOKED: _("The vendor revoked it."),
}
DESK = Audience.staff(StaffRole.DEAL_DESK)


def tell_of(deal: Deal, *, by: Actor, now: datetime, text: str = "") -> None:
    """Tell whoever needs to know that a deal has come into the state it is in."""
    partner = [Audience.site(deal.site_id, Privilege.DEAL_VIEW)]
    distributor = (
        [Audience.site(deal.distributor_id, Privilege.DEAL_VIEW)] if deal.distributor_id is not None else []
    )
    told: dict[str, list[tuple[NoticeKind, list[Audience]]]] = {
        Status.SUBMITTED: [(SUBMITTED, [DESK]), (NAMES_YOU, distributor)],
        Status.RETURNED: [(RETURNED, partner)],
        Status.APPROVED: [(APPROVED, partner + distributor)],
        Status.REJECTED: [(REJECTED, partner), (MOVED, distributor)],
        Status.WITHDRAWN: [(MOVED, [DESK, *distributor])],
        Status.WON: [(MOVED, [DESK, *distributor])],
        Status.LOST: [(MOVED, [DESK, *distributor])],
        Status.EXPIRED: [(EXPIRED, partner), (MOVED, distributor)],
        Status.REVOKED: [(REVOKED, partner), (MOVED, distributor)],
    }
    for kind, audiences in told.get(deal.status, []):
        if audiences:
            _tell(kind, audiences, deal, by, now, text=text)


def tell_of_comment(deal: Deal, text: str, *, public: bool, by: Actor, now: datetime, key: str) -> None:
    """Tell the others of a comment; of an internal one, the deal desk alone."""
    audiences = [DESK]
    if public:
        audiences.append(Audience.site(deal.site_id, Privilege.DEAL_VIEW))
        if deal.distributor_id is not None:
            audiences.append(Audience.site(deal.distributor_id, Privilege.DEAL_VIEW))
    _tell(COMMENTED, audiences, deal, by, now, text=text, key=key)


def _tell(
    kind: NoticeKind,
    audiences: list[Audience],
    deal: Deal,
    by: Actor,
    now: datetime,
    *,
    text: str = "",
    key: str = "",
) -> None:
    tell(
        kind,
        to=audiences,
        by=by,
        now=now,
        href=f"/deals/{deal.public_id}/",
        dedupe_key=f"{kind.name}:{deal.public_id}:{key or deal.version}",
        context={
            "reference": deal.reference,
            "name": deal.name,
            "customer": deal.customer_name,
            "site": deal.site_name,
            "outcome": OUTCOMES.get(deal.status, ""),
            "due": deal.decision_due_at or "",
            "expires": deal.expires_at or "",
            "reason": _reason(deal),
            "text": text,
            "author": by.name,
        },
    )


def _reason(deal: Deal) -> Any:
    code = deal.outcome_code or deal.decision_code
    for reasons in (LostReason, RejectReason):
        if code in reasons.values:
            return reasons(code).label
    return ""
