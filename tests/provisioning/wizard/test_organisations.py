"""The partner's organisation and the customer's: made, reviewed, matched, refused, confirmed (D7–D11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.names import search_name
from identity import tenancy
from provisioning.models import (
    AddressTry,
    Handing,
    LineStatus,
    Organisation,
    OrganisationPerson,
    SetupLine,
    Waiting,
)
from tests.cast import Cast, actor
from tests.provisioning.made import guest_of, make_line, make_organisation
from tests.provisioning.wizard.told import audited, mails_to, notices
from tests.provisioning.wizard.walking import (
    ADMINISTRATOR,
    CUSTOMER,
    PARTNER,
    Walker,
    to_the_administrator,
    to_the_confirmation,
    to_the_partner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(cast: Cast) -> SetupLine:
    return make_line(cast.site, status=LineStatus.AWAITING_DETAILS, contact_email="orders@nile.example")


def now_of(line: SetupLine) -> SetupLine:
    with tenancy.as_system():
        return SetupLine.objects.select_related("organisation", "partner_organisation").get(id=line.id)


def of_customer(line: SetupLine, name: str = "", *people: str, **extra: Any) -> Organisation:
    """An organisation of the line's customer, with these administrators."""
    found = make_organisation(name or line.customer_name, **({"customer_id": line.customer_id} | extra))
    with tenancy.as_system():
        for email in people:
            OrganisationPerson.objects.create(
                organisation=found, email=email, email_key=email, created_at=timezone.now()
            )
    return found


class TestThePartnerOrganisation:
    def test_is_made_with_the_first_order(self, cast: Cast, line: SetupLine) -> None:
        walker = to_the_confirmation(line)
        assert "Create your partner organisation" not in walker.text
        walker.send()
        made = now_of(line).partner_organisation
        assert made is not None
        assert (made.name, made.country, made.site_id) == ("Nile Systems", "EG", cast.site.id)
        assert made.administered_by_id == cast.site.id

    def test_has_its_administrator_mailed_how_to_set_the_password(self, line: SetupLine) -> None:
        walker = to_the_confirmation(line)
        assert mails_to(PARTNER["email"]) == []
        walker.send()
        (mail,) = mails_to(PARTNER["email"])
        assert "Set the password" in mail.letter["subject"]
        assert "/account/signup/?email=cloud%40nile.example" in mail.letter["action"][1]
        made = now_of(line).partner_organisation
        assert made is not None
        assert made.password_asked_at is not None
        assert "cloud@nile.example" in walker.follow().content.decode()

    def test_is_reviewed_with_every_other_order(self, cast: Cast, line: SetupLine) -> None:
        to_the_confirmation(line).send()
        later = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        walker = to_the_partner(later)
        assert "1 Corniche, Cairo" in walker.text
        walker.send(right="yes")
        walker.send(email="other@dunes.example")
        walker.send(name="Dunes", country="EG", address="Desert Road 3")
        walker.send()
        assert now_of(later).partner_organisation_id == now_of(line).partner_organisation_id
        assert len(mails_to(PARTNER["email"])) == 1

    def test_that_is_not_recognised_stops_the_way_and_the_representative_is_told(
        self, cast: Cast, line: SetupLine
    ) -> None:
        make_organisation("Nile Sistems", site=cast.site)
        walker = to_the_partner(line)
        walker.send(right="no")
        walker.follow()
        assert "Your account representative was told" in walker.text
        assert "care@portway.example" in walker.text
        (notice,) = notices("setup.not_recognised")
        assert notice["audiences"] == [{"to": "staff", "role": "channel_operations"}]
        assert notice["context"]["organisation"] == "Nile Sistems"
        assert now_of(line).onboarded_at is None

    def test_that_is_not_recognised_is_told_once_a_day_and_the_link_begins_again(
        self, cast: Cast, line: SetupLine
    ) -> None:
        make_organisation("Nile Sistems", site=cast.site)
        walker = to_the_partner(line)
        fields = {**walker.hidden, "right": "no"}
        walker.client.post(walker.url("start"), fields)
        walker.client.post(walker.url("start"), fields)
        assert len(notices("setup.not_recognised")) == 1
        assert walker.open().status_code == 200

    def test_of_another_partner_is_nobodys_to_review(self, cast: Cast, line: SetupLine) -> None:
        make_organisation("Vistula Cloud", site=cast.rival_site)
        walker = to_the_partner(line)
        assert "Create your partner organisation" in walker.text
        assert "Vistula Cloud" not in walker.text

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", " – "),
            ("country", "XX"),
            ("country", ""),
            ("address", ""),
            ("email", "nobody"),
        ],
    )
    def test_needs_all_of_it(self, line: SetupLine, field: str, value: str) -> None:
        walker = to_the_partner(line)
        assert walker.send(**{**PARTNER, field: value}).status_code == 422
        assert walker.step == "partner"
        assert "field-bad" in walker.text

    def test_made_by_another_order_meanwhile_is_reviewed_and_not_made_twice(
        self, cast: Cast, line: SetupLine
    ) -> None:
        walker = to_the_confirmation(line)
        other = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        quicker = to_the_partner(other)
        quicker.send(**(PARTNER | {"email": "second@nile.example"}))
        quicker.send(email="other@dunes.example")
        quicker.send(name="Dunes", country="EG", address="Desert Road 3")
        quicker.send()
        assert walker.send().status_code == 422
        assert "created or changed meanwhile" in walker.text
        with tenancy.as_system():
            assert Organisation.objects.filter(site=cast.site).count() == 1
            assert not OrganisationPerson.objects.filter(email=PARTNER["email"]).exists()
        assert now_of(line).onboarded_at is None


class TestTheAdministratorsAddress:
    """A person belongs to one organisation at a time."""

    def test_that_belongs_to_nobody_is_taken(self, line: SetupLine) -> None:
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        assert walker.step == "customer"

    @pytest.mark.parametrize("typed", ["boss@elsewhere.example", " BOSS@Elsewhere.example "])
    def test_that_belongs_to_an_organisation_of_others_is_refused_and_that_is_not_named(
        self, cast: Cast, line: SetupLine, typed: str
    ) -> None:
        foreign = make_organisation("Elsewhere Ltd", administered_by=cast.rival_site)
        with tenancy.as_system():
            OrganisationPerson.objects.create(
                organisation=foreign, email="boss@elsewhere.example", email_key="boss@elsewhere.example",
                created_at=timezone.now(),
            )  # fmt: skip
        walker = to_the_administrator(line)
        assert walker.send(email=typed).status_code == 422
        assert "belongs to another organisation already" in walker.text
        assert "Elsewhere Ltd" not in walker.text

    def test_that_administers_the_partner_is_refused(self, line: SetupLine) -> None:
        walker = to_the_administrator(line)
        assert walker.send(email="CLOUD@nile.example").status_code == 422
        assert "administers the partner organisation" in walker.text

    def test_taken_before_it_is_confirmed_is_refused_then_and_nothing_is_made(
        self, cast: Cast, line: SetupLine
    ) -> None:
        walker = to_the_confirmation(line)
        foreign = make_organisation("Elsewhere Ltd", administered_by=cast.rival_site)
        with tenancy.as_system():
            OrganisationPerson.objects.create(
                organisation=foreign, email=ADMINISTRATOR, email_key=ADMINISTRATOR, created_at=timezone.now()
            )
        assert walker.send().status_code == 422
        assert "The address of the customer's administrator was taken meanwhile" in walker.text
        with tenancy.as_system():
            assert list(Organisation.objects.all()) == [foreign]
        assert mails_to(PARTNER["email"]) == []

    def test_is_looked_up_ten_times_an_hour(self, line: SetupLine) -> None:
        walker = to_the_administrator(line)  # which has tried one already
        for number in range(9):
            assert walker.send(email=f"person{number}@oasis.example").status_code == 200
            walker.send(back="1")
        assert walker.send(email="one.more@oasis.example").status_code == 422
        assert "Too many different addresses" in walker.text
        assert walker.send(email="person3@oasis.example").status_code == 200
        assert len(audited("setup_link.address_tried")) == 10

    def test_is_looked_up_again_an_hour_later(self, line: SetupLine) -> None:
        with tenancy.scope(guest_of(line)):
            for number in range(10):
                AddressTry.objects.create(
                    line=line, email_key=f"p{number}@x.example", at=timezone.now() - timedelta(minutes=61)
                )
        walker = to_the_administrator(line)
        assert walker.send(email=ADMINISTRATOR).status_code == 200

    def test_tried_for_another_line_is_not_counted(self, cast: Cast, line: SetupLine) -> None:
        other = make_line(cast.site)
        with tenancy.scope(guest_of(other)):
            for number in range(10):
                AddressTry.objects.create(line=other, email_key=f"p{number}@x.example", at=timezone.now())
        with tenancy.scope(guest_of(line)):
            assert not AddressTry.objects.exists()
        assert to_the_administrator(line).send(email=ADMINISTRATOR).status_code == 200


class TestMatching:
    def test_an_administrators_address_leads_to_their_organisation(self, line: SetupLine) -> None:
        known = of_customer(line, "Palm Group", ADMINISTRATOR)
        of_customer(line)
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        assert walker.step == "verify"
        assert "Palm Group" in walker.text
        walker.send(right="yes")
        walker.send()
        assert now_of(line).organisation_id == known.id

    def test_else_those_whose_name_begins_alike_are_offered(self, line: SetupLine) -> None:
        alike = of_customer(line, f"{line.customer_name[:6]} Something Else")
        of_customer(line, "Quite Another")
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        assert walker.step == "match"
        assert alike.name in walker.text
        assert "Quite Another" not in walker.text

    def test_several_of_one_name_are_told_apart_by_their_place(self, line: SetupLine) -> None:
        for _ in range(2):
            of_customer(line)
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        for place in (1, 2):  # in the table, and where one is chosen
            assert f"{place}. <bdi>{line.customer_name}</bdi>" in walker.text
            assert f"{place}. \u2068{line.customer_name}\u2069" in walker.text

    def test_and_those_of_the_same_domain(self, line: SetupLine) -> None:
        same = of_customer(line, "Quite Another", domain="oasis.example")
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        walker.send(organisation=same.public_id)
        assert walker.step == "verify"
        walker.send(right="yes")
        assert walker.step == "confirm"
        walker.send()
        found = now_of(line)
        assert (found.organisation_id, found.organisation_name) == (same.id, "Quite Another")

    def test_none_of_them_makes_a_new_one(self, line: SetupLine) -> None:
        of_customer(line)
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        walker.send(organisation="new")
        assert walker.step == "customer"
        walker.send(**CUSTOMER)
        walker.send()
        made = now_of(line).organisation
        assert made is not None
        assert made.name == "Oasis Hotels"

    def test_offers_none_of_another_partners_customers(self, cast: Cast, line: SetupLine) -> None:
        make_organisation(line.customer_name, administered_by=cast.rival_site, domain="oasis.example")
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        assert walker.step == "customer"

    def test_takes_none_that_was_not_offered(self, cast: Cast, line: SetupLine) -> None:
        foreign = make_organisation(line.customer_name, administered_by=cast.rival_site)
        of_customer(line)
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        assert walker.send(organisation=foreign.public_id).status_code == 422

    def test_stops_where_it_is_not_the_customers(self, line: SetupLine) -> None:
        of_customer(line, "Palm Group", ADMINISTRATOR)
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        walker.send(right="no")
        walker.follow()
        assert "Nothing was set up" in walker.text
        assert "Begin again" in walker.text
        assert now_of(line).onboarded_at is None

    def test_makes_nobody_an_administrator_of_an_organisation_that_exists(self, line: SetupLine) -> None:
        known = of_customer(line, "", "first@palm.example")
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        walker.send(organisation=known.public_id)
        walker.send(right="yes")
        walker.send()
        with tenancy.as_system():
            people = OrganisationPerson.objects.filter(organisation=known).values_list("email", flat=True)
            assert list(people) == ["first@palm.example"]
            known.refresh_from_db()
        assert known.administered_by_id is None

    def test_asks_again_when_another_administrator_is_named(self, line: SetupLine) -> None:
        of_customer(line, "Palm Group", ADMINISTRATOR)
        walker = to_the_administrator(line)
        walker.send(email=ADMINISTRATOR)
        walker.send(right="yes")
        walker.send(back="1")
        walker.send(back="1")
        walker.send(email="new@oasis.example")
        assert walker.step == "customer"


class TestConfirming:
    def test_makes_both_and_the_order_is_set_up(self, cast: Cast, line: SetupLine) -> None:
        walker = to_the_confirmation(line)
        assert "Oasis Hotels" in walker.text
        assert "Nile Systems" in walker.text
        walker.send()
        walker.follow()
        assert "The order is set up" in walker.text

        found = now_of(line)
        assert found.onboarded_at is not None
        assert found.administrator_email == ADMINISTRATOR
        assert found.handed_to == Handing.PARTNER
        made = found.organisation
        assert made is not None
        assert (made.name, made.search_name, made.domain) == (
            "Oasis Hotels",
            search_name("Oasis Hotels"),
            "oasis.example",
        )
        assert (made.customer_id, made.administered_by_id) == (line.customer_id, cast.site.id)
        with tenancy.as_system():
            assert OrganisationPerson.objects.get(organisation=made).email == ADMINISTRATOR

    def test_leaves_only_the_closing_to_wait_for(self, line: SetupLine) -> None:
        to_the_confirmation(line).send()
        found = now_of(line)
        assert (found.waits_for, found.due_at) == (Waiting.CLOSE, found.closes_at)

    def test_before_the_mail_was_due_leaves_nothing_to_mail_and_closes_as_long_after_that_day(
        self, cast: Cast
    ) -> None:
        mailed_on = timezone.now() + timedelta(days=10)
        early = make_line(cast.site, due_at=mailed_on)
        to_the_confirmation(early).send()
        found = now_of(early)
        assert found.waits_for == Waiting.CLOSE
        assert found.due_at == found.closes_at
        assert found.closes_at is not None
        assert abs(found.closes_at - mailed_on - timedelta(days=7)) <= timedelta(hours=1)

    def test_twice_confirms_once(self, line: SetupLine) -> None:
        walker = to_the_confirmation(line)
        fields = walker.hidden
        for _tab in range(2):
            assert walker.client.post(walker.url("start"), fields).status_code == 302
        assert len(audited("setup_line.onboarded")) == 1
        assert len(mails_to(PARTNER["email"])) == 1
        with tenancy.as_system():
            assert Organisation.objects.count() == 2

    def test_leads_whoever_comes_back_to_where_it_goes_on(self, line: SetupLine) -> None:
        walker = to_the_confirmation(line)
        walker.send()
        walker.open()
        walker.follow()
        assert walker.at == "ordered"
        assert "Set up the services" in walker.text

    def test_has_the_partner_told(self, cast: Cast, line: SetupLine) -> None:
        to_the_confirmation(line).send()
        (notice,) = notices("setup.onboarded")
        assert notice["audiences"][0]["site_id"] == cast.site.id

    def test_lets_the_partner_see_the_organisation_and_the_rival_not(
        self, cast: Cast, line: SetupLine
    ) -> None:
        to_the_confirmation(line).send()
        with tenancy.scope(actor(cast.primary)):
            assert Organisation.objects.filter(name="Oasis Hotels").exists()
        with tenancy.scope(actor(cast.rival)):
            assert not Organisation.objects.exists()

    def test_with_a_link_that_was_replaced_meanwhile_does_nothing(self, line: SetupLine) -> None:
        walker = to_the_confirmation(line)
        with tenancy.as_system():
            line.links.update(revoked_at=timezone.now())
        assert walker.send().status_code == 410
        assert now_of(line).onboarded_at is None

    def test_by_a_colleague_is_noted_as_theirs(self, line: SetupLine) -> None:
        walker = to_the_confirmation(line, handed_to=Handing.COLLEAGUE, sent_to="sara@nile.example")
        walker.send()
        assert now_of(line).handed_to == Handing.COLLEAGUE


def test_a_walker_is_somebody_with_a_browser(line: SetupLine) -> None:
    """The tests' own tool: it sends what the page holds, and nothing it does not."""
    walker = Walker(line)
    walker.open()
    assert set(walker.hidden) == {"step", "answers"}
