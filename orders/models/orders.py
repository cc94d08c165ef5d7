"""What was ordered: as the vendor's systems tell, or as resellers place it here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import OfCustomerSite
from customers.models.standing import TRANSACTIONAL, standing_indexes
from identity.models import PriceLevel, public_id
from identity.tenancy import RESELLER, SITE, guarded, may
from pricing.models import Part

from .fields import LARGEST_QUANTITY

OWN_ORDER = f"reseller_id = {SITE} and placed_here"


class OrderStatus(models.TextChoices):
    PLACED = "placed", pgettext_lazy("order status", "Placed")  # here, and not yet taken by the vendor
    ACCEPTED = "accepted", pgettext_lazy("order status", "Accepted")
    FULFILLED = "fulfilled", pgettext_lazy("order status", "Fulfilled")
    REJECTED = "rejected", pgettext_lazy("order status", "Rejected")
    CANCELLED = "cancelled", pgettext_lazy("order status", "Cancelled")


OVER = (OrderStatus.FULFILLED, OrderStatus.REJECTED, OrderStatus.CANCELLED)


@guarded(
    *TRANSACTIONAL,
    may(RESELLER, "insert", OWN_ORDER),
    # Until the vendor takes it, a reseller can call it off.
    may(
        RESELLER,
        "update",
        f"{OWN_ORDER} and status = 'placed'",
        check=f"{OWN_ORDER} and status in ('placed', 'cancelled')",
        columns=("status", "status_reason", "closed_at", "version"),
    ),
)
class Order(OfCustomerSite):
    """An order of one reseller for one customer. `settled_on` is its date."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    number = models.CharField(_("order number"), max_length=24, unique=True)
    placed_here = models.BooleanField(default=False)  # by a reseller in this portal
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus.choices)
    status_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))  # minor units
    points = models.DecimalField(_("points"), max_digits=14, decimal_places=2, default=0)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    order_level = models.CharField(  # at which it was priced; "" where that is not known
        _("price level of the order"), max_length=2, choices=PriceLevel.choices, blank=True, default=""
    )
    po_number = models.CharField(_("purchase order"), max_length=40, blank=True, default="")
    quote_number = models.CharField(_("quote"), max_length=24, blank=True, default="")
    deal_number = models.CharField(_("deal registration"), max_length=24, blank=True, default="")
    note = models.CharField(_("note"), max_length=2000, blank=True, default="")  # to the vendor
    # What it was placed from, so that it is placed once: the key of a basket.
    basket = models.CharField(max_length=40, blank=True, default="", editable=False)
    placed_at = models.DateTimeField(null=True, blank=True)
    placed_by_name = models.CharField(max_length=120, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reseller", "basket"], condition=~Q(basket=""), name="order_placed_once"
            ),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
            models.CheckConstraint(condition=Q(settled_on__isnull=False), name="order_has_its_day"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="order_currency_code"),
            models.CheckConstraint(
                condition=Q(placed_here=False)
                | Q(reseller__isnull=False, customer__isnull=False, placed_at__isnull=False),
                name="order_placed_by_somebody",
            ),
        ]
        indexes = standing_indexes(
            "order",
            ("-settled_on",),
            ("number",),
            ("agreement", "settled_on"),
            ("customer_name", "settled_on"),
        )

    def __str__(self) -> str:
        return self.number


@guarded(*TRANSACTIONAL, may(RESELLER, "insert", OWN_ORDER))
class OrderLine(OfCustomerSite):
    """One line of an order. Whatever says who sees it, the database copies from the order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    placed_here = models.BooleanField(default=False)  # the order's, like all that it shares with it
    order_number = models.CharField(_("order number"), max_length=24, blank=True, default="")
    position = models.PositiveIntegerField(_("line"))
    part = models.ForeignKey(
        Part, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    part_type = models.CharField(_("part type"), max_length=24, blank=True, default="")  # a PartType
    metric = models.CharField(_("metric"), max_length=24, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_points = models.DecimalField(_("points a unit"), max_digits=10, decimal_places=2, default=0)
    points = models.DecimalField(_("points"), max_digits=14, decimal_places=2, default=0)
    coverage_start = models.DateField(_("coverage starts"), null=True, blank=True)
    coverage_end = models.DateField(_("coverage ends"), null=True, blank=True)  # its last day
    months = models.PositiveIntegerField(_("months"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    unit_price = models.BigIntegerField(_("unit price"))  # minor units
    extended = models.BigIntegerField(_("extended price"))  # minor units
    renewal_quote = models.CharField(_("renewal quote"), max_length=24, blank=True, default="")
    renewal_line = models.PositiveIntegerField(_("line of the renewal quote"), null=True, blank=True)
    requested_start_on = models.DateField(_("requested start date"), null=True, blank=True)
    provisioning_email = models.EmailField(_("provisioning contact"), blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=LARGEST_QUANTITY), name="order_line_quantity"
            ),
        ]
        indexes = standing_indexes("order_line", ("-settled_on",), ("part_number", "settled_on"))

    def __str__(self) -> str:
        return f"{self.order_number}/{self.position}"
