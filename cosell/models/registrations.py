"""Won deals that are registered for an incentive (C9)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Site, public_id
from identity.tenancy import OWN_SITE, OWNER, PARTNERS, STAFF, guarded, may

from .places import Location
from .referrals import LARGEST_VALUE, Referral
from .solutions import Incentive, Solution

# Administrators see the registrations of their locations (C2); nobody else at a partner does.
OF_ADMINISTRATORS = (
    f"{OWN_SITE} and location_id = any((select cosell_locations('referrals_admin'))::bigint[])"
)


class RegistrationStatus(models.TextChoices):
    REVIEW_PENDING = "review_pending", _("Review pending")
    ACTION_REQUIRED = "action_required", _("Action required")
    APPROVED = "approved", _("Approved")
    FAILED = "failed", _("Not eligible")
    CLOSED = "closed", _("Closed")


class Deployment(models.TextChoices):
    """Where the customer runs the solution."""

    VENDOR_CLOUD = "vendor_cloud", _("In the vendor's cloud")
    OTHER_CLOUD = "other_cloud", _("In another cloud")
    ON_PREMISES = "on_premises", _("At the customer's own premises")
    MIXED = "mixed", _("In several of these")


class PricingModel(models.TextChoices):
    SUBSCRIPTION = "subscription", _("Subscription")
    CONSUMPTION = "consumption", _("By consumption")
    PERPETUAL = "perpetual", _("Bought once")
    SERVICE = "service", _("Service, by time or project")


@guarded(
    may(PARTNERS, "select insert", OF_ADMINISTRATORS),
    may(PARTNERS, "update", OF_ADMINISTRATORS, columns=(
        "incentive", "contract_value", "currency", "starts_on", "ends_on", "signed_on", "solution_count", "status",
        "note", "changed_at", "changed_by_name", "by_vendor", "answer_by", "decided_at", "version",
    )),
    may(STAFF, "select"),
    may(STAFF, "update", columns=(
        "status", "note", "changed_at", "changed_by_name", "by_vendor", "decided_at", "version",
    )),
    may(OWNER, "select"),  # for the triggers (migrations/0004)
)  # fmt: skip
class WonRegistration(models.Model):
    """A won deal, registered for one incentive. `contract_value` is in the currency's minor units.

    It goes from review to action required and back, and ends approved, not eligible or closed. Its contents change only
    where action is required (triggers in migrations/0004).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    site_name = models.CharField(max_length=200)
    site_number = models.CharField(max_length=7)
    # The constraints of these include the site (migrations/0004).
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="registrations", db_constraint=False
    )
    # Copies: staff read them, and the deal is closed
    location_name = models.CharField(max_length=120)
    referral_name = models.CharField(max_length=120)
    customer_name = models.CharField(max_length=200)
    engagement = models.CharField(max_length=12)
    incentive = models.CharField(_("incentive"), max_length=20, choices=Incentive.choices)
    contract_value = models.BigIntegerField(_("contract value"))
    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("contract starts"))
    ends_on = models.DateField(_("contract ends"), null=True, blank=True)  # None: it has no end
    signed_on = models.DateField(_("signed on"))
    solution_count = (
        models.PositiveSmallIntegerField()
    )  # so many rows are its solutions; no other comes along
    status = models.CharField(
        max_length=16, choices=RegistrationStatus.choices, default=RegistrationStatus.REVIEW_PENDING
    )
    note = models.CharField(
        max_length=2000, blank=True, default=""
    )  # said with the last step, to the other side
    changed_at = models.DateTimeField()  # of the last step; each is kept in RegistrationStep
    changed_by_name = models.CharField(max_length=120)
    by_vendor = models.BooleanField(default=False)
    answer_by = models.DateTimeField()  # promised by the vendor while the review is pending
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="registration_of_site"),  # for foreign keys
            models.UniqueConstraint(
                fields=["referral"], condition=~Q(status__in=["failed", "closed"]), name="registration_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=RegistrationStatus.values), name="registration_status_known"
            ),
            models.CheckConstraint(
                condition=Q(incentive__in=Incentive.values), name="registration_incentive_known"
            ),
            models.CheckConstraint(
                condition=Q(contract_value__gt=0, contract_value__lte=LARGEST_VALUE),
                name="registration_value_range",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="registration_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["review_pending", "action_required"]) | Q(decided_at__isnull=False),
                name="registration_decided_at",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["action_required", "failed"]) | ~Q(note=""),
                name="registration_refused_with_reason",
            ),
            models.CheckConstraint(  # a partner withdraws it without one
                condition=~Q(status="closed", by_vendor=True) | ~Q(note=""),
                name="registration_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-id"], name="registration_newest"),
            models.Index(
                fields=["answer_by", "id"], condition=Q(status="review_pending"), name="registration_awaited"
            ),
        ]

    def __str__(self) -> str:
        return self.referral_name


@guarded(may(PARTNERS, "select insert update delete", OWN_SITE), may(STAFF, "select"))
class RegisteredSolution(models.Model):
    """A solution that the contract is about. `value` is in the minor units of the registration's currency."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraints of both include the site (migrations/0004).
    registration = models.ForeignKey(
        WonRegistration, on_delete=models.PROTECT, related_name="solutions", db_constraint=False
    )
    solution = models.ForeignKey(
        Solution, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=120)  # a copy
    value = models.BigIntegerField(_("value"))
    deployed = models.CharField(_("where it is deployed"), max_length=12, choices=Deployment.choices)
    pricing = models.CharField(_("pricing model"), max_length=12, choices=PricingModel.choices)
    marketplace_id = models.CharField(_("marketplace transaction"), max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "solution"], name="registered_solution_once"),
            models.CheckConstraint(
                condition=Q(value__gt=0, value__lte=LARGEST_VALUE), name="registered_solution_value_range"
            ),
            models.CheckConstraint(
                condition=Q(deployed__in=Deployment.values), name="registered_solution_deployment_known"
            ),
            models.CheckConstraint(
                condition=Q(pricing__in=PricingModel.values), name="registered_solution_pricing_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(PARTNERS, "select", OWN_SITE),
    may(STAFF, "select"),
    may(OWNER, "select insert"),  # written by a trigger (migrations/0004)
)
class RegistrationStep(models.Model):
    """A status that a registration had, since when, and what was said. Written by a trigger, never changed."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    registration = models.ForeignKey(
        WonRegistration, on_delete=models.PROTECT, related_name="steps", db_constraint=False
    )  # the constraint includes the site (migrations/0004)
    status = models.CharField(max_length=16, choices=RegistrationStatus.choices)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    by_vendor = models.BooleanField()
    note = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"{self.status} since {self.at}"
