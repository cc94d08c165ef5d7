"""What the vendor sells: product lines and parts."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from identity.tenancy import PARTNERS, STAFF, guarded, may


class PartType(models.TextChoices):
    LICENCE = "licence", _("Licence and 12 months' support")
    RENEWAL = "renewal", _("Renewal")
    REINSTATEMENT = "reinstatement", _("Reinstatement")
    COMMITTED_INITIAL = "committed_initial", _("Committed term, initial")
    COMMITTED_SUBSEQUENT = "committed_subsequent", _("Committed term, subsequent")
    MONTHLY = "monthly", _("Monthly")
    SUBSCRIPTION = "subscription", _("Subscription")
    SAAS = "saas", _("SaaS subscription")
    SAAS_OVERAGE = "saas_overage", _("SaaS overage")
    SAAS_SETUP = "saas_setup", _("SaaS set-up")
    MEDIA = "media", _("Media")


class Metric(models.TextChoices):
    """What is counted when a quantity is asked."""

    PVU = "pvu", _("Processor value unit")
    VPC = "vpc", _("Virtual processor core")
    RVU = "rvu", _("Resource value unit")
    AUTHORISED_USER = "authorised_user", _("Authorised user")
    CONCURRENT_USER = "concurrent_user", _("Concurrent user")
    INSTALL = "install", _("Install")


MAX_POINTS = Decimal("99999.99")
MAX_TERM = 120


@guarded(may(PARTNERS, "select"), may(STAFF, "select insert update"))
class ProductLine(models.Model):
    """A family of parts. Two registrations are about the same thing when their product lines overlap."""

    code = models.CharField(_("code"), max_length=20, unique=True)  # never changed
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(default=True)  # takes new parts
    version = models.PositiveIntegerField(default=1)  # raised by every change

    def __str__(self) -> str:
        return self.name


@guarded(may(PARTNERS, "select"), may(STAFF, "select insert update"))
class Part(models.Model):
    """Something that can be ordered, by its 7-character part number, which is never changed: orders name it."""

    number = models.CharField(
        _("part number"), max_length=7, unique=True, validators=[RegexValidator(r"^[A-Z0-9]{7}$")]
    )
    description = models.CharField(_("description"), max_length=200)
    line = models.ForeignKey(ProductLine, on_delete=models.PROTECT, related_name="parts")
    type = models.CharField(max_length=24, choices=PartType.choices)
    # The same thing in other types (its licence, its renewal …) has the same line, family and metric.
    family = models.CharField(_("family"), max_length=20, blank=True, default="", db_default="")
    metric = models.CharField(
        _("metric"), max_length=16, choices=Metric.choices, blank=True, default="", db_default=""
    )
    points = models.DecimalField(
        _("points"), max_digits=7, decimal_places=2, default=Decimal(0), db_default=Decimal(0)
    )  # of one, for the whole term
    term_months = models.PositiveSmallIntegerField(
        _("months"), null=True, blank=True
    )  # that the price is for
    is_active = models.BooleanField(default=True)  # sold today
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__regex="^[A-Z0-9]{7}$"), name="part_number_seven"),
            models.CheckConstraint(condition=Q(type__in=PartType.values), name="part_type_known"),
            models.CheckConstraint(condition=Q(metric__in=["", *Metric.values]), name="part_metric_known"),
            models.CheckConstraint(condition=Q(points__gte=0), name="part_points_not_negative"),
            models.CheckConstraint(
                condition=Q(term_months=None) | Q(term_months__gte=1, term_months__lte=MAX_TERM),
                name="part_term_possible",
            ),
        ]
        # As `icontains` asks, so that words within descriptions are found among very many.
        indexes = [
            GinIndex(OpClass(Upper("description"), name="gin_trgm_ops"), name="part_description_words")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.description}"
