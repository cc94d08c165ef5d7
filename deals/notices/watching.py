"""What nobody did brings about: a registration that runs out soon, a promise that is broken."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity.actors import Actor, Kind

from ..models import Deal
from ..rules import Rules
from .ground import CHANNEL, DESK, deal_notice, people_at, tell_of_deal

EXPIRING = deal_notice(
    "deal.expiring",
    title=_("A deal registration expires soon"),
    subject=ngettext_lazy(
        "Deal %(reference)s expires in %(days)s day", "Deal %(reference)s expires in %(days)s days", "days"
    ),
    body=_(
        "The registration %(reference)s, “%(name)s” with %(customer)s, is valid until %(expires)s.\n\n%(advice)s"
    ),
    tone="warn",
    icon="hourglass",
    kinds=frozenset({Kind.RESELLER}),
)
EXPIRES_TODAY = deal_notice(
    "deal.expires_today",
    title=_("A deal registration expires today"),
    subject=_("Deal %(reference)s expires today"),
    body=_(
        "The registration %(reference)s, “%(name)s” with %(customer)s, is valid until %(expires)s.\n\n%(advice)s"
    ),
    tone="warn",
    icon="hourglass",
    kinds=frozenset({Kind.RESELLER}),
)
DECISION_LATE = deal_notice(
    "deal.decision_late",
    title=_("A promised decision is late"),
    subject=_("Late: the decision on %(customer)s, promised to %(site)s"),
    body=_(
        "%(site)s was promised a decision on the deal “%(name)s” with %(customer)s (%(reference)s) by %(due)s."
        " It has not been made yet.\n\n"
        "Deal desk and channel operations are told. The partner sees on the page of the deal that it is late."
    ),
    tone="bad",
    icon="alert-triangle",
    kinds=frozenset({Kind.STAFF}),
)
EXTENSION_LATE = deal_notice(
    "deal.extension_late",
    title=_("The answer to an extension is late"),
    subject=_("Late: the extension for %(customer)s, asked for by %(site)s"),
    body=_(
        "%(site)s asked to extend the registration %(reference)s, “%(name)s” with %(customer)s, and was promised"
        " an answer by %(due)s. It has not been given yet.\n\n"
        "Deal desk and channel operations are told. The registration does not expire before it is answered."
    ),
    tone="bad",
    icon="alert-triangle",
    kinds=frozenset({Kind.STAFF}),
)


def tell_of_expiry(deal: Deal, rules: Rules, *, days: int, by: Actor, now: datetime) -> None:
    """Remind the partner that so many days are left, and of what can be done about it."""
    assert deal.expires_at is not None
    if deal.extension_asked_at is not None:
        advice = _("You asked for an extension; the deal desk decides about it.")
    elif deal.extensions < rules.extensions and days <= rules.extension_from_days:
        advice = _("If the customer needs longer, ask for an extension on the page of the deal.")
    else:
        advice = _("Mark it as won or lost as soon as you know.")
    tell_of_deal(
        EXPIRING if days else EXPIRES_TODAY,
        people_at(deal.site_id),
        deal,
        by,
        now,
        key=f"{deal.expires_at.date()}:{days}",
        days=days,
        advice=advice,
    )


def tell_of_late_decision(deal: Deal, *, by: Actor, now: datetime) -> None:
    """Tell deal desk and channel operations of a promise that was not kept."""
    if deal.extension_asked_at is None:
        kind, due = DECISION_LATE, deal.decision_due_at
    else:
        kind, due = EXTENSION_LATE, deal.extension_due_at
    assert due is not None
    tell_of_deal(kind, [DESK, CHANNEL], deal, by, now, key=due.isoformat(), due=due)
