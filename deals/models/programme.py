"""What the vendor decides for all deals: the rules in force, each partner's tier, and how quick the desk is."""

from __future__ import annotations

from django.db import models

from identity.models import Site
from identity.tenancy import OWN_SITE, PARTNERS, RESELLER, STAFF, guarded, may


@guarded(
    # The rules are no secret: whoever registers deals may know them beforehand.
    may(PARTNERS, "select"),
    may(STAFF, "select insert"),
)
class RulesVersion(models.Model):
    """The rules of deal registration as they were set at one moment. Never changed: the next version follows.

    `content` is a `rules.Rules`; the highest number is in force.
    """

    number = models.PositiveIntegerField(primary_key=True)
    content = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)


@guarded(may(STAFF, "select insert"))
class RulesNote(models.Model):
    """Who made a version of the rules, and why: for the vendor's people alone. Never changed."""

    version = models.OneToOneField(
        RulesVersion, on_delete=models.PROTECT, primary_key=True, related_name="made"
    )
    text = models.CharField(max_length=500, blank=True)
    by_name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.text


@guarded(
    may(RESELLER, "select", OWN_SITE),
    may(STAFF, "select insert update"),
)
class SiteTier(models.Model):
    """A partner's tier in the programme, on which the registered-deal discount depends. None: the lowest tier."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True, related_name="+")
    tier = models.CharField(max_length=24)  # code of one of the tiers of the rules
    set_at = models.DateTimeField()
    set_by_name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.tier


@guarded(may((*PARTNERS, STAFF), "select"))
class DecisionPace(models.Model):
    """How long decisions took lately, for all partners together; worked out once a day, rounded."""

    on = models.DateField(primary_key=True)
    days = models.PositiveSmallIntegerField()  # the window looked at
    median_hours = models.PositiveIntegerField()  # of the vendor's working time
    kept_percent = models.PositiveSmallIntegerField()  # of the promises

    def __str__(self) -> str:
        return f"{self.on}: {self.median_hours} h"
