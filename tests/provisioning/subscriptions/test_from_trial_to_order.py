"""A trial from its first click to the order that keeps everything in it: page, backend, wizard's end and billing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from provisioning.activating import provision
from provisioning.activating.working import work_on_due
from provisioning.models import (
    BillingStart,
    LineStatus,
    Organisation,
    RegistryOrganisation,
    SetupLine,
    Subscription,
)
from provisioning.subscriptions.telling import tell_due
from tests.cast import Cast, signed_in
from tests.customers.held import make_customer_site
from tests.provisioning.made import FLEX, guest_of, make_line, make_organisation, make_setup_part

pytestmark = pytest.mark.django_db
DETAILS: dict[str, Any] = {
    "calling": {},
    "meetings": {"site": "oasis-meets"},
    "messaging": {},
    "organisation": {},
}


def kept() -> RegistryOrganisation:
    with tenancy.as_system():
        return RegistryOrganisation.objects.get()


def ordered(cast: Cast, organisation: Organisation, of: Any) -> SetupLine:
    """A line of an order for it, whose organisations are confirmed."""
    return make_line(
        cast.site, of=of, status=LineStatus.AWAITING_DETAILS, organisation=organisation, waits_for="", due_at=None,
        onboarded_at=timezone.now(), organisation_name=organisation.name,
    )  # fmt: skip


def test_a_trial_that_is_ordered_keeps_its_number_and_is_billed_once(cast: Cast) -> None:
    make_setup_part()
    of = make_customer_site(reseller=cast.site)
    organisation = make_organisation(
        administered_by=cast.site, customer_id=of.customer_id, external_id="org-1"
    )
    with tenancy.as_system():
        RegistryOrganisation.objects.create(
            external_id="org-1", name="Oasis", key="k", created_at=timezone.now()
        )
    line = ordered(cast, organisation, of)  # relates the site and the customer

    page = f"/organisations/{organisation.public_id}/trial/"
    assert signed_in(cast.primary).post(page, {"part": FLEX, "quantity": "3"}).status_code == 302
    tell_due(budget=5)
    with tenancy.as_system():
        trial = Subscription.objects.get()
    assert (trial.status, trial.external_id) == ("trial", f"org-1/{trial.public_id}")
    assert list(kept().packages) == [trial.public_id]

    guest = guest_of(line)
    with tenancy.scope(guest):
        provision(line, DETAILS, asked_by="it@oasis.example", by=guest, now=timezone.now())
    work_on_due(budget=5)

    with tenancy.as_system():
        subscription = Subscription.objects.get()
        assert BillingStart.objects.get().line_id == line.id
    assert (subscription.id, subscription.number, subscription.status) == (trial.id, trial.number, "active")
    assert (subscription.line_id, subscription.quantity, subscription.trial_ends_on) == (line.id, 5, None)
    assert list(kept().packages) == [line.public_id]  # the trial's package went on as what was ordered
    assert subscription.external_id == f"org-1/{line.public_id}"

    at = f"/subscriptions/{subscription.public_id}/"
    assert "the trial goes on as a subscription" in signed_in(cast.primary).get(at).content.decode()
    assert signed_in(cast.primary).post(f"{at}suspend/", {"version": subscription.version}).status_code == 302
    tell_due(budget=5)
    assert kept().packages[line.public_id]["state"] == "suspended"
