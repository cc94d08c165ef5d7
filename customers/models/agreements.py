"""The contracts of customers with the vendor, and the customers' sites under them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import AgreementRole, Programme, public_id
from identity.tenancy import OWNER, STAFF, guarded, may

from .directory import Customer
from .standing import TRANSACTIONAL, Transactional, standing_indexes


# Partners see copies of it, on the rows that name them.
@guarded(may(STAFF, "select insert update"), may(OWNER, "select"))
class Agreement(models.Model):
    """A customer's contract. Under *Relationship* all of its sites renew on one anniversary, and points of all of them
    set the price level; under *Express* each purchase renews twelve months later, at list price.
    """

    number = models.CharField(_("agreement number"), max_length=12, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(_("programme"), max_length=12, choices=Programme.choices)
    # Of this month and day every year; null under Express.
    anniversary_on = models.DateField(_("anniversary"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(programme=Programme.RELATIONSHIP, anniversary_on__isnull=False)
                | Q(programme=Programme.EXPRESS, anniversary_on__isnull=True),
                name="agreement_anniversary",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="agreement_number_given"),
        ]

    def __str__(self) -> str:
        return self.number


@guarded(*TRANSACTIONAL)
class CustomerSite(Transactional):
    """One location of a customer under an agreement: what was bought for it stands under its number.

    Its reseller and its distributor are those who look after it today; single renewals may name others.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    contract = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="sites")
    role = models.CharField(_("role"), max_length=12, choices=AgreementRole.choices)
    points = models.DecimalField(
        _("points"), max_digits=12, decimal_places=2, default=0
    )  # of the last 12 months
    # The last day of its price level; null while no end is known.
    level_until = models.DateField(_("price level until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_number"], name="customer_site_number_once"),
            models.CheckConstraint(
                condition=Q(site_number__regex=r"^\d{7}$"), name="customer_site_number_seven"
            ),
            models.CheckConstraint(condition=Q(role__in=AgreementRole.values), name="customer_site_role"),
            models.CheckConstraint(condition=Q(settled_on__isnull=True), name="customer_site_is_open"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(role=AgreementRole.ORIGINATING),
                name="customer_site_one_originating",
            ),
        ]
        indexes = standing_indexes("customer_site", ("customer_name",), ("site_number",), ("agreement",))

    def __str__(self) -> str:
        return f"{self.site_name} ({self.site_number})"
