"""Customers' organisations as partners see them: those that they administer, and trials begun there."""

from __future__ import annotations

from typing import Any

import pytest

from identity import tenancy
from identity.models import StaffRole, Tool
from provisioning.models import Organisation, Subscription
from tests.cast import Cast, signed_in
from tests.customers.held import relate
from tests.deals.factories import make_customer
from tests.factories import make_member, make_user
from tests.provisioning.made import FLEX, make_organisation, make_setup_part
from tests.provisioning.subscriptions.made import make_subscription

pytestmark = pytest.mark.django_db


def organisation_of(cast: Cast, **extra: Any) -> Organisation:
    customer = make_customer("Oasis Hotels")
    relate(cast.site, customer)
    given = {"administered_by": cast.site, "external_id": "org-1", "customer": customer}
    return make_organisation(**(given | extra))


class TestTheList:
    def test_has_those_that_the_site_administers(self, cast: Cast) -> None:
        make_organisation("Oasis Hotels", administered_by=cast.site)
        make_organisation("Palm Towers", administered_by=cast.rival_site)
        make_organisation("Lotus Alone")
        words = signed_in(cast.primary).get("/organisations/").content.decode()
        assert "Oasis Hotels" in words
        assert "Palm Towers" not in words
        assert "Lotus Alone" not in words

    def test_has_all_of_them_for_the_vendors_people(self, cast: Cast) -> None:
        make_organisation("Oasis Hotels", administered_by=cast.site)
        make_organisation("Lotus Alone")
        olga = signed_in(make_user("Olga", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        words = olga.get("/organisations/").content.decode()
        assert "Oasis Hotels" in words
        assert "Lotus Alone" in words

    def test_leads_to_the_partners_own(self, cast: Cast) -> None:
        make_organisation("Nile Systems Cloud", site=cast.site)
        words = signed_in(cast.primary).get("/organisations/").content.decode()
        assert "The organisation of your own company" in words
        assert "Nile Systems Cloud" not in signed_in(cast.rival).get("/organisations/").content.decode()

    def test_is_found_by_name_or_subdomain(self, cast: Cast) -> None:
        make_organisation("Oasis Hotels", administered_by=cast.site, subdomain="oasis")
        make_organisation("Palm Clinics", administered_by=cast.site)
        for query in ("oas", "OASIS", "oasis"):
            words = signed_in(cast.primary).get("/organisations/", {"q": query}).content.decode()
            assert "Oasis Hotels" in words
            assert "Palm Clinics" not in words


class TestThePage:
    def test_shows_what_the_organisation_has(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        one = make_subscription(cast.site, organisation=organisation, customer=organisation.customer_id)
        words = signed_in(cast.primary).get(f"/organisations/{organisation.public_id}/").content.decode()
        assert one.number in words
        assert "Your site, together with the customer" in words

    def test_is_not_there_for_anybody_else(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        address = f"/organisations/{organisation.public_id}/"
        member = make_member(cast.distributor_site, "Rana", tools=[Tool.REPORTING, Tool.ONLINE_ORDERING])
        for who in (cast.rival, member):
            assert signed_in(who).get(address).status_code == 404
            assert signed_in(who).get(f"{address}trial/").status_code == 404
        assert signed_in(cast.primary).get(address).status_code == 200

    def test_is_gone_when_the_customer_administers_alone(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        with tenancy.as_system():
            Organisation.objects.filter(id=organisation.id).update(administered_by=None)
        assert signed_in(cast.primary).get(f"/organisations/{organisation.public_id}/").status_code == 404

    def test_does_not_show_what_another_reseller_sold_there(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        relate(cast.rival_site, _customer(organisation))
        theirs = make_subscription(
            cast.rival_site, organisation=organisation, customer=organisation.customer_id
        )
        words = signed_in(cast.primary).get(f"/organisations/{organisation.public_id}/").content.decode()
        assert theirs.number not in words


class TestBeginningATrial:
    def test_leads_to_its_page(self, cast: Cast) -> None:
        make_setup_part()
        organisation, amira = organisation_of(cast), signed_in(cast.primary)
        address = f"/organisations/{organisation.public_id}/trial/"
        assert "30 days" in amira.get(address).content.decode()
        answer = amira.post(address, {"part": FLEX, "quantity": "12"})
        assert answer.status_code == 302
        with tenancy.as_system():
            trial = Subscription.objects.get()
        assert (trial.status, trial.quantity, trial.organisation_id) == ("trial", 12, organisation.id)
        assert answer["Location"] == f"/subscriptions/{trial.public_id}/"

    def test_says_at_the_field_what_is_wrong_and_keeps_what_was_entered(self, cast: Cast) -> None:
        make_setup_part()
        organisation, amira = organisation_of(cast), signed_in(cast.primary)
        address = f"/organisations/{organisation.public_id}/trial/"
        answer = amira.post(address, {"part": "", "quantity": "101"})
        words = answer.content.decode()
        assert answer.status_code == 422
        assert "id_part-error" in words
        assert "id_quantity-error" in words
        assert 'value="101"' in words

    def test_says_what_it_has_already(self, cast: Cast) -> None:
        organisation, amira = organisation_of(cast), signed_in(cast.primary)
        one = make_subscription(cast.site, organisation=organisation, customer=organisation.customer_id)
        address = f"/organisations/{organisation.public_id}/trial/"
        answer = amira.post(address, {"part": FLEX, "quantity": "1"})
        assert answer.status_code == 422
        assert one.number in answer.content.decode()

    def test_twice_by_one_page_is_once(self, cast: Cast) -> None:
        make_setup_part()
        organisation, amira = organisation_of(cast), signed_in(cast.primary)
        sent = {"part": FLEX, "quantity": "1", "form_token": "one-and-the-same-token"}
        for _ in range(2):
            amira.post(f"/organisations/{organisation.public_id}/trial/", sent)
        with tenancy.as_system():
            assert Subscription.objects.count() == 1

    def test_waits_until_the_organisation_is_set_up(self, cast: Cast) -> None:
        organisation, amira = organisation_of(cast, external_id=""), signed_in(cast.primary)
        page = amira.get(f"/organisations/{organisation.public_id}/").content.decode()
        assert "still being set up" in page
        assert amira.get(f"/organisations/{organisation.public_id}/trial/").status_code == 403

    def test_is_for_those_who_order(self, cast: Cast) -> None:
        organisation = organisation_of(cast)
        reader = signed_in(make_member(cast.site, "Rana Report", tools=[Tool.REPORTING]))
        assert reader.get(f"/organisations/{organisation.public_id}/").status_code == 200
        assert reader.get(f"/organisations/{organisation.public_id}/trial/").status_code == 403


def _customer(organisation: Organisation) -> Any:
    with tenancy.as_system():
        return Organisation.objects.select_related("customer").get(id=organisation.id).customer
