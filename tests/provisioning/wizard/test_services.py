"""The pages of what was bought, *check availability*, and *Provision and start billing* (D12)."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from identity import tenancy
from provisioning.availability import take_name
from provisioning.models import (
    Activation,
    BillingStart,
    LineStatus,
    NameKind,
    Organisation,
    OrganisationPerson,
    RegistryName,
    SetupLine,
    Subscription,
)
from tests.cast import Cast, make_cast
from tests.provisioning.activating.made import work
from tests.provisioning.backends.vendor import TOKEN, error, vendor_running
from tests.provisioning.made import make_line, make_organisation, make_setup_part
from tests.provisioning.wizard.told import notices
from tests.provisioning.wizard.walking import (
    ADMINISTRATOR,
    Walker,
    to_the_administrator,
    to_the_confirmation,
    to_the_services,
)

CALLING: dict[str, Any] = {
    "country": "EG", "address": "2 Palm Street, Giza", "time_zone": "Africa/Cairo", "languages": ["ar", "en"],
    "sip": "oasis-voice",
}  # fmt: skip
MEETINGS = {"site": "oasis-meet", "time_zone": "Africa/Cairo", "transfer_code": ""}
SUBDOMAIN = {"subdomain": "oasis"}


def new_line(cast: Cast, *services: str) -> SetupLine:
    part = make_setup_part("S0SOMES", services=services) if services else None
    return make_line(
        cast.site, status=LineStatus.AWAITING_DETAILS, part=part, contact_email="orders@nile.example"
    )


def to_the_end(line: SetupLine) -> Walker:
    """On the page that provisions, with everything entered."""
    walker = to_the_services(line)
    walker.send()
    walker.send(**CALLING)
    walker.send(**MEETINGS)
    walker.send(**SUBDOMAIN)
    return walker


def taken(kind: NameKind, name: str) -> None:
    with tenancy.as_system():
        take_name(kind, name, holder="somebody", now=timezone.now())


def activations() -> list[Activation]:
    with tenancy.as_system():
        return list(Activation.objects.all())


@pytest.mark.django_db
class TestThePages:
    def test_are_those_of_what_was_bought_one_after_the_other(self, cast: Cast) -> None:
        walker = to_the_services(new_line(cast))
        seen = [walker.step]
        for fields in ({}, CALLING, MEETINGS, SUBDOMAIN):
            walker.send(**fields)
            seen.append(walker.step)
        assert seen == ["subscription", "calling", "meetings", "organisation", "provision"]

    @pytest.mark.parametrize(
        ("services", "pages"),
        [
            (["messaging"], ["subscription", "organisation"]),
            (["meetings", "messaging"], ["subscription", "meetings"]),
            (["calling"], ["subscription", "calling"]),
        ],
    )
    def test_leave_out_what_was_not_bought(self, cast: Cast, services: list[str], pages: list[str]) -> None:
        walker = to_the_services(new_line(cast, *services))
        seen = [walker.step]
        walker.send()
        assert [*seen, walker.step] == pages

    def test_come_only_after_both_organisations_are_confirmed(self, cast: Cast) -> None:
        walker = to_the_confirmation(new_line(cast))
        walker.open("services")
        walker.follow()
        assert walker.step == "role"

    def test_tell_what_was_bought_without_anything_to_enter(self, cast: Cast) -> None:
        line = new_line(cast)
        walker = to_the_services(line)
        assert line.order_number in walker.text
        assert "Calling" in walker.text
        assert set(walker.hidden) == {"step", "answers"}

    def test_begin_with_where_the_customer_is(self, cast: Cast) -> None:
        walker = to_the_services(new_line(cast))
        walker.send()
        assert '<option value="Africa/Cairo" selected>' in walker.text

    @pytest.mark.parametrize(
        ("field", "value"),
        [("country", "XX"), ("time_zone", "Mars/Olympus"), ("languages", []), ("languages", ["tlh"]),
         ("address", " "), ("sip", "-a"), ("sip", "")],
    )  # fmt: skip
    def test_refuse_at_the_field_what_cannot_be_and_keep_the_rest(
        self, cast: Cast, field: str, value: Any
    ) -> None:
        walker = to_the_services(new_line(cast))
        walker.send()
        assert walker.send(**{**CALLING, field: value}).status_code == 422
        assert walker.step == "calling"
        assert "field-bad" in walker.text
        if field != "sip":
            assert "oasis-voice" in walker.text

    def test_keep_nothing_before_it_is_asked_for(self, cast: Cast) -> None:
        to_the_end(new_line(cast))
        assert activations() == []
        with tenancy.as_system():
            assert not RegistryName.objects.exists()


@pytest.mark.django_db
class TestCheckingAvailability:
    def at_the_subdomain(self, cast: Cast) -> Walker:
        walker = to_the_services(new_line(cast, "messaging"))
        walker.send()
        return walker

    def test_says_that_a_name_is_free_without_going_on(self, cast: Cast) -> None:
        walker = self.at_the_subdomain(cast)
        assert walker.send(subdomain="Oasis", check="1").status_code == 200
        assert walker.step == "organisation"
        assert "Available" in walker.text
        assert 'value="Oasis"' in walker.text

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("0asis", "is taken"),
            ("OASIS", "is taken"),
            ("oаsis", "Use only the letters a to z"),  # with a Cyrillic а
            ("xn--oasis", "no two hyphens"),
            ("a" * 64, "at most 63"),
            ("", "Enter a name."),
            ("admin", "is reserved"),
        ],
    )
    def test_says_why_one_is_not(self, cast: Cast, name: str, why: str) -> None:
        taken(NameKind.SUBDOMAIN, "oasis")
        walker = self.at_the_subdomain(cast)
        walker.send(subdomain=name, check="1")
        assert "Not available" in walker.text
        assert why in walker.text
        assert walker.send(subdomain=name).status_code == 422

    def test_asks_the_vendors_system_where_services_are_set_up_there(self, cast: Cast, settings: Any) -> None:
        with vendor_running() as vendor:
            settings.PROVISIONING_BACKEND, settings.PROVISIONING_TOKEN = vendor.url, TOKEN
            vendor.names.add("oasis")
            walker = self.at_the_subdomain(cast)
            walker.send(subdomain="oasis", check="1")
            assert "Not available" in walker.text
            assert "is taken" in walker.text
            walker.send(subdomain="palm", check="1")
            assert "Available" in walker.text

    def test_says_so_where_the_vendors_system_could_not_be_asked(self, cast: Cast, settings: Any) -> None:
        with vendor_running() as vendor:
            settings.PROVISIONING_BACKEND, settings.PROVISIONING_TOKEN = vendor.url, TOKEN
            vendor.misbehave(error(503))
            walker = self.at_the_subdomain(cast)
            assert walker.send(subdomain="oasis", check="1").status_code == 200
            assert "could not be asked just now" in walker.text

    def test_keeps_all_else_that_was_typed(self, cast: Cast) -> None:
        walker = to_the_services(new_line(cast))
        walker.send()
        walker.send(**{**CALLING, "country": "", "check": "1"})
        assert "Available" in walker.text
        assert "2 Palm Street, Giza" in walker.text
        assert "field-bad" not in walker.text
        assert walker.chosen("languages") == "en"

    def test_takes_no_name(self, cast: Cast) -> None:
        self.at_the_subdomain(cast).send(subdomain="oasis", check="1")
        with tenancy.as_system():
            assert not RegistryName.objects.exists()

    def test_is_done_again_on_saving_and_before_provisioning(self, cast: Cast) -> None:
        walker = self.at_the_subdomain(cast)
        walker.send(subdomain="oasis")
        assert walker.step == "provision"
        taken(NameKind.SUBDOMAIN, "oasis")
        assert walker.send(agreed="on").status_code == 422
        assert "cannot be had any more" in walker.text
        assert activations() == []
        walker.send(back="1")
        assert walker.step == "organisation"
        walker.send(subdomain="palms")
        assert walker.send(agreed="on").status_code == 302

    def test_of_a_site_that_moves_here_with_a_code_lets_it_be_taken(self, cast: Cast) -> None:
        taken(NameKind.MEETING_SITE, "oasis-meet")
        walker = to_the_services(new_line(cast, "meetings"))
        walker.send()
        assert walker.send(**MEETINGS).status_code == 422
        assert walker.send(**MEETINGS | {"transfer_code": "T-1234"}).status_code == 200
        assert walker.step == "organisation"

    def test_asks_for_no_subdomain_where_the_organisation_has_one(self, cast: Cast) -> None:
        line = new_line(cast, "messaging")
        known = make_organisation("Palm Group", customer_id=line.customer_id, subdomain="palm-group")
        with tenancy.as_system():
            OrganisationPerson.objects.create(
                organisation=known, email=ADMINISTRATOR, email_key=ADMINISTRATOR, created_at=timezone.now()
            )
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        walker.send(right="yes")
        walker.send()
        walker.open("services")
        assert "palm-group" in walker.text
        walker.send()
        assert walker.step == "provision"
        assert walker.send(agreed="on").status_code == 302


@pytest.mark.django_db
class TestProvisioning:
    def test_needs_to_be_confirmed(self, cast: Cast) -> None:
        walker = to_the_end(new_line(cast))
        assert "billing starts" in walker.text
        assert walker.send().status_code == 422
        assert "Confirm this to go on" in walker.text
        assert activations() == []

    def test_hands_over_what_was_entered_and_shows_how_far_it_is(self, cast: Cast) -> None:
        walker = to_the_end(new_line(cast))
        walker.send(agreed="on")
        walker.follow()
        assert walker.at == "progress"
        assert "data-follow" in walker.text
        (activation,) = activations()
        assert activation.details == {
            "calling": CALLING, "meetings": MEETINGS, "messaging": {}, "organisation": SUBDOMAIN,
        }  # fmt: skip
        assert activation.asked_by == "orders@nile.example"

    def test_twice_asks_once(self, cast: Cast) -> None:
        walker = to_the_end(new_line(cast))
        fields = {**walker.hidden, "agreed": "on"}
        for _click in range(2):
            answer = walker.client.post(walker.url("services"), fields)
            assert answer.status_code == 302
            assert answer.headers["Location"] == walker.url("progress")
        assert len(activations()) == 1

    def test_comes_to_a_running_service_and_one_start_of_billing(self, cast: Cast) -> None:
        line = new_line(cast)
        walker = to_the_end(line)
        walker.send(agreed="on")
        assert work() == 1
        walker.open("progress")
        assert walker.page.status_code == 200
        assert "Everything is set up" in walker.text
        assert "data-follow" not in walker.text
        with tenancy.as_system():
            line.refresh_from_db()
            assert BillingStart.objects.filter(line=line).count() == 1
            assert Subscription.objects.get(line=line).organisation_name == "Oasis Hotels"
            assert Organisation.objects.get(name="Oasis Hotels").subdomain == "oasis"
        assert line.status == LineStatus.ACTIVE
        assert notices("setup.done")

    def test_that_is_done_leaves_a_page_that_says_so(self, cast: Cast) -> None:
        line = new_line(cast)
        walker = to_the_end(line)
        walker.send(agreed="on")
        work()
        for page in ("start", "ordered", "services"):
            assert walker.open(page).status_code == 410
            assert "This is set up" in walker.text
            assert line.customer_name not in walker.text
            assert walker.url("progress") in walker.text

    def test_of_a_line_that_was_called_off_meanwhile_does_nothing(self, cast: Cast) -> None:
        line = new_line(cast)
        walker = to_the_end(line)
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(status="cancelled", waits_for="", due_at=None)
        assert walker.send(agreed="on").status_code == 410
        assert activations() == []


@pytest.mark.django_db
class TestWhatFailed:
    """The subdomain went to somebody else between the question and the worker's turn."""

    @pytest.fixture
    def walker(self, cast: Cast) -> Walker:
        walker = to_the_end(new_line(cast))
        walker.send(agreed="on")
        taken(NameKind.SUBDOMAIN, "oasis")
        work()
        return walker

    def test_is_said_with_what_to_do(self, walker: Walker) -> None:
        walker.open()
        walker.follow()
        assert walker.at == "progress"
        assert "Somebody else has taken the subdomain meanwhile." in walker.text
        assert "Correct what was entered" in walker.text

    def test_is_put_right_from_what_was_entered_and_comes_to_its_end(self, walker: Walker) -> None:
        walker.open("services")
        walker.send()
        assert "oasis-voice" in walker.text
        walker.send(**CALLING)
        walker.send(**MEETINGS)
        assert 'value="oasis"' in walker.text
        walker.send(subdomain="palms")
        assert walker.send(agreed="on").status_code == 302
        work()
        walker.open("progress")
        assert "Everything is set up" in walker.text
        with tenancy.as_system():
            assert BillingStart.objects.count() == 1

    def test_is_tried_again_as_it_was_by_sending_the_page_of_progress(self, walker: Walker) -> None:
        with tenancy.as_system():
            RegistryName.objects.filter(name="oasis").delete()
        walker.open("progress")
        walker.send()
        walker.follow()
        work()
        walker.open("progress")
        assert "Everything is set up" in walker.text

    def test_is_tried_again_once_by_two_who_do_so(self, walker: Walker) -> None:
        walker.open("progress")
        for _click in range(2):
            assert walker.client.post(walker.url("progress")).status_code == 302
        (activation,) = activations()
        assert (activation.state, activation.round) == ("queued", 2)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_provision_at_the_same_moment_ask_once() -> None:
    cast = make_cast()
    walker = to_the_end(new_line(cast))
    fields, together, answers = {**walker.hidden, "agreed": "on"}, Barrier(2), []

    def click() -> None:
        together.wait()
        answers.append(Client().post(walker.url("services"), fields).status_code)
        connection.close()

    clicks = [Thread(target=click) for _person in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert answers == [302, 302]
    assert len(activations()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_confirm_at_the_same_moment_make_both_organisations_once() -> None:
    cast = make_cast()
    walker = to_the_confirmation(new_line(cast))
    fields, together, answers = walker.hidden, Barrier(2), []

    def click() -> None:
        together.wait()
        answers.append(Client().post(walker.url("start"), fields).status_code)
        connection.close()

    clicks = [Thread(target=click) for _person in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert answers == [302, 302]
    with tenancy.as_system():
        assert Organisation.objects.count() == 2
