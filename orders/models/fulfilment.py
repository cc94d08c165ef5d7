"""How far the services of an order are, and what has to be known to set them up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import OfCustomerSite
from customers.models.standing import TRANSACTIONAL, seen_as, standing_indexes
from identity.models import public_id
from identity.tenancy import RESELLER, SITE, guarded, may


class FulfilmentStatus(models.TextChoices):
    ORDERED = "ordered", pgettext_lazy("service status", "Ordered")
    AWAITING_DETAILS = "awaiting_details", pgettext_lazy("service status", "Awaiting details")
    PROVISIONING = "provisioning", pgettext_lazy("service status", "Being set up")
    ACTIVE = "active", pgettext_lazy("service status", "Active")
    SUSPENDED = "suspended", pgettext_lazy("service status", "Suspended")
    CANCELLED = "cancelled", pgettext_lazy("service status", "Cancelled")
    CLOSED = "closed", pgettext_lazy("service status", "Closed")
    FAILED = "failed", pgettext_lazy("service status", "Failed")


@guarded(*TRANSACTIONAL)
class Fulfilment(OfCustomerSite):
    """The service that comes of one line of an order."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    order_number = models.CharField(_("order number"), max_length=24)
    line_number = models.PositiveIntegerField(_("line"))
    part_number = models.CharField(_("part number"), max_length=7)
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"))
    subscription_number = models.CharField(_("subscription"), max_length=24, blank=True, default="")
    status = models.CharField(_("status"), max_length=16, choices=FulfilmentStatus.choices)
    ordered_on = models.DateField(_("ordered on"))
    requested_start_on = models.DateField(_("requested start date"), null=True, blank=True)
    fulfilled_on = models.DateField(_("set up on"), null=True, blank=True)
    provisioning_email = models.EmailField(_("provisioning contact"), blank=True, default="")
    status_note = models.CharField(_("what it waits for"), max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_number", "line_number"], name="fulfilment_once"),
            models.CheckConstraint(
                condition=Q(status__in=FulfilmentStatus.values), name="fulfilment_status_known"
            ),
        ]
        indexes = standing_indexes("fulfilment", ("-ordered_on",), ("order_number",), counted=True)

    def __str__(self) -> str:
        return f"{self.order_number}/{self.line_number}"


@guarded(
    *TRANSACTIONAL,
    # What is asked for comes from above; the reseller's people say what it is.
    may(RESELLER, "update", seen_as("reseller"), check=f"reseller_id = {SITE}", columns=("value", "version")),
)
class DataElement(OfCustomerSite):
    """One thing to be known before a service can be set up: asked for, and given or missing."""

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="elements")
    order_number = models.CharField(_("order number"), max_length=24)
    line_number = models.PositiveIntegerField(_("line"))
    part_number = models.CharField(_("part number"), max_length=7)
    element = models.CharField(_("element"), max_length=80)
    value = models.CharField(_("value"), max_length=500, blank=True, default="")
    required = models.BooleanField(_("required"), default=True)
    missing = models.GeneratedField(
        expression=models.Case(
            models.When(required=True, value="", then=True), default=False, output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fulfilment", "element"], name="data_element_once")]
        indexes = standing_indexes("data_element", ("order_number", "line_number", "element"))

    def __str__(self) -> str:
        return f"{self.order_number}/{self.line_number} {self.element}"
