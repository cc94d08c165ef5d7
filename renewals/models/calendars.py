"""Private addresses at which calendar programs fetch what is due."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models import Site, public_id
from identity.tenancy import OWN_SITE, OWN_USER, OWNER, PARTNERS, guarded, may


@guarded(
    may(PARTNERS, "select insert update", f"{OWN_USER} and {OWN_SITE}"),
    may(OWNER, "select"),  # for the function that tells whose address it is
)
class CalendarFeed(models.Model):
    """One person's address for one site. Only a hash of its secret is kept; a new one ends the one before."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    with_names = models.BooleanField(_("with the names of customers"), default=False)
    only_mine = models.BooleanField(_("only what is assigned to me"), default=False)
    language = models.CharField(max_length=8, blank=True, default="")  # as it was made; "": the person's
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "site"],
                condition=models.Q(revoked_at__isnull=True),
                name="calendar_feed_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.public_id
