"""What people are told about proposals: the reseller of a new one, the distributor of the answer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Deal, Proposal, ProposalStatus
from .ground import DEALS

PROPOSED = register(
    NoticeKind(
        name="deal.proposed",
        group=DEALS,
        action=_("Look at the proposal"),
        privilege=Privilege.DEAL_REGISTER,
        title=_("A distributor proposes a deal"),
        subject=_("%(distributor)s proposes to register a deal with %(customer)s"),
        body=_(
            "%(distributor)s has prepared the deal “%(name)s” with %(customer)s for you. It is among your drafts.\n\n"
            "Nothing is registered until you confirm it: look at it, change what you like and register it,"
            " or decline it."
        ),
        icon="briefcase",
        kinds=frozenset({Kind.RESELLER}),
    )
)
NOT_REGISTERED = register(
    NoticeKind(
        name="deal.proposal_closed",
        group=DEALS,
        action=_("Open the proposal"),
        privilege=Privilege.DEAL_REGISTER,
        title=_("A proposal of yours was not registered"),
        subject=_("Your proposal “%(name)s” was not registered"),
        body=_("Your proposal “%(name)s” with %(customer)s, for site %(number)s: %(outcome)s\n\n%(text)s"),
        tone="warn",
        icon="briefcase",
        kinds=frozenset({Kind.DISTRIBUTOR}),
    )
)
OUTCOMES = {
    ProposalStatus.DECLINED: _("the reseller declined it."),
    ProposalStatus.LAPSED: _("it was not answered in time."),
}


def tell_of_proposal(deal: Deal, *, now: datetime) -> None:
    """Tell the reseller's people of a draft that a distributor proposes."""
    tell(
        PROPOSED,
        to=[Audience.site(deal.site_id, Privilege.DEAL_REGISTER)],
        by=Actor.system(),
        now=now,
        href=f"/deals/{deal.public_id}/review/",
        dedupe_key=f"deal.proposed:{deal.proposal_ref}",
        context={"distributor": deal.proposed_by_name, "name": deal.name, "customer": deal.customer_name},
    )


def tell_of_answer(proposal: Proposal, *, now: datetime) -> None:
    """Tell the distributor's people that nothing came of a proposal."""
    tell(
        NOT_REGISTERED,
        to=[Audience.site(proposal.site_id, Privilege.DEAL_REGISTER)],
        by=Actor.system(),
        now=now,
        href=f"/deals/proposals/{proposal.public_id}/",
        dedupe_key=f"deal.proposal_closed:{proposal.public_id}",
        context={
            "name": proposal.name,
            "customer": proposal.customer_name,
            "number": proposal.reseller_number,
            "outcome": OUTCOMES[ProposalStatus(proposal.status)],
            "text": proposal.answer,
        },
    )
