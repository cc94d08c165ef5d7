"""An extension was asked for, taken back, given or refused."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind

from ..models import Deal, DealEvent
from .ground import DESK, PARTNERS, deal_notice, people_at, tell_of_deal

EXTENSION_ASKED = deal_notice(
    "deal.extension_asked",
    title=_("A partner asks to extend a deal"),
    subject=_("Extension to decide: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s asks to extend the registration %(reference)s, “%(name)s” with %(customer)s, which is valid until"
        " %(expires)s:\n\n%(text)s\n\nA decision is promised by %(due)s. Until then the registration does not"
        " expire."
    ),
    icon="hourglass",
    kinds=frozenset({Kind.STAFF}),
)
EXTENSION_TAKEN_BACK = deal_notice(
    "deal.extension_taken_back",
    title=_("A partner took back a request for an extension"),
    subject=_("%(site)s needs no extension of deal %(reference)s"),
    body=_(
        "%(site)s took back its request to extend the registration %(reference)s, “%(name)s” with %(customer)s."
        " There is nothing to decide any more."
    ),
    default="daily",
    icon="hourglass",
    kinds=frozenset({Kind.STAFF}),
)
EXTENDED = deal_notice(
    "deal.extended",
    title=_("A deal registration was extended"),
    subject=_("Deal %(reference)s was extended"),
    body=_(
        "The registration %(reference)s, “%(name)s” of %(site)s with %(customer)s, was extended.\n\n"
        "It is valid until %(expires)s now."
    ),
    tone="good",
    icon="hourglass",
    kinds=PARTNERS,
)
NOT_EXTENDED = deal_notice(
    "deal.not_extended",
    title=_("A deal registration was not extended"),
    subject=_("Deal %(reference)s was not extended"),
    body=_(
        "The deal desk did not extend the registration %(reference)s, “%(name)s” with %(customer)s:\n\n%(text)s"
        "\n\nIt is valid until %(expires)s. Mark it as won or lost in time, or ask the deal desk with a comment."
        " A deal that has expired can be registered again."
    ),
    tone="warn",
    icon="hourglass",
    kinds=frozenset({Kind.RESELLER}),
)


def tell_of_extension(deal: Deal, event: str, *, by: Actor, now: datetime, text: str = "") -> None:
    """Tell whoever needs to know what became of an extension; `event` "taken_back" is the partner's own deed."""
    partner = people_at(deal.site_id)
    if event == DealEvent.Kind.EXTENSION_ASKED:
        tell_of_deal(EXTENSION_ASKED, [DESK], deal, by, now, text=text, due=deal.extension_due_at)
    elif event == DealEvent.Kind.EXTENDED:
        tell_of_deal(EXTENDED, partner + people_at(deal.distributor_id), deal, by, now)
    elif event == DealEvent.Kind.NOT_EXTENDED:
        tell_of_deal(NOT_EXTENDED, partner, deal, by, now, text=text)
    else:
        tell_of_deal(EXTENSION_TAKEN_BACK, [DESK], deal, by, now)
