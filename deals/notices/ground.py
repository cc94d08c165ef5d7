"""What the notices of deals have in common: whom they can go to, and what is said of the deal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register
from notifications.values import Words

from ..models import Deal
from ..queries import rules_in_force
from ..rules import BUILT_IN, LOST, REJECT, Rules
from ..states import Status

DEALS = _("Deals")
DESK = Audience.staff(StaffRole.DEAL_DESK)
CHANNEL = Audience.staff(StaffRole.CHANNEL_OPERATIONS)
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
OUTCOMES: dict[str, Any] = {
    Status.WON: _("The customer bought."),
    Status.LOST: _("The customer did not buy."),
    Status.EXPIRED: _("The registration was not used in time."),
    Status.REJECTED: _("The vendor rejected it."),
    Status.WITHDRAWN: _("The partner withdrew it."),
    Status.REVOKED: _("The vendor revoked it."),
}


def deal_notice(name: str, **words: Any) -> NoticeKind:
    """A kind of notice that leads to the deal's page."""
    return register(
        NoticeKind(name=name, group=DEALS, action=_("Open the deal"), privilege=Privilege.DEAL_VIEW, **words)
    )


def people_at(site_id: int | None) -> list[Audience]:
    """Those at a site who see its deals; nobody where no site is named."""
    return [] if site_id is None else [Audience.site(site_id, Privilege.DEAL_VIEW)]


def tell_of_deal(
    kind: NoticeKind,
    audiences: list[Audience],
    deal: Deal,
    by: Actor,
    now: datetime,
    *,
    text: str = "",
    key: str = "",
    href: str = "",
    **extra: Any,
) -> None:
    """Tell them of a deal, in words that may need something `extra` beside it; nothing happens without audiences."""
    if not audiences:
        return
    tell(
        kind,
        to=audiences,
        by=by,
        now=now,
        href=href or f"/deals/{deal.public_id}/",
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
            "appeal": "",
            **extra,
        },
    )


def _reason(deal: Deal) -> Words | str:
    """The words of the reason for each reader: the vendor's own, or those the product brings."""
    which, code = (LOST, deal.outcome_code) if deal.outcome_code else (REJECT, deal.decision_code)
    return words_of(rules_in_force(), which, code) if code else ""


def words_of(rules: Rules, which: str, code: str) -> Words:
    """The words of a code for each reader: the vendor's own, or those the product brings."""
    own = getattr(rules.entry(which, code), "labels", {})
    return Words(own, BUILT_IN[which].get(code) or own.get("en") or code)
