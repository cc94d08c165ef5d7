"""A reseller's answer to a distributor's proposal."""

from __future__ import annotations

from datetime import datetime

from ..models import Deal, ProposalAnswer, ProposalStatus


def answer_proposal(deal: Deal, status: str, *, now: datetime, text: str = "") -> None:
    """Note a reseller's answer; a second one changes nothing."""
    answer = ProposalAnswer(
        site_id=deal.site_id,
        proposal_ref=deal.proposal_ref,
        status=status,
        deal_public_id=deal.public_id if status == ProposalStatus.CONFIRMED else "",
        text=text.strip(),
        at=now,
    )
    ProposalAnswer.objects.bulk_create([answer], ignore_conflicts=True)
