"""Named views of lists: filters, order and columns that somebody kept under a name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models import Site, User, public_id
from identity.tenancy import OWN_SITE, OWN_USER, PARTNERS, STAFF, USER, guarded, may

from .listings import LONGEST_QUERY

# One's own at this site; the vendor's people belong to no site. Shared: with the colleagues there.
OF_PARTNER = f"{OWN_USER} and {OWN_SITE}"
OF_STAFF = f"{OWN_USER} and site_id is null"


@guarded(
    # Colleagues see what is shared, and their managers may clear it away; see `actions.delete_view`.
    may(PARTNERS, "select delete", f"{OWN_SITE} and (user_id = {USER} or shared)"),
    may(PARTNERS, "insert update", OF_PARTNER),
    may(STAFF, "select delete", f"site_id is null and (user_id = {USER} or shared)"),
    may(STAFF, "insert update", OF_STAFF),
)
class SavedView(models.Model):
    """A view of a list that somebody named, for themselves or for their colleagues as well.

    `query` is the address's, as `Listing.normalised` writes it. It holds no result and no right: whoever opens a
    shared view sees of it what they may see themselves.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_name = models.CharField(max_length=120)
    listing = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    shared = models.BooleanField(_("shared with colleagues"), default=False)
    version = models.PositiveIntegerField(default=1)  # raised by every change
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "listing", "user", "name"], name="saved_view_name", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


@guarded(
    may(PARTNERS, "select insert update delete", OF_PARTNER),
    may(STAFF, "select insert update delete", OF_STAFF),
)
class DefaultView(models.Model):
    """With which view somebody's list opens. It may be a colleague's; it goes with it (see migrations/0001)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    listing = models.CharField(max_length=40)
    view = models.ForeignKey(
        SavedView, on_delete=models.DO_NOTHING, related_name="defaults", db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "listing", "user"], name="default_view_once", nulls_distinct=False
            )
        ]
