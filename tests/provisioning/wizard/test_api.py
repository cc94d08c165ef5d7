"""Setting a line up by a program: in one call, by the rules of the wizard, and what would stand against it."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from identity import tenancy
from identity.privileges import Privilege, StaffRole
from orders.models import Order
from provisioning.models import (
    Activation,
    AddressTry,
    BillingStart,
    LineStatus,
    NameKind,
    Organisation,
    OrganisationPerson,
    SetupLink,
)
from provisioning.wizard import service_steps, setting_up, steps
from tests.api.calls import Caller, caller
from tests.cast import Cast, make_cast
from tests.customers.held import make_customer_site
from tests.factories import make_member, make_user
from tests.provisioning.activating.made import work
from tests.provisioning.made import make_line, make_organisation, make_setup_part

from .programs import (
    LINES,
    WHOLE,
    again,
    details_of,
    looked_up,
    make_customers,
    make_partner,
    new_line,
    set_up,
    there_is,
    whole,
)
from .test_services import CALLING, taken, to_the_end
from .told import audited, mails_to
from .walking import ADMINISTRATOR, CUSTOMER, Walker, to_the_services

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(cast: Cast) -> Caller:
    return caller(cast.primary)


class TestSettingUp:
    def test_is_one_call_that_says_where_it_tells_how_far_it_is(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        answer = set_up(line, program)
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
        assert answer.headers["Location"].endswith(f"{LINES}{line.public_id}/progress/")
        work()
        progress = program.send("get", answer.headers["Location"]).json()
        assert (progress["state"], progress["asked_by"]) == ("provisioned", cast.primary.user.email)
        with tenancy.as_system():
            assert BillingStart.objects.filter(line=line).count() == 1

    def test_makes_what_the_wizard_makes(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        set_up(line, program)
        onboarded = again(line)
        with tenancy.as_system():
            partner, customers = Organisation.objects.order_by("id")
        assert (onboarded.partner_organisation_id, onboarded.organisation_id) == (partner.id, customers.id)
        assert (onboarded.administrator_email, onboarded.handed_to) == (ADMINISTRATOR, "partner")
        assert (partner.site_id, partner.name) == (cast.site.id, "Nile Systems")
        assert (customers.administered_by_id, customers.name) == (cast.site.id, "Oasis Hotels")
        assert len(mails_to("cloud@nile.example")) == 1  # how to set the password
        assert len(audited("setup_line.onboarded")) == 1

    def test_asks_for_what_the_wizard_asks(self, cast: Cast) -> None:
        by_hand, by_program = new_line(cast), make_line(cast.rival_site, status=LineStatus.AWAITING_DETAILS)
        to_the_end(by_hand).send(agreed="on")
        other = {"new_partner_organisation__administrator_email": "it@vistula.example"}
        sent = whole(**other, administrator_email="boss@other.example")
        assert set_up(by_program, caller(cast.rival), sent).status_code == 202
        assert details_of(by_program) == details_of(by_hand)

    def test_asked_for_again_is_the_same(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        first = set_up(line, program)
        made = there_is()
        second = set_up(line, program)
        assert (second.status_code, second.json()) == (202, first.json())
        assert there_is() == made
        work()
        done = set_up(line, program)
        assert (done.status_code, done.json()["state"]) == (202, "provisioned")

    def test_in_organisations_that_exist_takes_their_ids(self, cast: Cast, program: Caller) -> None:
        partner, line = make_partner(cast), new_line(cast)
        customers = make_customers(cast, line, administrator_email=ADMINISTRATOR)
        named = {"partner_organisation": partner.public_id, "organisation": customers.public_id}
        answer = set_up(line, program, **named, new_partner_organisation=None, new_organisation=None)
        assert answer.status_code == 202
        onboarded = again(line)
        assert (onboarded.partner_organisation_id, onboarded.organisation_id) == (partner.id, customers.id)

    def test_of_one_of_a_similar_name_takes_its_id_or_makes_a_new_one(
        self, cast: Cast, program: Caller
    ) -> None:
        of = make_customer_site(reseller=cast.site, distributor=cast.distributor_site)
        first, second = new_line(cast, of=of), new_line(cast, of=of)
        similar = make_organisation(
            first.customer_name,
            customer_id=first.customer_id,
            administered_by=cast.site,
            administrator_email="a@oasis.example",
        )
        assert (
            set_up(first, program, organisation=similar.public_id, new_organisation=None).status_code == 202
        )
        assert again(first).organisation_id == similar.id
        with tenancy.as_system():
            partner = Organisation.objects.get(kind="partner")
        known = {"partner_organisation": partner.public_id, "new_partner_organisation": None}
        other = whole(**known, administrator_email="another@oasis.example")
        assert set_up(second, program, other).status_code == 202
        assert again(second).organisation_id not in (None, similar.id)

    def test_of_a_line_whose_organisations_are_confirmed_needs_the_services_alone(
        self, cast: Cast, program: Caller
    ) -> None:
        line = new_line(cast)
        to_the_services(line)
        assert set_up(line, program, {"services": WHOLE["services"], "agreed": True}).status_code == 202

    def test_of_what_was_not_bought_is_not_asked(self, cast: Cast, program: Caller) -> None:
        part = make_setup_part("S0SOMES", services=["meetings", "messaging"])
        line = new_line(cast, part=part)
        answer = set_up(line, program)
        assert answer.json()["details"] == {"services": {"calling": ["This was not bought."]}}
        assert set_up(line, program, services__calling=None).status_code == 202

    def test_of_what_failed_puts_right_what_was_wrong(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        set_up(line, program)
        taken(NameKind.SUBDOMAIN, "oasis")
        work()
        assert again(line).status == LineStatus.FAILED
        at = {"services": {"organisation": {"subdomain": "oasis-hotels"}}, "agreed": True}
        assert set_up(line, program, at).json()["state"] == "queued"
        assert details_of(line)["organisation"] == {"subdomain": "oasis-hotels"}
        assert details_of(line)["calling"] == CALLING  # what is left out stays
        work()
        assert again(line).status == LineStatus.ACTIVE

    def test_of_what_failed_takes_all_of_it_again_as_well(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        set_up(line, program)
        taken(NameKind.SIP, "oasis-voice")
        work()
        with tenancy.as_system():
            partner = Organisation.objects.get(kind="partner")
        known = {"partner_organisation": partner.public_id, "new_partner_organisation": None}
        # The subdomain and the meeting site are its own by now.
        assert set_up(line, program, **known, services__calling__sip="oasis-phone").status_code == 202
        work()
        assert again(line).status == LineStatus.ACTIVE

    def test_of_a_line_that_changed_meanwhile_is_refused(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        at, before = f"{LINES}{line.public_id}/set_up/", there_is()
        assert program.send("post", at, WHOLE, If_Match='"7"').status_code == 412
        assert there_is() == before
        assert program.send("post", at, WHOLE, If_Match=f'"{line.version}"').status_code == 202

    def test_ends_the_link_that_was_mailed(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        walker = Walker(line)
        assert set_up(line, program, agreed=False).status_code == 400
        assert walker.open().status_code == 200  # nothing was changed
        set_up(line, program)
        assert walker.open().status_code == 410

    def test_answers_every_step_of_the_wizard(self) -> None:
        asked = [step.name for way in (steps.WAY, service_steps.WAY) for step in way.steps]
        assert sorted(asked) == sorted(setting_up.ANSWERS)


class TestWhatIsWrong:
    def test_is_said_at_its_fields_and_changes_nothing(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        before = there_is()
        answer = set_up(
            line, program, new_partner_organisation__country="XX", new_organisation__name="!",
            services__calling__sip="-a", services__meetings__site="", services__organisation=None, agreed=False,
        )  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        found = answer.json()["details"]
        assert found["new_partner_organisation"].keys() == {"country"}
        assert found["new_organisation"] == {"name": ["A name has letters."]}
        assert found["services"]["calling"] == {"sip": ["A name neither begins nor ends with a hyphen."]}
        assert found["services"]["meetings"].keys() == {"site"}
        assert there_is() == before
        assert set_up(line, program).status_code == 202

    def test_is_all_that_is_missing(self, cast: Cast, program: Caller) -> None:
        found = set_up(new_line(cast), program, {}).json()["details"]
        new = {"name", "country", "address", "administrator_email"}
        assert found["new_partner_organisation"].keys() == new
        assert found.keys() == {"new_partner_organisation", "administrator_email", "services"}
        assert found["services"]["calling"].keys() == {"country", "address", "time_zone", "languages", "sip"}

    def test_is_that_nobody_agreed_to_be_billed(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        assert set_up(line, program, agreed=False).json()["details"].keys() == {"agreed"}
        assert set_up(line, program, agreed=True).status_code == 202

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"services__meetings__time_zone": "Mars/Olympus"}, ["services", "meetings", "time_zone"]),
            ({"services__calling__languages": ["tlh"]}, ["services", "calling", "languages"]),
            ({"services__organisation": None}, ["services", "organisation", "subdomain"]),
            ({"administrator_email": "nobody"}, ["administrator_email"]),
            ({"administrator_email": "cloud@nile.example"}, ["administrator_email"]),  # the partner's
            ({"organisation": "zzzzzzzzzzzz", "new_organisation": None}, ["organisation"]),
            ({"new_organisation__address": None}, ["new_organisation", "address"]),
            ({"partner_organisation": "zzzzzzzzzzzz"}, ["new_partner_organisation"]),  # either, or
            ({"partner_organisation": "zzzzzzzzzzzz", "new_partner_organisation": None}, ["partner_organisation"]),
            ({"servces": {}}, ["servces"]),
        ],
    )  # fmt: skip
    def test_is_at_its_path(
        self, cast: Cast, program: Caller, changes: dict[str, Any], path: list[str]
    ) -> None:
        line = new_line(cast)
        before = there_is()
        answer = set_up(line, program, **changes)
        found = answer.json()["details"]
        for name in path:
            assert found.keys() == {name}
            found = found[name]
        assert found
        assert all(isinstance(text, str) for text in found)
        assert there_is() == before

    def test_is_a_name_that_somebody_has(self, cast: Cast, program: Caller) -> None:
        taken(NameKind.SIP, "oasis-voice")
        line = new_line(cast)
        found = set_up(line, program).json()["details"]
        assert "is taken" in found["services"]["calling"]["sip"][0]
        assert set_up(line, program, services__calling__sip="oasis-phone").status_code == 202

    def test_is_a_person_of_another_organisation_which_is_not_named(
        self, cast: Cast, program: Caller
    ) -> None:
        stranger, line = make_organisation("Vistula Baths", administered_by=cast.rival_site), new_line(cast)
        with tenancy.as_system():
            OrganisationPerson.objects.create(
                organisation=stranger, email=ADMINISTRATOR, email_key=ADMINISTRATOR, created_at=timezone.now()
            )
        answer = set_up(line, program)
        assert "belongs to another organisation" in answer.json()["details"]["administrator_email"][0]
        assert "Vistula" not in answer.content.decode()
        assert set_up(line, program, administrator_email="free@oasis.example").status_code == 202

    def test_is_a_new_organisation_where_the_administrator_has_one(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        customers = make_customers(cast, line, administrator_email=ADMINISTRATOR)
        assert set_up(line, program).json()["details"].keys() == {"new_organisation"}
        named = {"organisation": customers.public_id, "new_organisation": None}
        assert set_up(line, program, **named).status_code == 202

    def test_is_a_new_partner_organisation_where_there_is_one(self, cast: Cast, program: Caller) -> None:
        partner, line = make_partner(cast), new_line(cast)
        found = set_up(line, program).json()["details"]
        assert "review it" in found["new_partner_organisation"][0]
        known = {"partner_organisation": partner.public_id, "new_partner_organisation": None}
        assert set_up(line, program, **known).status_code == 202

    def test_is_another_organisation_than_what_was_confirmed(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        to_the_services(line)
        other = {
            "administrator_email": "other@oasis.example",
            "new_organisation": CUSTOMER | {"name": "Other"},
        }
        found = set_up(line, program, **other).json()["details"]
        assert found.keys() == {"administrator_email", "new_organisation"}
        assert set_up(line, program).status_code == 202  # the same again is no other

    def test_is_a_subdomain_beside_the_one_that_stands(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        customers = make_customers(cast, line, administrator_email=ADMINISTRATOR, subdomain="oasis")
        named = {"organisation": customers.public_id, "new_organisation": None}
        found = set_up(line, program, **named, services__organisation__subdomain="other").json()["details"]
        assert found["services"]["organisation"].keys() == {"subdomain"}
        assert set_up(line, program, **named, services__organisation=None).status_code == 202

    def test_is_too_many_addresses_however_they_are_tried(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        to_the_services(new_line(cast))  # which has a partner organisation from now on
        for number in range(4):
            assert looked_up(line, program, f"a{number}@oasis.example").status_code == 200
        for number in range(4, 8):
            refused = set_up(line, program, administrator_email=f"a{number}@oasis.example", agreed=False)
            assert refused.status_code == 400
        sent = whole(administrator_email="a8@oasis.example", validate_only=True)
        assert set_up(line, program, sent).status_code == 200
        with tenancy.as_system():
            assert AddressTry.objects.filter(line=line).count() == 10  # with the partner's administrator
        more = set_up(line, program, administrator_email="a9@oasis.example")
        assert (more.status_code, more.json()["code"]) == (429, "too_many_addresses")
        assert int(more.headers["Retry-After"]) == 3600
        assert looked_up(line, program, "a9@oasis.example").status_code == 429
        assert looked_up(line, program, "a8@oasis.example").status_code == 200  # it was tried before


class TestWhoMay:
    def test_is_the_reseller_with_the_privilege_to_order(self, cast: Cast) -> None:
        line = new_line(cast)
        before = there_is()
        refused = set_up(line, caller(cast.newcomer))
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        reader = caller(cast.primary, Privilege.REPORT_VIEW)
        assert set_up(line, reader).status_code == 403
        assert there_is() == before
        assert set_up(line, caller(cast.primary, Privilege.ORDER_PLACE)).status_code == 202

    def test_is_no_distributor_and_nobody_of_the_vendor(self, cast: Cast) -> None:
        line = new_line(cast)
        before = there_is()
        distributor = make_member(cast.distributor_site, "Dalia Saad", tools=["online_ordering"])
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        for who in (distributor, operations):
            for answer in (set_up(line, caller(who)), looked_up(line, caller(who))):
                assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
                assert answer.json()["details"]["who"]
        assert "The reseller can do it." in set_up(line, caller(distributor)).json()["details"]["who"]
        assert there_is() == before

    def test_is_no_other_reseller_who_finds_no_such_line(self, cast: Cast) -> None:
        line, rival = new_line(cast), caller(cast.rival)
        for answer in (set_up(line, rival), looked_up(line, rival)):
            assert answer.status_code == 404
        own = make_line(cast.rival_site, status=LineStatus.AWAITING_DETAILS)
        assert looked_up(own, rival).status_code == 200

    def test_is_not_the_partner_where_the_customer_sets_up(self, cast: Cast, program: Caller) -> None:
        confirmed = {"onboarded_at": timezone.now(), "organisation": make_organisation()}
        line = new_line(cast, handed_to="customer", **confirmed)
        answer = set_up(line, program)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert answer.json()["message"] == "The customer sets it up alone."
        own = make_organisation("Oasis", administered_by=cast.site)
        partners = new_line(cast, handed_to="partner", **(confirmed | {"organisation": own}))
        assert set_up(partners, program, {"services": WHOLE["services"], "agreed": True}).status_code == 202

    @pytest.mark.parametrize("status", [LineStatus.CLOSED, LineStatus.CANCELLED])
    def test_is_nobody_when_the_line_is_over(self, cast: Cast, program: Caller, status: str) -> None:
        for answer in (
            set_up(line := new_line(cast, status=status), program),
            looked_up(line, program),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "line_not_open")

    def test_is_nobody_before_the_order_is_accepted(self, cast: Cast, program: Caller) -> None:
        line = new_line(cast)
        with tenancy.as_system():
            Order.objects.filter(number=line.order_number).update(status="placed")
        answer = set_up(line, program)
        assert (answer.status_code, answer.json()["code"]) == (409, "line_not_open")
        with tenancy.as_system():
            Order.objects.filter(number=line.order_number).update(status="accepted")
        assert set_up(line, program).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_two_programs_at_the_same_moment_set_up_once() -> None:
    cast = make_cast()
    line, together, answers = new_line(cast), Barrier(2), []
    programs = [caller(cast.primary), caller(cast.primary)]

    def call(program: Caller) -> None:
        together.wait()
        answers.append(set_up(line, program).status_code)
        connection.close()

    calls = [Thread(target=call, args=[program]) for program in programs]
    for each in calls:
        each.start()
    for each in calls:
        each.join()
    assert answers == [202, 202]
    with tenancy.as_system():
        assert Activation.objects.count() == 1
        assert Organisation.objects.count() == 2
        assert SetupLink.objects.count() == 1
