"""A deal that a distributor proposes on behalf of a reseller (B8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from identity.models import Site, public_id
from identity.tenancy import DISTRIBUTOR, OWN_SITE, RESELLER, guarded, may


class ProposalStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("proposal", "Waiting for the reseller")
    CONFIRMED = "confirmed", pgettext_lazy("proposal", "Registered by the reseller")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined by the reseller")
    LAPSED = "lapsed", pgettext_lazy("proposal", "Not answered in time")
    TAKEN_BACK = "taken_back", pgettext_lazy("proposal", "Taken back")


@guarded(
    may(DISTRIBUTOR, "select insert", OWN_SITE),
    may(DISTRIBUTOR, "update", OWN_SITE, columns=("status", "closed_at")),
)
class Proposal(models.Model):
    """What a distributor proposes. A job makes a draft of it at the reseller's site, if there is such a site.

    The distributor sees its own words and the answer; whether the site number exists shows nowhere.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")  # the distributor's
    reseller_number = models.CharField(max_length=7)
    content = models.JSONField()  # of the deal, by the names that save_draft knows
    name = models.CharField(max_length=120)
    customer_name = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=ProposalStatus.choices, default=ProposalStatus.WAITING)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    carried_at = models.DateTimeField(null=True, blank=True)  # looked at by the job, whatever it found
    closed_at = models.DateTimeField(null=True, blank=True)
    deal_public_id = models.CharField(max_length=12, blank=True)  # once the reseller has handed it in
    answer = models.CharField(max_length=2000, blank=True)  # what the reseller says of it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=ProposalStatus.values), name="proposal_status_known"
            )
        ]
        indexes = [
            models.Index(fields=["site", "-id"], name="proposal_newest_of_site"),
            models.Index(
                fields=["id"], condition=models.Q(carried_at__isnull=True), name="proposal_to_be_carried"
            ),
            models.Index(fields=["lapses_at"], condition=models.Q(status="waiting"), name="proposal_waiting"),
        ]

    def __str__(self) -> str:
        return self.name


@guarded(may(RESELLER, "select insert", OWN_SITE))
class ProposalAnswer(models.Model):
    """A reseller's answer, on its way: the proposal itself is the distributor's, and a job brings the two together."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposal_ref = models.CharField(max_length=12)
    status = models.CharField(max_length=12, choices=ProposalStatus.choices)  # confirmed or declined
    deal_public_id = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()
    taken_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "proposal_ref"], name="proposal_answered_once"),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=[ProposalStatus.CONFIRMED.value, ProposalStatus.DECLINED.value]
                ),
                name="proposal_answer_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=models.Q(taken_in_at__isnull=True), name="proposal_answers_waiting"
            )
        ]
