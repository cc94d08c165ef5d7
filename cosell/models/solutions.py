"""What a partner sells of its own together with the vendor's products."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.models import Site, public_id
from identity.tenancy import OWN_SITE, PARTNERS, STAFF, guarded, may


class SolutionKind(models.TextChoices):
    SOFTWARE = "software", _("Software of its own")
    SERVICE = "service", _("Service")


class SolutionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", pgettext_lazy("solution", "Retired")


class Readiness(models.TextChoices):
    """Whether the vendor's sellers may be asked to help to sell it."""

    NOT_READY = "not_ready", _("Not ready")
    ASKED = "asked", _("Being looked at")
    READY = "ready", _("Co-sell ready")


class Incentive(models.TextChoices):
    """What of a won deal can be rewarded (C9)."""

    CLOUD_IP = "cloud_ip", _("Cloud IP co-sell")
    BUSINESS_PREMIUM = "business_premium", _("Business applications, premium")
    BUSINESS_STANDARD = "business_standard", _("Business applications, standard")


@guarded(
    may(PARTNERS, "select", OWN_SITE),
    may(PARTNERS, "insert", f"{OWN_SITE} and status = 'draft' and readiness = 'not_ready'"),
    may(PARTNERS, "update", OWN_SITE, columns=(
        "name", "kind", "description", "customer_value", "document_url", "contact_name", "contact_email",
        "status", "published_at", "readiness", "readiness_note", "asked_at", "version",
    )),
    may(STAFF, "select", "status <> 'draft'"),
    may(STAFF, "update", "status <> 'draft'", columns=(
        "readiness", "readiness_note", "ready_at", "incentive", "version",
    )),
)  # fmt: skip
class Solution(models.Model):
    """A partner's solution: a draft, then published, then, when the vendor agrees, co-sell ready (C4).

    What leads to readiness is a checklist, worked out from the row (see solutions/checklist.py). Partners ask for
    readiness, staff give it: a trigger refuses a partner who would.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    site_name = models.CharField(max_length=200)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=SolutionKind.choices)
    description = models.CharField(_("description"), max_length=2500, blank=True, default="")
    customer_value = models.CharField(_("what customers gain"), max_length=1000, blank=True, default="")
    document_url = models.URLField(_("address of a page about it"), max_length=300, blank=True, default="")
    contact_name = models.CharField(
        _("contact for the vendor's sellers"), max_length=120, blank=True, default=""
    )
    contact_email = models.EmailField(_("e-mail"), blank=True, default="")
    status = models.CharField(max_length=10, choices=SolutionStatus.choices, default=SolutionStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    readiness = models.CharField(max_length=10, choices=Readiness.choices, default=Readiness.NOT_READY)
    readiness_note = models.CharField(
        max_length=1000, blank=True, default=""
    )  # what the vendor found missing
    asked_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    incentive = models.CharField(
        max_length=20, choices=Incentive.choices, blank=True, default=""
    )  # if eligible
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="solution_of_site"),  # for foreign keys
            models.UniqueConstraint(
                fields=["site", "name"], condition=~Q(status="retired"), name="solution_name_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=SolutionKind.values), name="solution_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=SolutionStatus.values), name="solution_status_known"
            ),
            models.CheckConstraint(
                condition=Q(readiness__in=Readiness.values), name="solution_readiness_known"
            ),
            models.CheckConstraint(
                condition=Q(incentive__in=["", *Incentive.values]), name="solution_incentive_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False), name="solution_published_at"
            ),
            models.CheckConstraint(
                condition=Q(readiness="not_ready") | ~Q(status="draft"), name="solution_ready_when_published"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at", "id"], condition=Q(readiness="asked"), name="solution_asked")
        ]

    def __str__(self) -> str:
        return self.name
