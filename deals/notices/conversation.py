"""Comments, questions of the deal desk, and their answers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege
from notifications.actions import Audience

from ..models import Deal
from .ground import DESK, deal_notice, people_at, tell_of_deal

COMMENTED = deal_notice(
    "deal.commented",
    title=_("A comment on a deal"),
    subject=_("%(author)s commented on deal %(reference)s"),
    body=_("%(author)s wrote about the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s"),
    icon="message",
)
ASKED = deal_notice(
    "deal.asked",
    title=_("The deal desk asks you something"),
    subject=_("A question about deal %(reference)s"),
    body=_(
        "%(author)s of the deal desk asks about the deal “%(name)s” with %(customer)s (%(reference)s):"
        "\n\n%(text)s\n\nAnswer on the deal's page. The deal keeps its place meanwhile."
    ),
    tone="warn",
    icon="help",
    kinds=frozenset({Kind.RESELLER}),
)
ANSWERED = deal_notice(
    "deal.answered",
    title=_("A partner answered your question"),
    subject=_("%(site)s answered about deal %(reference)s"),
    body=_(
        "%(author)s of %(site)s answered about the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s"
    ),
    icon="message",
    kinds=frozenset({Kind.STAFF}),
)


def tell_of_comment(deal: Deal, text: str, *, public: bool, by: Actor, now: datetime, key: str) -> None:
    """Tell the others of a comment; of an internal one, the deal desk alone."""
    others = people_at(deal.site_id) + people_at(deal.distributor_id) if public else []
    tell_of_deal(COMMENTED, [DESK, *others], deal, by, now, text=text, key=key)


def tell_of_question(deal: Deal, text: str, *, by: Actor, now: datetime) -> None:
    """Tell those at the partner who may answer."""
    tell_of_deal(ASKED, [Audience.site(deal.site_id, Privilege.DEAL_REGISTER)], deal, by, now, text=text)


def tell_of_answer(deal: Deal, text: str, *, public: bool, by: Actor, now: datetime, key: str) -> None:
    """Tell the deal desk of the answer to its question, and the others of a comment."""
    tell_of_deal(ANSWERED, [DESK], deal, by, now, text=text, key=key)
    others = people_at(deal.site_id) + people_at(deal.distributor_id)
    tell_of_deal(COMMENTED, others, deal, by, now, text=text, key=key)
