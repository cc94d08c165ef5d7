"""What the portal remembers of having reminded a site."""

from __future__ import annotations

from django.db import models

from identity.models import Site
from identity.tenancy import guarded


@guarded()  # jobs only
class Reminding(models.Model):
    """Up to which day a site has been reminded of what is due, and when it is looked at next."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField()  # a day of the site's own clocks
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.site_id}: {self.done_on}"
