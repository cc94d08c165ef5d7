"""For how long a site is the reseller or distributor of what a customer buys."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from identity.models import Site, public_id
from identity.tenancy import OWN_SITE, OWNER, PARTNERS, STAFF, guarded, may

from .directory import Customer


class RelationshipRole(models.TextChoices):
    RESELLER = "reseller", _("Reseller")
    DISTRIBUTOR = "distributor", _("Distributor")


@guarded(
    may(PARTNERS, "select", OWN_SITE),
    may(STAFF, "select insert update"),
    may(OWNER, "select"),  # for the trigger that says who sees what is of a customer
)
class Relationship(models.Model):
    """A transactional relationship: for so long a site is the reseller or distributor of what a customer buys.

    A site sees its own, and by them what else it may see of the customer.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=12, choices=RelationshipRole.choices)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)  # the first day on which it is no more
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "customer", "role", "valid_from"], name="relationship_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=RelationshipRole.values), name="relationship_role_known"
            ),
            # Taken back before it began: on the same day.
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="relationship_in_order",
            ),
        ]
        indexes = [models.Index(fields=["customer", "site"], name="relationship_by_customer")]

    def __str__(self) -> str:
        return f"{self.site_id} – {self.customer_id}"
