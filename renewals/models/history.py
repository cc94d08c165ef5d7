"""What else the vendor tells of subscriptions: use beyond what was bought, changes, prices to come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import OfCustomerSite
from customers.models.standing import TRANSACTIONAL, standing_indexes
from identity.models import public_id
from identity.tenancy import guarded


@guarded(*TRANSACTIONAL)
class Overage(OfCustomerSite):
    """More use than was bought, measured, and not billed. `settled_on` is the day up to which it was measured."""

    reference = models.CharField(_("measurement"), max_length=24, unique=True)  # the vendor's
    subscription_number = models.CharField(_("subscription"), max_length=24)
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    metric = models.CharField(_("metric"), max_length=24, blank=True, default="")
    measured_from = models.DateField(_("measured from"))
    entitled = models.PositiveIntegerField(_("entitled"))
    used = models.PositiveIntegerField(_("used"))
    overage = models.PositiveIntegerField(_("overage"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"))  # minor units; that was not billed
    reason = models.CharField(_("why it was not billed"), max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(settled_on__isnull=False), name="overage_has_its_day"),
            models.CheckConstraint(
                condition=Q(overage=models.F("used") - models.F("entitled")), name="overage_is_the_difference"
            ),
        ]
        indexes = standing_indexes("overage", ("-settled_on",), ("agreement",))

    def __str__(self) -> str:
        return self.reference


@guarded(*TRANSACTIONAL)
class SubscriptionChange(OfCustomerSite):
    """A change of what a subscription is licensed for. `settled_on` is the day from which it holds."""

    reference = models.CharField(_("change"), max_length=24, unique=True)  # the vendor's
    subscription_number = models.CharField(_("subscription"), max_length=24)
    old_part_number = models.CharField(_("old part number"), max_length=7)
    new_part_number = models.CharField(_("new part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    old_quantity = models.PositiveIntegerField(_("old quantity"))
    new_quantity = models.PositiveIntegerField(_("new quantity"))
    old_term_months = models.PositiveIntegerField(_("old term in months"))
    new_term_months = models.PositiveIntegerField(_("new term in months"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(settled_on__isnull=False), name="subscription_change_day"),
        ]
        indexes = standing_indexes("subscription", ("-settled_on",), ("subscription_number",))

    def __str__(self) -> str:
        return self.reference


@guarded(*TRANSACTIONAL)
class PriceNotification(OfCustomerSite):
    """The vendor's word that a renewal will cost something else, and until when the customer can say no."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    reference = models.CharField(_("notification"), max_length=24, unique=True)  # the vendor's
    quote_number = models.CharField(_("quote"), max_length=24, blank=True, default="")
    line_number = models.PositiveIntegerField(_("line"), null=True, blank=True)
    subscription_number = models.CharField(_("subscription"), max_length=24, blank=True, default="")
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    old_price = models.BigIntegerField(_("old price"))  # minor units, of one
    new_price = models.BigIntegerField(_("new price"))
    change_bp = models.IntegerField(_("change"))  # hundredths of a per cent
    notified_on = models.DateField(_("notified on"))
    effective_on = models.DateField(_("effective on"))
    opt_out_by = models.DateField(_("opt out by"))  # the last day
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = standing_indexes("price_notice", ("opt_out_by",), ("effective_on",), counted=True)

    def __str__(self) -> str:
        return self.reference
