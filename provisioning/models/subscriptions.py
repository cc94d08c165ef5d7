"""What a customer has once it is set up: subscriptions, and trials of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import OfCustomerSite
from customers.models.standing import TRANSACTIONAL, seen_as, standing_indexes, standing_orders
from identity.models import public_id
from identity.tenancy import RESELLER, SITE, guarded, may
from pricing.models import Part

from .catalogue import services, services_known
from .lines import SetupLine
from .organisations import Organisation


class SubscriptionStatus(models.TextChoices):
    TRIAL = "trial", pgettext_lazy("subscription status", "Trial")
    TRIAL_EXPIRED = "trial_expired", pgettext_lazy("subscription status", "Trial expired")
    ACTIVE = "active", pgettext_lazy("subscription status", "Active")
    SUSPENDED = "suspended", pgettext_lazy("subscription status", "Suspended")
    CANCELLED = "cancelled", pgettext_lazy("subscription status", "Cancelled")  # may still come back
    DELETED = "deleted", pgettext_lazy("subscription status", "Deleted")


#: In these something is running, which ends: a term, or a trial.
RUNNING = (SubscriptionStatus.TRIAL, SubscriptionStatus.ACTIVE, SubscriptionStatus.SUSPENDED)
#: What nothing was paid for yet.
TRIALS = (SubscriptionStatus.TRIAL, SubscriptionStatus.TRIAL_EXPIRED)


@guarded(
    *TRANSACTIONAL,
    # A reseller begins trials; whatever else there is comes of an order.
    may(RESELLER, "insert", f"reseller_id = {SITE} and status = 'trial'"),
    may(
        RESELLER,
        "update",
        f"{seen_as('reseller')} and status <> 'deleted'",
        check=f"reseller_id = {SITE}",
        columns=("status", "suspended_at", "cancelled_at", "restore_until", "deleted_at", "trial_ends_on",
                 "due_at", "backend_due", "backend_at", "backend_attempts", "backend_error", "version"),
    ),
)  # fmt: skip
class Subscription(OfCustomerSite):
    """What was set up for a customer's organisation. What is deleted stays so; the database holds to it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    number = models.CharField(_("subscription"), max_length=24, unique=True)
    line = models.OneToOneField(
        SetupLine, on_delete=models.PROTECT, related_name="subscription", null=True, blank=True
    )  # null: a trial that nothing was ordered for yet
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="subscriptions")
    organisation_name = models.CharField(_("organisation"), max_length=200)
    external_id = models.CharField(max_length=80, blank=True, default="")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"))
    services = services()
    status = models.CharField(_("status"), max_length=14, choices=SubscriptionStatus.choices)
    time_zone = models.CharField(max_length=64, default="UTC")  # the customer's
    starts_on = models.DateField(_("starts"))
    renews_on = models.DateField(_("renews"), null=True, blank=True)
    trial_ends_on = models.DateField(_("trial ends"), null=True, blank=True)  # its last day
    suspended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    restore_until = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # When something is to be said or done: soon before, and at, the end of a trial or of the restore window.
    due_at = models.DateTimeField(null=True, blank=True)
    backend_due = models.BooleanField(default=False)  # the backend has not been told of the status yet
    backend_at = models.DateTimeField(null=True, blank=True)  # not before: it did not work, or is under way
    backend_leased_until = models.DateTimeField(null=True, blank=True)  # a worker is at it
    backend_attempts = models.PositiveIntegerField(default=0)  # since the last change
    backend_error = models.CharField(max_length=300, blank=True, default="")
    backend_location = models.CharField(
        max_length=400, blank=True, default=""
    )  # where a trial is being set up
    # The last day of what is running, so that it is found by it; kept by the database.
    ends_on = models.GeneratedField(
        expression=Case(
            When(status="trial", then=F("trial_ends_on")),
            When(status__in=["active", "suspended"], then=F("renews_on")),
            default=None,
            output_field=models.DateField(),
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SubscriptionStatus.values), name="subscription_status_known"
            ),
            services_known("subscription_services_known"),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(cancelled_at__isnull=False, restore_until__isnull=False),
                name="subscription_cancelled_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="deleted") | Q(deleted_at__isnull=False), name="subscription_deleted_at"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["trial", "trial_expired"]) | Q(trial_ends_on__isnull=False),
                name="subscription_trial_ends",
            ),
        ]
        indexes = [
            *standing_indexes("sub_service", ("customer_name",), ("number",), ("-starts_on",)),
            *standing_orders("sub_ends", ("ends_on",), condition=Q(ends_on__isnull=False)),
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="sub_service_due"),
            models.Index(fields=["id"], condition=Q(backend_due=True), name="sub_service_to_tell"),
        ]

    def __str__(self) -> str:
        return self.number
