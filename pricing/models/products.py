"""What the vendor sells: product lines and parts."""

from __future__ import annotations

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
    is_active = models.BooleanField(default=True)  # sold today
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__regex="^[A-Z0-9]{7}$"), name="part_number_seven"),
            models.CheckConstraint(condition=Q(type__in=PartType.values), name="part_type_known"),
        ]
        # As `icontains` asks, so that words within descriptions are found among very many.
        indexes = [
            GinIndex(OpClass(Upper("description"), name="gin_trgm_ops"), name="part_description_words")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.description}"
