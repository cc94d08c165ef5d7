"""Proposals of distributors: carried to the reseller, answered, lapsed."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from ..actions.proposing import carry_proposal, close_proposal, take_in_answer
from ..models import Proposal, ProposalAnswer, ProposalStatus
from .due import each_due


@shared_task(name="deals.carry_proposals", ignore_result=True)
def carry_proposals() -> None:
    """Carry proposals to their resellers and answers back, and close what nobody answered."""
    proposals_due(now=timezone.now())


def proposals_due(*, now: datetime) -> int:
    """Returns how much there was to do."""
    proposals = Proposal.objects.select_related("site").order_by("id")
    lapsed = proposals.filter(status=ProposalStatus.WAITING, lapses_at__lte=now)
    taken_back = proposals.filter(status=ProposalStatus.TAKEN_BACK, closed_at__isnull=True)
    answers = (
        ProposalAnswer.objects.select_related("site").filter(taken_in_at__isnull=True).order_by("at", "id")
    )
    return (
        each_due(proposals.filter(carried_at__isnull=True), lambda row: carry_proposal(row, now=now))
        + each_due(answers, lambda row: take_in_answer(row, now=now))
        + each_due(lapsed, lambda row: close_proposal(row, now=now))
        + each_due(taken_back, lambda row: close_proposal(row, now=now))
    )
