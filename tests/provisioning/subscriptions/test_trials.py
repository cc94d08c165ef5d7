"""Trials: for whom they are begun, for how long, and what extending means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError

from customers.models import Customer
from identity import tenancy
from identity.models import Membership
from notifications.models import Notice
from pricing.models import Part
from provisioning.models import Organisation, SetupRules, Subscription
from provisioning.subscriptions import trials
from provisioning.subscriptions.changing import NotAdministered, SubscriptionNotOpen
from tests.cast import Cast, actor
from tests.customers.held import relate
from tests.deals.factories import make_customer, make_part
from tests.provisioning.made import make_organisation, make_setup_part
from tests.provisioning.subscriptions.made import END, make_subscription, make_trial

pytestmark = pytest.mark.django_db
#: Already the third of May in Cairo.
NIGHT = datetime(2026, 5, 2, 22, 30, tzinfo=UTC)


def customer_of(cast: Cast) -> Customer:
    customer = make_customer("Oasis Hotels")
    relate(cast.site, customer)
    return customer


def organisation_of(cast: Cast, **extra: Any) -> Organisation:
    given = {"administered_by": cast.site, "external_id": "org-1"} | extra
    if "customer" not in given:
        given["customer"] = customer_of(cast)
    return make_organisation(**given)


def begin(
    organisation: Organisation, who: Membership, part: Part | None = None, **extra: Any
) -> Subscription:
    by, part = actor(who), part or make_setup_part()
    with tenancy.scope(by):
        return trials.begin_trial(organisation, part, by=by, **({"now": NIGHT} | extra))


def extend(trial: Subscription, who: Membership, now: datetime) -> Subscription:
    by = actor(who)
    with tenancy.scope(by):
        return trials.extend_trial(trial, by=by, now=now)


class TestBeginning:
    def test_is_for_thirty_days_from_the_customers_today(self, cast: Cast) -> None:
        trial = begin(organisation_of(cast), cast.primary, quantity=25)
        assert (trial.status, trial.quantity, trial.starts_on) == ("trial", 25, date(2026, 5, 3))
        assert trial.trial_ends_on == trial.ends_on == date(2026, 6, 2)
        assert (trial.time_zone, trial.line_id, trial.renews_on) == ("Africa/Cairo", None, None)

    def test_is_looked_at_a_week_before_it_is_over_there(self, cast: Cast) -> None:
        over = datetime(2026, 6, 2, 21, tzinfo=UTC)  # midnight in Cairo, in summer
        assert begin(organisation_of(cast), cast.primary).due_at == over - timedelta(days=7)

    def test_asks_the_backend_for_its_services(self, cast: Cast) -> None:
        trial = begin(organisation_of(cast), cast.primary)
        assert (trial.backend_due, trial.external_id) == (True, "")
        assert trial.services == ["calling", "meetings", "messaging"]

    def test_lasts_as_long_as_the_vendor_says(self, cast: Cast) -> None:
        part = make_setup_part()
        with tenancy.as_system():
            SetupRules.objects.filter(id=1).update(trial_days=14)
        assert begin(organisation_of(cast), cast.primary, part).trial_ends_on == date(2026, 5, 17)

    def test_tells_colleagues_once(self, cast: Cast) -> None:
        begin(organisation_of(cast), cast.primary)
        with tenancy.as_system():
            assert Notice.objects.filter(kind="subscription.trial_begun").count() == 1


class TestWhoseOrganisation:
    def test_is_one_that_the_site_administers(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        with pytest.raises(Organisation.DoesNotExist):  # the rival does not know of it
            begin(organisation, cast.rival)
        assert begin(organisation, cast.primary).organisation_id == organisation.id

    def test_is_none_that_the_customer_administers_alone(self, cast: Cast) -> None:
        alone = organisation_of(cast, administered_by=None)
        with pytest.raises(Organisation.DoesNotExist):
            begin(alone, cast.primary)

    def test_is_a_customers_and_not_the_partners_own(self, cast: Cast) -> None:
        own = make_organisation("Nile Systems", site=cast.site, external_id="org-2")
        with pytest.raises(NotAdministered):
            begin(own, cast.primary)

    def test_is_one_of_a_customer_that_the_site_deals_with_today(self, cast: Cast) -> None:
        customer = make_customer("Oasis Hotels")
        relate(cast.site, customer, end=date(2026, 5, 2))
        with pytest.raises(trials.NotACustomer):
            begin(organisation_of(cast, customer=customer), cast.primary)

    def test_is_one_that_is_set_up(self, cast: Cast) -> None:
        with pytest.raises(trials.NotThereYet):
            begin(organisation_of(cast, external_id=""), cast.primary)

    def test_the_database_refuses_any_other(self, cast: Cast) -> None:
        other = make_organisation("Rival's", administered_by=cast.rival_site, customer=make_customer("Other"))
        columns = {
            "number": "SUB-1", "organisation_id": other.id, "organisation_name": "x", "part_number": "S0FLEXA",
            "description": "x", "quantity": 1, "services": ["calling"], "starts_on": END, "trial_ends_on": END,
            "reseller_id": cast.site.id, "customer_id": customer_of(cast).id,
        }  # fmt: skip
        with (
            pytest.raises(IntegrityError, match="its reseller administers"),
            tenancy.scope(actor(cast.primary)),
        ):
            Subscription.objects.create(status="trial", **columns)

    def test_the_database_lets_no_partner_make_anything_but_trials(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        columns = {
            "number": "SUB-1", "organisation_id": organisation.id, "organisation_name": "x", "quantity": 1,
            "part_number": "S0FLEXA", "description": "x", "services": ["calling"], "starts_on": END,
            "reseller_id": cast.site.id, "customer_id": organisation.customer_id,
        }  # fmt: skip
        with pytest.raises(ProgrammingError, match="row-level security"), tenancy.scope(actor(cast.primary)):
            Subscription.objects.create(status="active", **columns)


class TestWhatIsTried:
    def test_is_a_part_that_is_set_up(self, cast: Cast) -> None:
        with pytest.raises(trials.NotTried):
            begin(organisation_of(cast), cast.primary, make_part("D0LICEN"))

    def test_is_nothing_that_the_organisation_tries_already(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        first = begin(organisation, cast.primary)
        with pytest.raises(trials.HadAlready) as had:
            begin(organisation, cast.primary)
        assert had.value.subscription.id == first.id

    def test_is_nothing_whose_services_it_has(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        make_subscription(cast.site, organisation=organisation, customer=organisation.customer_id)
        with pytest.raises(trials.HadAlready):
            begin(organisation, cast.primary, make_setup_part("S0CALLX", services=["calling"]))

    def test_is_something_that_it_lacks(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        make_subscription(
            cast.site, organisation=organisation, customer=organisation.customer_id, services=["calling"],
            part=make_setup_part("S0CALLX", services=["calling"]), part_number="S0CALLX",
        )  # fmt: skip
        meetings = make_setup_part("S0MEETX", services=["meetings"])
        assert begin(organisation, cast.primary, meetings).services == ["meetings"]

    @pytest.mark.parametrize("quantity", [0, -1, 101])
    def test_is_for_one_to_a_hundred(self, cast: Cast, quantity: int) -> None:
        with pytest.raises(trials.BadQuantity):
            begin(organisation_of(cast), cast.primary, quantity=quantity)


class TestExtending:
    def test_is_thirty_days_from_today_and_not_on_top(self, cast: Cast) -> None:
        trial = make_trial(cast.site)
        assert extend(trial, cast.primary, NIGHT).trial_ends_on == date(2026, 6, 2)  # and not 30 June

    def test_lets_what_is_over_run_again(self, cast: Cast) -> None:
        trial = make_trial(cast.site, status="trial_expired", due_at=None)
        later = datetime(2026, 7, 1, 9, tzinfo=UTC)
        found = extend(trial, cast.primary, later)
        assert (found.status, found.trial_ends_on, found.backend_due) == ("trial", date(2026, 7, 31), True)
        assert found.due_at == datetime(2026, 7, 24, 21, tzinfo=UTC)

    def test_twice_a_day_gains_nothing(self, cast: Cast) -> None:
        trial = make_trial(cast.site)
        extend(trial, cast.primary, NIGHT)
        with pytest.raises(trials.NothingGained):
            extend(trial, cast.primary, NIGHT + timedelta(hours=1))

    def test_is_not_for_subscriptions(self, cast: Cast) -> None:
        with pytest.raises(SubscriptionNotOpen):
            extend(make_subscription(cast.site), cast.primary, NIGHT)
