"""Where a partner has its co-sell mail sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models import Site
from identity.tenancy import OWN_SITE, PARTNERS, guarded, may


@guarded(may(PARTNERS, "select insert update", OWN_SITE))
class CosellAddress(models.Model):
    """One address for all co-sell mail of a partner, in place of everybody else (C11); empty: there is none."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("address"), blank=True, default="")
    language = models.CharField(_("language"), max_length=8)
    set_by_name = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.email
