"""What customers have, and what of it is to be renewed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import OfCustomerSite
from customers.models.standing import TRANSACTIONAL, standing_indexes, standing_orders
from identity.models import Membership, Site, public_id
from identity.tenancy import OWN_SITE, PARTNERS, guarded, may
from pricing.models import Part


class EntitlementKind(models.TextChoices):
    LICENCE = "licence", _("Perpetual licence")
    SUPPORT = "support", _("Support")
    COMMITTED_TERM = "committed_term", _("Committed term")
    SUBSCRIPTION = "subscription", _("Subscription")
    SAAS = "saas", _("SaaS subscription")
    MONTHLY = "monthly", _("Monthly")


@guarded(*TRANSACTIONAL)
class Entitlement(OfCustomerSite):
    """What a customer's site may use: so many of a part, for good or for a time."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    reference = models.CharField(_("entitlement"), max_length=24, unique=True)  # the vendor's
    kind = models.CharField(_("kind"), max_length=16, choices=EntitlementKind.choices)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    metric = models.CharField(_("metric"), max_length=24, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"))
    coverage_start = models.DateField(_("coverage starts"), null=True, blank=True)
    coverage_end = models.DateField(_("coverage ends"), null=True, blank=True)  # its last day; null: for good
    order_number = models.CharField(_("order number"), max_length=24, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EntitlementKind.values), name="entitlement_kind_known"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="entitlement_quantity"),
            models.CheckConstraint(
                condition=Q(coverage_end__isnull=True) | Q(coverage_end__gte=F("coverage_start")),
                name="entitlement_coverage",
            ),
        ]
        indexes = standing_indexes("entitlement", ("customer_name",), ("site_number",), ("part_number",))

    def __str__(self) -> str:
        return self.reference


class RenewalKind(models.TextChoices):
    SUPPORT = "support", _("Perpetual support")
    COMMITTED_TERM = "committed_term", _("Committed term")
    SAAS = "saas", _("SaaS")
    MONTHLY = "monthly", _("Monthly")


class RenewalStatus(models.TextChoices):
    """Where the vendor's renewal quote of an item is."""

    DRAFT = "draft", pgettext_lazy("renewal status", "Being prepared")
    OPEN = "open", pgettext_lazy("renewal status", "Open")
    REVISED = "revised", pgettext_lazy("renewal status", "Revised")
    ORDERED_IN_PART = "ordered_in_part", pgettext_lazy("renewal status", "Ordered in part")
    ORDERED = "ordered", pgettext_lazy("renewal status", "Ordered")
    AUTO_RENEWED = "auto_renewed", pgettext_lazy("renewal status", "Renewed by itself")
    SUPERSEDED = "superseded", pgettext_lazy("renewal status", "Superseded")
    EXPIRED = "expired", pgettext_lazy("renewal status", "Expired")
    LAPSED = "lapsed", pgettext_lazy("renewal status", "Lapsed")
    CLOSED = "closed", pgettext_lazy("renewal status", "Closed")


OPEN = (
    RenewalStatus.DRAFT,
    RenewalStatus.OPEN,
    RenewalStatus.REVISED,
    RenewalStatus.ORDERED_IN_PART,
    RenewalStatus.EXPIRED,  # can still be renewed, late
)
OVER = (
    RenewalStatus.ORDERED,
    RenewalStatus.AUTO_RENEWED,
    RenewalStatus.SUPERSEDED,
    RenewalStatus.LAPSED,
    RenewalStatus.CLOSED,
)


@guarded(*TRANSACTIONAL)
class RenewalItem(OfCustomerSite):
    """One line of the vendor's renewal quote: what a customer's site has, until when, and what keeping it costs.

    `settled_on` is the day on which it was over; null while it can be renewed.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    quote_number = models.CharField(_("quote"), max_length=24)
    line_number = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=16, choices=RenewalKind.choices)
    status = models.CharField(_("status of the quote"), max_length=16, choices=RenewalStatus.choices)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    part_type = models.CharField(_("part type"), max_length=24, blank=True, default="")  # a PartType
    metric = models.CharField(_("metric"), max_length=24, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"))
    # Of the quantity, by orders placed here.
    ordered = models.PositiveIntegerField(_("ordered"), default=0, db_default=0)
    unit_points = models.DecimalField(_("points a unit"), max_digits=10, decimal_places=2, default=0)
    points = models.DecimalField(_("points"), max_digits=14, decimal_places=2, default=0)
    current_start = models.DateField(_("current coverage starts"))
    current_end = models.DateField(_("current coverage ends"))  # its last day
    new_start = models.DateField(_("new coverage starts"))
    new_end = models.DateField(_("new coverage ends"))  # its last day
    months = models.PositiveIntegerField(_("months"))
    currency = models.CharField(_("currency"), max_length=3)
    unit_price = models.BigIntegerField(_("unit price"))  # minor units; at the price of `new_start`
    extended = models.BigIntegerField(_("extended price"))  # minor units
    due_on = models.DateField(_("due"))  # the last day on which it can be ordered at this price
    auto_renew = models.BooleanField(_("renews by itself"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote_number", "line_number"], name="renewal_item_once"),
            models.CheckConstraint(condition=Q(kind__in=RenewalKind.values), name="renewal_item_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=OPEN, settled_on__isnull=True)
                | Q(status__in=OVER, settled_on__isnull=False),
                name="renewal_item_settled",
            ),
            models.CheckConstraint(
                condition=Q(current_end__gte=F("current_start"), new_end__gte=F("new_start")),
                name="renewal_item_coverage",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="renewal_item_quantity"),
        ]
        indexes = [
            *standing_indexes("renewal", ("due_on",)),
            # What is due: only what can still be renewed.
            *standing_orders(
                "renewal_open",
                ("agreement", "due_on"),
                ("quote_number", "line_number"),
                ("site_name", "due_on"),
                condition=Q(settled_on__isnull=True),
            ),
            *standing_orders(
                "renewal_term",
                ("due_on",),
                condition=Q(settled_on__isnull=True, kind=RenewalKind.COMMITTED_TERM),
            ),
            models.Index(
                fields=["reseller", "due_on", "id"],
                condition=Q(settled_on__isnull=True),
                name="renewal_rese_due",
            ),
            models.Index(
                fields=["distributor", "due_on", "id"],
                condition=Q(settled_on__isnull=True),
                name="renewal_dist_due",
            ),
            models.Index(
                fields=["due_on", "id"], condition=Q(settled_on__isnull=True), name="renewal_all_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_number}/{self.line_number}"


class LostReason(models.TextChoices):
    COMPETITOR = "competitor", _("Replaced by a competitor's product")
    BUDGET = "budget", _("Budget")
    RETIRED = "retired", _("No longer in use")
    CUSTOMER_GONE = "customer_gone", _("The customer has closed down")
    OTHER_PARTNER = "other_partner", _("Renewed through another partner")
    OTHER = "other", _("Another reason")


@guarded(may(PARTNERS, "select insert update", OWN_SITE))
class RenewalWork(models.Model):
    """What a partner notes of a renewal item for its own people: who is at it, and until when it can wait."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(RenewalItem, on_delete=models.PROTECT, related_name="work")
    assigned = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assigned_name = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(_("note"), max_length=2000, blank=True, default="")
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    lost_reason = models.CharField(
        _("reason"), max_length=16, choices=LostReason.choices, blank=True, default=""
    )
    lost_text = models.CharField(_("in your words"), max_length=500, blank=True, default="")
    lost_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    updated_by_name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "item"], name="renewal_work_once"),
            models.CheckConstraint(
                condition=Q(lost_reason="", lost_at__isnull=True)
                | (~Q(lost_reason="") & Q(lost_at__isnull=False)),
                name="renewal_work_lost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.item_id}"
