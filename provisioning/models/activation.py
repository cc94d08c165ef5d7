"""Setting up itself: what was asked for, how far it is, and the one moment at which billing starts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.tenancy import GUEST, LINK, RESELLER, SITE, STAFF, guarded, may

from .lines import SetupLine


class ActivationState(models.TextChoices):
    """As the vendor's provisioning API has them; what is asked for begins as "queued"."""

    QUEUED = "queued", pgettext_lazy("provisioning", "Waits for its turn")
    PROVISIONING = "provisioning", pgettext_lazy("provisioning", "Being set up")
    REVIEW = "review", pgettext_lazy("provisioning", "Under review by the vendor")
    PROVISIONED = "provisioned", pgettext_lazy("provisioning", "Set up")
    WITH_ERRORS = "with_errors", pgettext_lazy("provisioning", "Set up, but for some services")
    FAILED = "failed", pgettext_lazy("provisioning", "Failed")


ACTIVATION_OVER = (ActivationState.PROVISIONED, ActivationState.WITH_ERRORS, ActivationState.FAILED)


# A partner sees what it sets up and may try it again; where the customer does, that is the customer's alone.
OF_PARTNER = (
    f"exists (select from provisioning_setupline l where l.id = line_id and l.reseller_id = {SITE}"
    " and l.handed_to <> 'customer')"
)


TRIED_AGAIN = "state in ('failed', 'with_errors')"
#: What becomes of that when it is tried again; whether it waits or has failed is all that people say of a state.
WAITING = "state in ('queued', 'failed', 'with_errors')"
#: The columns that change then.
AGAIN = (
    "state", "services", "details", "location", "attempts", "error_code", "error_text", "due_at", "leased_until",
    "finished_at", "round", "troubles", "request", "version",
)  # fmt: skip


@guarded(
    may(STAFF, "select update"),
    may(RESELLER, "select", OF_PARTNER),
    may(RESELLER, "update", f"{OF_PARTNER} and {TRIED_AGAIN}", check=f"{OF_PARTNER} and {WAITING}", columns=AGAIN),
    may(GUEST, "select insert", f"line_id = {LINK}"),
    may(GUEST, "update", f"line_id = {LINK} and {TRIED_AGAIN}", check=f"line_id = {LINK} and {WAITING}",
        columns=AGAIN),
)  # fmt: skip
class Activation(models.Model):
    """That a line is to be set up: one a line, however often it is asked for."""

    line = models.OneToOneField(SetupLine, on_delete=models.PROTECT, related_name="activation")
    key = models.CharField(
        max_length=40, unique=True
    )  # with the round: the idempotency key given to the backend
    round = models.PositiveSmallIntegerField(default=1)  # another one begins with each heard refusal
    details = models.JSONField()  # what was entered on the service pages
    request = models.JSONField(
        null=True, blank=True
    )  # what the backend is asked for with this key, word for word
    state = models.CharField(max_length=12, choices=ActivationState.choices, default=ActivationState.QUEUED)
    # For each service: {"state", "code", "text"}, as last heard of the backend.
    services = models.JSONField(default=dict, blank=True)
    location = models.CharField(
        max_length=400, blank=True, default=""
    )  # where the backend tells how far it is
    external_id = models.CharField(max_length=80, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)  # since the last progress
    troubles = models.PositiveSmallIntegerField(default=0)  # since the backend last answered
    heard_at = models.DateTimeField(null=True, blank=True)  # when it last did
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_text = models.CharField(max_length=500, blank=True, default="")
    asked_by = models.CharField(_("asked for by"), max_length=254)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # the next attempt, or the next look
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker is at it
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ActivationState.values), name="activation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["provisioned", "with_errors", "failed"], finished_at__isnull=False)
                | (
                    ~Q(state__in=["provisioned", "with_errors", "failed"])
                    & Q(finished_at__isnull=True, due_at__isnull=False)
                ),
                name="activation_finished_at",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(finished_at__isnull=True), name="activation_due")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def request_key(self) -> str:
        """The idempotency key of what is asked for now: the same until the backend has said no."""
        return self.key if self.round == 1 else f"{self.key}-{self.round}"


@guarded(may(STAFF, "select"))
class BillingStart(models.Model):
    """From when on a line is billed. Written once, never changed."""

    line = models.OneToOneField(SetupLine, on_delete=models.PROTECT, related_name="billing")
    at = models.DateTimeField()
    quantity = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.line_id} from {self.at}"
