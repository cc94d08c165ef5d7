"""What the API says of orders."""

from __future__ import annotations

from rest_framework import serializers

from ..amounts import Money
from ..models import Order, OrderLine, OrderStatus


class OrderLineOut(serializers.Serializer[OrderLine]):
    position = serializers.IntegerField()
    part_number = serializers.CharField()
    description = serializers.CharField()
    part_type = serializers.CharField()
    metric = serializers.CharField()
    quantity = serializers.IntegerField()
    points = serializers.DecimalField(14, 2)
    coverage_start = serializers.DateField(allow_null=True)
    coverage_end = serializers.DateField(allow_null=True, help_text="Its last day.")
    months = serializers.IntegerField(allow_null=True)
    unit_price = Money()
    extended = Money()
    requested_start = serializers.DateField(source="requested_start_on", allow_null=True)
    provisioning_email = serializers.CharField()
    renewal_quote = serializers.CharField()
    renewal_line = serializers.IntegerField(allow_null=True)


class OrderSummaryOut(serializers.Serializer[Order]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    status = serializers.ChoiceField(OrderStatus.choices)
    status_reason = serializers.CharField()
    ordered_on = serializers.DateField(source="settled_on")
    placed_here = serializers.BooleanField(help_text="In this portal.")
    placed_by = serializers.CharField(source="placed_by_name")
    customer_number = serializers.CharField()
    customer_name = serializers.CharField()
    customer_site = serializers.CharField(source="site_number")
    agreement = serializers.CharField()
    reseller_number = serializers.CharField()
    reseller_name = serializers.CharField()
    distributor_number = serializers.CharField()
    distributor_name = serializers.CharField()
    currency = serializers.CharField()
    total = Money()
    points = serializers.DecimalField(14, 2)
    order_level = serializers.CharField(help_text="The price level of the order.")
    line_count = serializers.IntegerField()
    po_number = serializers.CharField()
    quote_number = serializers.CharField()
    deal_number = serializers.CharField()
    note = serializers.CharField()
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")


class OrderOut(OrderSummaryOut):
    lines = OrderLineOut(source="shown_lines", many=True)
