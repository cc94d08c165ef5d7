"""Organisations in the vendor's cloud: partners' own, and their customers'."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from identity.models import Site, public_id
from identity.tenancy import GUEST, LINK, OWNER, PARTNERS, SITE, STAFF, guarded, may


class OrganisationKind(models.TextChoices):
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")


@guarded(
    # A partner sees its own, and those of customers that it administers; never one a customer set up itself.
    may(PARTNERS, "select", f"administered_by_id = {SITE}"),
    may(STAFF, "select update"),
    # Whoever has a link makes what it is for, and sees that.
    may(GUEST, "select insert update", f"made_for = {LINK}"),
    may(OWNER, "select"),  # for the functions that find organisations for a link
)
class Organisation(models.Model):
    """An organisation as the vendor's cloud knows it. A subdomain is kept as it is written, and as it looks."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=8, choices=OrganisationKind.choices)
    external_id = models.CharField(max_length=80, blank=True, default="")  # the backend's
    name = models.CharField(_("name"), max_length=200)
    search_name = models.CharField(max_length=200, editable=False)  # see customers.names
    country = models.CharField(_("country"), max_length=2)
    address = models.CharField(_("address"), max_length=400, blank=True, default="")
    domain = models.CharField(_("e-mail domain"), max_length=253, blank=True, default="")
    subdomain = models.CharField(_("subdomain"), max_length=63, blank=True, default="")
    administrator_email = models.EmailField(_("administrator"))
    site = models.OneToOneField(
        Site, on_delete=models.PROTECT, related_name="organisation", null=True, blank=True
    )  # a partner's own
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    administered_by = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )  # null: the customer alone (D6)
    made_for = models.BigIntegerField(
        null=True, blank=True, db_index=True
    )  # the SetupLine for which it was made
    password_asked_at = models.DateTimeField(null=True, blank=True)  # D11: its link was mailed
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="partner", site__isnull=False, customer__isnull=True)
                | Q(kind="customer", site__isnull=True),
                name="organisation_of_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["search_name", "id"], name="organisation_by_name"),
            models.Index(fields=["administered_by", "name", "id"], name="organisation_by_partner"),
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(STAFF, "select"),
    may(GUEST, "select insert", f"made_for = {LINK}"),
    may(OWNER, "select"),
)
class OrganisationPerson(models.Model):
    """Somebody who administers an organisation: a person belongs to one organisation at a time (D8)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="people")
    email = models.EmailField()
    email_key = models.CharField(max_length=254, unique=True, editable=False)  # as addresses are compared
    made_for = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email
