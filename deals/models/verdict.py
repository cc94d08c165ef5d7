"""That a partner asked whether a deal conflicts with another."""

from __future__ import annotations

from django.db import models

from identity.models import Site
from identity.tenancy import OWNER, STAFF, guarded, may

from ..states import MatchRule, Verdict


@guarded(
    # Written and counted by the function that answers, which belongs to the tables' owner.
    may(OWNER, "select insert"),
    may(STAFF, "select"),
)
class VerdictAsked(models.Model):
    """One question and its answer: a log against probing, and what the limit counts."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    user_id = models.BigIntegerField()
    deal_public_id = models.CharField(max_length=12)
    customer_id = models.BigIntegerField()
    at = models.DateTimeField()
    verdict = models.CharField(
        max_length=8, choices=Verdict.choices, blank=True
    )  # empty: the limit was reached
    rule = models.CharField(max_length=10, choices=MatchRule.choices, blank=True)
    question = models.CharField(max_length=64)  # SHA-256 of deal, customer and lines: counted once

    class Meta:
        indexes = [
            models.Index(fields=["site", "-at"], name="verdicts_of_site"),
            models.Index(fields=["at"], name="verdicts_by_time"),  # for the vendor's page of the last 90 days
        ]
