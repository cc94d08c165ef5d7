"""A subscription as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ..models import Service, Subscription, SubscriptionStatus


class SubscriptionOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    status = serializers.ChoiceField(SubscriptionStatus.choices)
    organisation = serializers.CharField(source="organisation_name", help_text="Its name.")
    organisation_id = serializers.SerializerMethodField(
        help_text="In `organisations`; empty where the customer administers it alone."
    )
    part_number = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    services = serializers.ListField(child=serializers.ChoiceField(Service.choices))
    starts_on = serializers.DateField()
    renews_on = serializers.DateField(allow_null=True, help_text="Null: a trial.")
    trial_ends_on = serializers.DateField(allow_null=True, help_text="The last day of a trial.")
    time_zone = serializers.CharField(help_text="The customer's: by it, days end.")
    suspended_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    restore_until = serializers.DateTimeField(
        allow_null=True, help_text="Until this moment what was cancelled can be restored."
    )
    deleted_at = serializers.DateTimeField(allow_null=True)
    in_effect = serializers.SerializerMethodField(
        help_text="Whether the system that provides the services has taken the status."
    )
    customer_number = serializers.CharField()
    customer_name = serializers.CharField()
    site_number = serializers.CharField(help_text="The customer's site.")
    country = serializers.CharField(help_text="ISO 3166-1.")
    reseller_number = serializers.CharField()
    reseller_name = serializers.CharField()
    distributor_number = serializers.CharField()
    distributor_name = serializers.CharField()

    def get_in_effect(self, subscription: Subscription) -> bool:
        return not subscription.backend_due

    def get_organisation_id(self, subscription: Subscription) -> str:
        return str(self.context["view"].organisations.get(subscription.organisation_id, ""))
