"""What belongs to a deal and is seen by whoever sees the deal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.models import Site, public_id
from identity.tenancy import DISTRIBUTOR, OWN_SITE, OWNER, RESELLER, SITE, STAFF, guarded, may
from pricing.models import Part

from .deal import NOBODY, PRODUCTS, Deal


class OfDeal(models.Model):
    """A row that belongs to a deal and is seen by whoever sees the deal.

    The foreign key (deal, site, reader, submitted), made in migrations/0002, cascades: it is the database
    that keeps these columns those of the deal, and no row can be hung onto another tenant's deal.
    """

    # Its constraint is the composite one.
    deal = models.ForeignKey(
        Deal, on_delete=models.DO_NOTHING, related_name="%(class)ss", db_constraint=False, db_index=False
    )
    site = models.ForeignKey(
        Site, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    reader_id = models.BigIntegerField(default=NOBODY)
    submitted = models.BooleanField(default=False)

    class Meta:
        abstract = True


@guarded(
    may(RESELLER, "select insert update delete", OWN_SITE),
    may(DISTRIBUTOR, "select", f"reader_id = {SITE}"),
    may(STAFF, "select", "submitted"),
    may(OWNER, "select"),  # as of Deal
)
class DealProduct(OfDeal):
    """One of a deal's products, at most three. Frozen with the deal."""

    position = models.PositiveSmallIntegerField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)
    part_number = models.CharField(max_length=7)
    description = models.CharField(max_length=200)
    line = models.CharField(max_length=20)  # code of the product line: what conflicts are about
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "position"], name="deal_product_place"),
            models.UniqueConstraint(fields=["deal", "part"], name="deal_product_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=PRODUCTS), name="deal_product_at_most_three"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=1_000_000), name="deal_product_quantity"
            ),
        ]


class VisibleTo(models.TextChoices):
    ALL = "all", _("Partner, distributor and vendor")
    STAFF = "staff", _("Vendor only")


@guarded(
    may(RESELLER, "select insert", f"{OWN_SITE} and visible_to = 'all'"),
    # What another distributor said before, which the deal named then, is not for the one that it names now.
    may(
        DISTRIBUTOR,
        "select",
        f"reader_id = {SITE} and visible_to = 'all' and (distributor_id is null or distributor_id = {SITE})",
    ),
    may(DISTRIBUTOR, "insert", f"reader_id = {SITE} and visible_to = 'all' and distributor_id = {SITE}"),
    may(STAFF, "select insert", "submitted"),
)
class DealEvent(OfDeal):
    """One entry of a deal's timeline: a change of state, or a comment. Never changed."""

    class Kind(models.TextChoices):
        """What happened; `events.py` has the words."""

        BEGUN = "begun"
        SUBMITTED = "submitted"
        RESUBMITTED = "resubmitted"
        TAKEN = "taken"
        RETURNED = "returned"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        WON = "won"
        LOST = "lost"
        EXPIRED = "expired"
        REVOKED = "revoked"
        COMMENTED = "commented"
        ASKED = "asked"
        AMENDED = "amended"  # key fields: it is to be approved again
        CHANGED = "changed"  # other fields
        ESCALATED = "escalated"
        REMINDED = "reminded"
        EXTENSION_ASKED = "extension_asked"
        EXTENDED = "extended"
        NOT_EXTENDED = "not_extended"
        APPEALED = "appealed"
        PROPOSED = "proposed"
        ATTACHED = "attached"
        DETACHED = "detached"

    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    actor_kind = models.CharField(max_length=12)  # identity.actors.Kind
    actor_name = models.CharField(max_length=120)
    distributor_id = models.BigIntegerField(null=True, blank=True)  # whose word it is, when a distributor's
    visible_to = models.CharField(max_length=5, choices=VisibleTo.choices, default=VisibleTo.ALL)
    code = models.CharField(max_length=24, blank=True)  # of a reason
    text = models.CharField(max_length=4000, blank=True)
    rules_version = models.PositiveIntegerField(
        null=True, blank=True
    )  # RulesVersion.number it was done under

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(visible_to__in=VisibleTo.values), name="deal_event_visible_to")
        ]
        indexes = [models.Index(fields=["deal", "id"], name="deal_event_of_deal")]


@guarded(
    may(RESELLER, "select", OWN_SITE),
    may(RESELLER, "insert", OWN_SITE),
    may(DISTRIBUTOR, "select insert", f"reader_id = {SITE} and viewer_site_id = {SITE}"),
    may(STAFF, "select insert", "submitted"),
)
class DealViewing(OfDeal):
    """That somebody looked at a deal on one day, and when first: "who saw my deal". Never changed."""

    user_id = models.BigIntegerField()
    viewer_kind = models.CharField(max_length=12)  # identity.actors.Kind
    viewer_name = models.CharField(max_length=120)
    viewer_site_id = models.BigIntegerField(null=True)
    organisation = models.CharField(
        max_length=200, blank=True
    )  # name of the viewer's site; empty: the vendor
    on = models.DateField()  # in UTC
    at = models.DateTimeField()
    by_key = models.BooleanField(default=False)  # through the API

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "user_id", "on", "by_key"], name="deal_viewing_once_a_day"
            )
        ]


@guarded(
    may(RESELLER, "select insert", OWN_SITE),
    may(RESELLER, "update", OWN_SITE, columns=("removed_at",)),
    may(DISTRIBUTOR, "select", f"reader_id = {SITE} and for_distributor"),
    may(STAFF, "select", "submitted"),
)
class DealAttachment(OfDeal):
    """A file that belongs to a deal. The bytes are in the file store, under a name that tells nothing."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=120)  # as the partner called it
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=80, unique=True)
    for_distributor = models.BooleanField(default=False)  # may the distributor that the deal names read it?
    added_by_name = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["deal", "id"], name="deal_attachment_of_deal")]

    def __str__(self) -> str:
        return self.name
