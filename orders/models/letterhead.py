"""What a reseller's papers bear at their head."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Site
from identity.tenancy import OWN_SITE, RESELLER, STAFF, guarded, may


# Staff read it on the quotes that they may read.
@guarded(may(RESELLER, "select insert update", OWN_SITE), may(STAFF, "select"))
class Letterhead(models.Model):
    """A site's logo and address. A site without one has its name at the head of its papers."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("address"), max_length=500, blank=True, default="")  # several lines
    logo = models.CharField(max_length=64, blank=True, default="")  # its file's name in the store; "" = none
    logo_sha256 = models.CharField(max_length=64, blank=True, default="")
    logo_type = models.CharField(max_length=16, blank=True, default="")  # image/png or image/jpeg
    logo_size = models.PositiveIntegerField(default=0)  # bytes
    width = models.PositiveIntegerField(default=0)  # pixels
    height = models.PositiveIntegerField(default=0)
    changed_by_name = models.CharField(max_length=120, blank=True, default="")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # raised by every change

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(logo="", width=0, height=0)
                | (~Q(logo="") & Q(width__gt=0, height__gt=0, logo_type__in=["image/png", "image/jpeg"])),
                name="letterhead_logo_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Letterhead of site {self.site_id}"
