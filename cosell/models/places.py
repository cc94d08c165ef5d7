"""Where a partner works, and where its people's roles hold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Membership, Role, Site, public_id
from identity.tenancy import OWN_SITE, OWNER, PARTNERS, STAFF, guarded, may


@guarded(
    may(PARTNERS, "select insert update", OWN_SITE),
    may(STAFF, "select"),
    may(OWNER, "select"),  # for cosell_locations() (migrations/0001)
)
class Location(models.Model):
    """A place at which a partner works. Referrals, profiles and roles are of locations; it is never deleted."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    address_line1 = models.CharField(_("address"), max_length=200, blank=True, default="")
    address_line2 = models.CharField(_("address, second line"), max_length=200, blank=True, default="")
    city = models.CharField(_("city"), max_length=120)
    state = models.CharField(_("state or province"), max_length=120, blank=True, default="")
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="")
    country = models.CharField(_("country"), max_length=2)  # ISO 3166
    contact_email = models.EmailField(_("contact"), blank=True, default="")  # told where a deal has no team
    closed_at = models.DateTimeField(null=True, blank=True)  # nothing new comes here
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "id"], name="location_of_site"),  # for foreign keys
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(closed_at__isnull=True), name="location_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(PARTNERS, "select insert delete", OWN_SITE),
    may(STAFF, "select"),
    may(OWNER, "select delete"),  # for cosell_locations() (0001), and where a role is taken away (0003)
)
class RoleScope(models.Model):
    """A role of somebody holds at this location. A role without such a row holds company-wide."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The constraints of both include the site (migrations/0001): neither can lead to another tenant's row.
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="role_scopes", db_constraint=False
    )
    role = models.CharField(max_length=20, choices=Role.choices)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_scope_role_known"),
            models.UniqueConstraint(fields=["membership", "role", "location"], name="role_scope_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.location_id}"
