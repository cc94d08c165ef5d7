"""What the database keeps of lines to set up, whoever asks: who sees them, how they go on, and what stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from identity import tenancy
from provisioning.models import (
    Activation,
    BillingStart,
    LineStatus,
    Organisation,
    OrganisationPerson,
    SetupLine,
    SetupLink,
    Subscription,
    Waiting,
)
from tests.cast import Cast, actor
from tests.provisioning.made import guest_of, make_line, make_organisation, make_secret
from tests.provisioning.subscriptions.made import make_subscription

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def set_(line: SetupLine, **values: Any) -> int:
    with transaction.atomic():
        return SetupLine.objects.filter(id=line.id).update(**values)


class TestWhoSeesALine:
    def test_its_reseller_and_its_distributor_do(self, cast: Cast) -> None:
        line = make_line(cast.site, distributor=cast.distributor_site)
        for reader in (cast.newcomer, cast.distributor):
            with tenancy.scope(actor(reader)):
                assert SetupLine.objects.filter(id=line.id).exists()

    def test_nobody_else_does(self, cast: Cast) -> None:
        line = make_line(cast.site, distributor=cast.distributor_site)
        for reader in (cast.rival, cast.other_distributor):
            with tenancy.scope(actor(reader)):
                assert not SetupLine.objects.filter(id=line.id).exists()

    def test_whoever_holds_a_link_sees_that_line_alone(self, cast: Cast) -> None:
        line, other = make_line(cast.site), make_line(cast.site)
        with tenancy.scope(guest_of(line)):
            assert list(SetupLine.objects.values_list("id", flat=True)) == [line.id]
        with tenancy.scope(guest_of(other)):
            assert list(SetupLine.objects.values_list("id", flat=True)) == [other.id]

    def test_whoever_holds_a_link_reaches_no_order_and_no_customer(self, cast: Cast) -> None:
        line = make_line(cast.site)
        for table in (
            "orders_order",
            "customers_customer",
            "identity_membership",
            "provisioning_subscription",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                tenancy.scope(guest_of(line)),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"SELECT 1 FROM {table}")


class TestALineGoesOn:
    def test_from_ordered_to_awaiting_details(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            assert set_(line, status=LineStatus.AWAITING_DETAILS, waits_for=Waiting.CALL, due_at=NOW)

    def test_and_never_from_ordered_to_active_at_once(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with pytest.raises(IntegrityError, match="by no rule"), tenancy.as_system():
            set_(line, status=LineStatus.ACTIVE)

    def test_its_contact_changes_until_the_organisations_are_confirmed(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.scope(actor(cast.primary)):
            assert set_(line, contact_email="admin@oasis.example") == 1
        with tenancy.as_system():
            set_(line, onboarded_at=NOW, waits_for=Waiting.NOTHING, due_at=None)
        with tenancy.scope(actor(cast.primary)):
            assert set_(line, contact_email="later@oasis.example") == 0
        with pytest.raises(IntegrityError, match="confirmed, and stand"), tenancy.as_system():
            set_(line, contact_email="later@oasis.example")

    def test_the_report_of_services_tells_what_it_tells(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            set_(
                line,
                status=LineStatus.AWAITING_DETAILS,
                waits_for=Waiting.CALL,
                due_at=NOW,
                contact_email="x@y.example",
            )
            line.fulfilment.refresh_from_db()
        assert line.fulfilment.status == "awaiting_details"
        assert line.fulfilment.provisioning_email == "x@y.example"


class TestBilling:
    def test_starts_once_for_a_line(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            BillingStart.objects.create(line=line, at=NOW, quantity=5)
        with pytest.raises(IntegrityError), tenancy.as_system():
            BillingStart.objects.create(line=line, at=NOW, quantity=5)

    def test_is_never_changed(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            start = BillingStart.objects.create(line=line, at=NOW, quantity=5)
        with pytest.raises(IntegrityError, match="never changed"), tenancy.as_system():
            BillingStart.objects.filter(id=start.id).update(quantity=6)


class TestAnActivation:
    def test_is_one_a_line(self, cast: Cast) -> None:
        line = make_line(cast.site)
        asked = {"details": {}, "asked_by": "it@oasis.example", "asked_at": NOW, "due_at": NOW}
        with tenancy.scope(guest_of(line)):
            Activation.objects.create(line=line, key="one", **asked)
        with pytest.raises(IntegrityError), tenancy.scope(guest_of(line)):
            Activation.objects.create(line=line, key="two", **asked)

    def test_of_another_line_is_refused_to_the_holder_of_a_link(self, cast: Cast) -> None:
        line, other = make_line(cast.site), make_line(cast.site)
        asked = {"details": {}, "asked_by": "it@oasis.example", "asked_at": NOW, "due_at": NOW}
        with pytest.raises(ProgrammingError, match="row-level security"), tenancy.scope(guest_of(line)):
            Activation.objects.create(line=other, key="one", **asked)


class TestALink:
    def test_is_known_by_its_secret_at_the_door(self, cast: Cast) -> None:
        line = make_line(cast.site)
        secret = make_secret(line, now=NOW)
        with tenancy.door(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT line_id, sent_to FROM portal_setup_link(%s)", [sha256(secret.encode()).hexdigest()]
            )
            assert cursor.fetchall() == [(line.id, line.contact_email)]
            cursor.execute("SELECT 1 FROM portal_setup_link('nothing')")
            assert cursor.fetchall() == []

    def test_is_the_only_open_one_of_its_line(self, cast: Cast) -> None:
        line = make_line(cast.site)
        make_secret(line, now=NOW)
        with pytest.raises(IntegrityError):
            make_secret(line, now=NOW)

    def test_to_a_line_of_somebody_else_is_made_by_nobody(self, cast: Cast) -> None:
        theirs = make_line(cast.rival_site)
        link = SetupLink(
            line=theirs, site=cast.site, digest="0" * 64, sent_to="me@nile.example", sent_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )  # fmt: skip
        with pytest.raises(IntegrityError), tenancy.scope(actor(cast.primary)):
            SetupLink.objects.bulk_create([link])


class TestOrganisationsOfferedToALink:
    def found(self, line: SetupLine, *asked: str) -> list[str]:
        with tenancy.scope(guest_of(line)), connection.cursor() as cursor:
            cursor.execute("SELECT name FROM portal_setup_organisations(%s, %s, %s)", asked)
            return [name for (name,) in cursor.fetchall()]

    def test_are_those_of_its_customer_that_the_customer_or_its_reseller_administers(
        self, cast: Cast
    ) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            customer = line.customer
        make_organisation("Oasis Hotels", customer=customer)
        make_organisation("Oasis Resorts", customer=customer, administered_by=cast.site)
        assert self.found(line, "", "oasis", "") == ["Oasis Hotels", "Oasis Resorts"]

    def test_are_never_those_of_another_customer_even_of_the_same_reseller(self, cast: Cast) -> None:
        line = make_line(cast.site)
        make_organisation("Oasis Towers", administered_by=cast.site, domain="oasis.example")
        assert self.found(line, "it@oasis.example", "oasis", "oasis.example") == []

    def test_are_never_those_that_a_rival_administers_even_of_the_same_customer(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            customer = line.customer
        make_organisation("Oasis Towers", customer=customer, administered_by=cast.rival_site)
        assert self.found(line, "it@oasis.example", "oasis", "oasis.example") == []

    def test_tell_how_much_is_subscribed_to_from_its_reseller_and_from_nobody_else(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with tenancy.as_system():
            customer = line.customer
        found = make_organisation("Oasis Hotels", customer=customer)
        for site in (cast.site, cast.rival_site, cast.rival_site):
            make_subscription(site, organisation=found, customer=customer.id)
        with tenancy.scope(guest_of(line)), connection.cursor() as cursor:
            cursor.execute(
                "SELECT subscriptions, administrator_email FROM portal_setup_organisations('', 'oasis', '')"
            )
            assert cursor.fetchall() == [(1, "")]


class TestWhoHoldsALink:
    def test_adds_people_to_an_organisation_that_was_made_for_the_same_line(self, cast: Cast) -> None:
        line = make_line(cast.site)
        theirs = make_organisation(made_for=line.id)
        with tenancy.scope(guest_of(line)):
            self.add(theirs, line)
        with tenancy.as_system():
            assert OrganisationPerson.objects.filter(organisation=theirs).exists()

    def test_adds_nobody_to_an_organisation_that_was_not(self, cast: Cast) -> None:
        line, other = make_line(cast.site), make_organisation(administered_by=cast.rival_site)
        with pytest.raises(IntegrityError), tenancy.scope(guest_of(line)):
            self.add(other, line)

    def add(self, organisation: Organisation, line: SetupLine) -> None:
        OrganisationPerson.objects.bulk_create(
            [
                OrganisationPerson(
                    organisation=organisation, email="me@x.example", email_key="me@x.example", made_for=line.id,
                    created_at=NOW,
                )
            ]
        )  # fmt: skip

    def test_changes_nothing_of_what_was_ordered(self, cast: Cast) -> None:
        line = make_line(cast.site)
        with pytest.raises(ProgrammingError, match="permission denied"), tenancy.scope(guest_of(line)):
            SetupLine.objects.filter(id=line.id).update(quantity=500)
        with tenancy.scope(guest_of(line)):
            assert SetupLine.objects.filter(id=line.id).update(begun_at=NOW) == 1

    def test_or_who_sets_up_once_that_is_confirmed(self, cast: Cast) -> None:
        line = make_line(cast.site, handed_to="customer", onboarded_at=NOW)
        with pytest.raises(IntegrityError, match="Who sets this line up"), tenancy.scope(guest_of(line)):
            SetupLine.objects.filter(id=line.id).update(handed_to="partner")


class TestASubscription:
    def make(self, cast: Cast, **extra: Any) -> Subscription:
        line = make_line(cast.site)
        ours = make_organisation(administered_by=cast.site)
        given = {
            "number": "SUB000000001", "organisation": ours, "organisation_name": "Oasis Hotels",
            "part_number": line.part_number, "description": line.description, "quantity": 5,
            "services": ["calling"], "status": "active", "starts_on": NOW.date(), "reseller": cast.site,
        }  # fmt: skip
        with tenancy.as_system():
            return Subscription.objects.create(customer_site=line.customer_site, **(given | extra))

    def test_that_was_deleted_stays_so(self, cast: Cast) -> None:
        gone = self.make(cast, status="deleted", deleted_at=NOW)
        with pytest.raises(IntegrityError, match="stays deleted"), tenancy.as_system():
            Subscription.objects.filter(id=gone.id).update(status="active")

    def test_that_was_cancelled_comes_back(self, cast: Cast) -> None:
        until = NOW + timedelta(days=30)
        back = self.make(cast, status="cancelled", cancelled_at=NOW, restore_until=until)
        with tenancy.scope(actor(cast.primary)):
            assert Subscription.objects.filter(id=back.id).update(status="active") == 1

    def test_of_an_organisation_that_the_customer_administers_alone_is_not_the_partners_to_change(
        self, cast: Cast
    ) -> None:
        alone = self.make(cast, organisation=make_organisation("Oasis Towers"))
        with pytest.raises(ProgrammingError, match="alone"), tenancy.scope(actor(cast.primary)):
            Subscription.objects.filter(id=alone.id).update(status="suspended")

    def test_of_the_rival_is_out_of_reach(self, cast: Cast) -> None:
        ours = self.make(cast)
        with tenancy.scope(actor(cast.rival)):
            assert not Subscription.objects.filter(id=ours.id).exists()
            assert Organisation.objects.count() == 0
