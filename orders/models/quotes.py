"""Proposals and quotes: what a reseller offers a customer, until it becomes an order."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, CustomerSite
from deals.models import Deal
from identity.models import PriceLevel, Programme, Site, public_id
from identity.tenancy import OWN_SITE, RESELLER, STAFF, guarded, may
from pricing.models import Part

from .fields import LARGEST_QUANTITY


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("quote status", "Proposal")  # being worked on, at prices of today
    OPEN = "open", pgettext_lazy("quote status", "Open")  # prices stand until it expires
    ORDERED_IN_PART = "ordered_in_part", pgettext_lazy("quote status", "Ordered in part")
    ORDERED = "ordered", pgettext_lazy("quote status", "Ordered")
    SUPERSEDED = "superseded", pgettext_lazy("quote status", "Superseded")  # by its next revision
    EXPIRED = "expired", pgettext_lazy("quote status", "Expired")
    CLOSED = "closed", pgettext_lazy("quote status", "Closed")  # by hand, with a reason


ORDERABLE = (QuoteStatus.OPEN, QuoteStatus.ORDERED_IN_PART)
#: Never changed again, by anybody: the database refuses it.
FINAL = (QuoteStatus.ORDERED, QuoteStatus.SUPERSEDED, QuoteStatus.EXPIRED, QuoteStatus.CLOSED)


class QuoteKind(models.TextChoices):
    RENEWAL = "renewal", pgettext_lazy("quote kind", "Renewal")
    NEW = "new", pgettext_lazy("quote kind", "New")


class CutReason(models.TextChoices):
    """Why fewer are renewed than are installed."""

    FEWER_USERS = "fewer_users", _("Fewer users")
    REPLACED = "replaced", _("Replaced by another product of ours")
    COMPETITOR = "competitor", _("Replaced by a competitor's product")
    BUDGET = "budget", _("Budget")
    RETIRED = "retired", _("No longer in use")
    OTHER = "other", _("Another reason")


SHARED = "status <> 'draft'"  # the vendor helps with quotes; a proposal is the reseller's own


@guarded(may(RESELLER, "select insert update delete", OWN_SITE), may(STAFF, "select", SHARED))
class Quote(models.Model):
    """One revision of a quote. Its revisions share a number; at most one of them is open and one a proposal."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(_("quote number"), max_length=24)
    revision = models.PositiveIntegerField(_("version"), default=1)
    status = models.CharField(
        _("status"), max_length=16, choices=QuoteStatus.choices, default=QuoteStatus.DRAFT
    )
    kind = models.CharField(max_length=8, choices=QuoteKind.choices, default=QuoteKind.NEW)
    title = models.CharField(_("title"), max_length=120, blank=True, default="")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer_name = models.CharField(_("customer"), max_length=200, blank=True, default="")
    customer_site = models.ForeignKey(
        CustomerSite, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    site_number = models.CharField(_("customer's site"), max_length=7, blank=True, default="")
    contact_name = models.CharField(_("customer's contact"), max_length=120, blank=True, default="")
    contact_email = models.EmailField(_("e-mail of the contact"), blank=True, default="")
    distributor = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    distributor_name = models.CharField(_("distributor"), max_length=200, blank=True, default="")
    deal = models.ForeignKey(
        Deal, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    deal_number = models.CharField(_("deal registration"), max_length=24, blank=True, default="")
    deal_discount_bp = models.PositiveIntegerField(
        null=True, blank=True
    )  # as granted; hundredths of a per cent
    country = models.CharField(_("country"), max_length=2)  # whose prices they are
    currency = models.CharField(_("currency"), max_length=3)
    programme = models.CharField(  # the customer's: under Express prices are list prices
        max_length=12, choices=Programme.choices, default=Programme.RELATIONSHIP
    )
    price_level = models.CharField(_("price level"), max_length=2, choices=PriceLevel.choices)
    level_until = models.DateField(null=True, blank=True)  # the last day of that level, if one is known
    earned_level = models.CharField(  # by the quote's own points; "" if no better one
        _("level earned"), max_length=2, choices=PriceLevel.choices, blank=True, default=""
    )
    anniversary_on = models.DateField(_("anniversary"), null=True, blank=True)  # lines may be co-termed to it
    valid_until = models.DateField(_("valid until"), null=True, blank=True)  # its last day
    terms = models.CharField(_("terms"), max_length=4000, blank=True, default="")
    note = models.CharField(
        _("note"), max_length=2000, blank=True, default=""
    )  # the reseller's own; on no paper
    po_number = models.CharField(_("purchase order"), max_length=40, blank=True, default="")
    list_total = models.BigIntegerField(default=0)  # minor units
    total = models.BigIntegerField(default=0)  # minor units
    points = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    line_count = models.PositiveIntegerField(default=0)
    priced_at = models.DateTimeField(null=True, blank=True)
    owner_name = models.CharField(_("made by"), max_length=120)
    changed_by_name = models.CharField(_("changed by"), max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)  # raised by every change

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "number", "revision"], name="quote_revision_once"),
            models.UniqueConstraint(fields=["site", "id"], name="quote_of_site"),  # for foreign keys
            models.UniqueConstraint(
                fields=["site", "number"],
                condition=Q(status__in=[QuoteStatus.OPEN, QuoteStatus.ORDERED_IN_PART]),
                name="quote_one_open",
            ),
            models.UniqueConstraint(
                fields=["site", "number"], condition=Q(status=QuoteStatus.DRAFT), name="quote_one_proposal"
            ),
            models.CheckConstraint(condition=Q(status__in=QuoteStatus.values), name="quote_status_known"),
            models.CheckConstraint(
                condition=Q(status=QuoteStatus.DRAFT, opened_at__isnull=True)
                | (
                    ~Q(status=QuoteStatus.DRAFT)
                    & Q(
                        opened_at__isnull=False,
                        valid_until__isnull=False,
                        customer__isnull=False,
                        line_count__gt=0,
                    )
                ),
                name="quote_opened",
            ),
            models.CheckConstraint(
                condition=Q(status__in=FINAL, closed_at__isnull=False)
                | Q(status__in=[QuoteStatus.DRAFT, *ORDERABLE], closed_at__isnull=True),
                name="quote_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(deal_discount_bp__isnull=True) | Q(deal_discount_bp__lte=10_000),
                name="quote_discount_range",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-updated_at", "-id"], name="quote_newest"),
            models.Index(
                fields=["-updated_at", "-id"], condition=~Q(status="draft"), name="quote_all_newest"
            ),
            models.Index(fields=["site", "customer"], name="quote_by_customer"),
            # What expires: found by its day.
            models.Index(fields=["valid_until"], condition=Q(status__in=ORDERABLE), name="quote_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.revision})"


@guarded(may(RESELLER, "select insert update delete", OWN_SITE), may(STAFF, "select", SHARED))
class QuoteLine(models.Model):
    """One line of a quote, with every step of its price. Site and status are the quote's: the database sees to it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=16, choices=QuoteStatus.choices, default=QuoteStatus.DRAFT)
    position = models.PositiveIntegerField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", db_index=False)
    part_number = models.CharField(max_length=7)
    description = models.CharField(max_length=200)
    part_type = models.CharField(max_length=24)
    metric = models.CharField(max_length=24, blank=True, default="")
    quantity = models.PositiveIntegerField()
    installed = models.PositiveIntegerField(null=True, blank=True)  # of what is renewed; null for new lines
    cut_reason = models.CharField(max_length=12, choices=CutReason.choices, blank=True, default="")
    cut_text = models.CharField(max_length=500, blank=True, default="")
    # Of which site of the customer it is; the quote's own where it says none.
    customer_site = models.ForeignKey(
        CustomerSite, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    site_number = models.CharField(max_length=7, blank=True, default="")
    covered_until = models.DateField(null=True, blank=True)  # the last day of what is renewed
    coverage_start = models.DateField(null=True, blank=True)
    coverage_end = models.DateField(null=True, blank=True)  # its last day
    months = models.PositiveIntegerField(null=True, blank=True)
    term_months = models.PositiveIntegerField(null=True, blank=True)  # that the part's price is for
    unit_points = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    points = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # Minor units; null in a proposal while there is no price for the day.
    unit_list = models.BigIntegerField(null=True, blank=True)  # of one for the term, at list
    unit_level = models.BigIntegerField(null=True, blank=True)  # of one for the term, at the level
    unit_price = models.BigIntegerField(null=True, blank=True)  # of one for the months covered, discount off
    list_extended = models.BigIntegerField(null=True, blank=True)  # of all, for the months, at list
    extended = models.BigIntegerField(null=True, blank=True)  # what the line costs
    discount_bp = models.PositiveIntegerField(default=0)
    priced_on = models.DateField(null=True, blank=True)  # the day whose prices these are
    edition = models.CharField(max_length=40, blank=True, default="")  # the announcement they stand in
    renewal_item = models.CharField(max_length=12, blank=True, default="")  # the public id of what is renewed
    renewal_quote = models.CharField(max_length=24, blank=True, default="")
    renewal_line = models.PositiveIntegerField(null=True, blank=True)
    requested_start_on = models.DateField(null=True, blank=True)
    provisioning_email = models.EmailField(blank=True, default="")
    ordered = models.PositiveIntegerField(default=0)  # how many of them

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "position"],
                name="quote_line_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=LARGEST_QUANTITY), name="quote_line_quantity"
            ),
            models.CheckConstraint(condition=Q(ordered__lte=F("quantity")), name="quote_line_ordered"),
            models.CheckConstraint(
                condition=Q(coverage_end__isnull=True) | Q(coverage_end__gte=F("coverage_start")),
                name="quote_line_coverage",
            ),
            models.CheckConstraint(
                condition=Q(status=QuoteStatus.DRAFT) | Q(extended__isnull=False, unit_price__isnull=False),
                name="quote_line_priced",
            ),
        ]
        indexes = [
            models.Index(
                fields=["site", "renewal_item"],
                condition=~Q(renewal_item=""),
                name="quote_line_by_renewal",
            )
        ]

    def __str__(self) -> str:
        return f"{self.part_number} × {self.quantity}"
