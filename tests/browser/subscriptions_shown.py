"""Subscriptions in every state and the organisations that they are of, for the pages that are looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from identity import tenancy
from provisioning.models import Organisation, Subscription
from tests.customers.held import relate
from tests.deals.factories import make_customer
from tests.provisioning.made import make_organisation
from tests.provisioning.subscriptions.made import make_subscription, make_trial

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show_subscriptions(shown: Exhibition) -> None:
    site, now, today = shown.cast.site, timezone.now(), timezone.localdate()
    customer = make_customer("فنادق الواحة")
    relate(site, customer)
    organisation = make_organisation(
        "فنادق الواحة", administered_by=site, customer=customer, external_id="org-shown", subdomain="oasis-shown",
        domain="oasis.example", address="1 Corniche, Cairo",
    )  # fmt: skip
    alone = make_organisation("Oasis Alone", customer=customer)
    of: dict[str, Any] = {"organisation": organisation, "customer": customer.id}
    ago, until = now - timedelta(days=4), now + timedelta(days=5)
    found: dict[str, Subscription] = {
        "active": make_subscription(site, renews_on=today + timedelta(days=25), **of),
        "suspended": make_subscription(site, status="suspended", suspended_at=ago, backend_due=True, **of),
        "cancelled": make_subscription(
            site, status="cancelled", cancelled_at=ago, restore_until=until, due_at=until, **of
        ),
        "deleted": make_subscription(site, status="deleted", deleted_at=ago, **of),
        "trial": make_trial(site, trial_ends_on=today + timedelta(days=5), due_at=until, **of),
        "over": make_trial(
            site, status="trial_expired", trial_ends_on=today - timedelta(days=2), due_at=None, **of
        ),
        "customer's own": make_subscription(site, organisation=alone, customer=customer.id),
    }
    shown.things |= {f"{name} subscription": one for name, one in found.items()} | {
        "cloud customer": customer
    }
    with tenancy.as_system():
        shown.things["organisation"] = Organisation.objects.get(id=organisation.id)
