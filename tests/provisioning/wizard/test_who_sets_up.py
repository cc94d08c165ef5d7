"""As whom somebody sets up, and who does it: I, a colleague, the customer (D4–D6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from identity import tenancy
from provisioning.lines.due import run_due
from provisioning.links import make_link
from provisioning.models import Handing, LineStatus, SetupLine, SetupLink, Waiting
from tests.cast import Cast, signed_in
from tests.provisioning.made import make_line
from tests.provisioning.wizard.told import audited, mails_to, notices, secret_in
from tests.provisioning.wizard.walking import ADMINISTRATOR, CUSTOMER, Walker, to_the_administrator

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


@pytest.fixture
def line(cast: Cast) -> SetupLine:
    return make_line(cast.site, status=LineStatus.AWAITING_DETAILS, contact_email="orders@nile.example")


def now_of(line: SetupLine) -> SetupLine:
    with tenancy.as_system():
        return SetupLine.objects.select_related("organisation").get(id=line.id)


class TestTheWay:
    def test_begins_with_the_role(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        assert walker.step == "role"
        walker.send(role="partner")
        assert walker.step == "who"

    def test_asks_again_where_nothing_was_chosen(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        assert walker.send().status_code == 422
        assert walker.step == "role"
        assert "Choose one of the two." in walker.text

    def test_is_left_and_begun_again_with_nothing_kept(self, line: SetupLine) -> None:
        walker = to_the_administrator(line)
        walker.open()
        assert walker.step == "role"
        assert walker.chosen("role") == ""
        assert now_of(line).onboarded_at is None

    def test_goes_back_with_what_was_entered(self, line: SetupLine) -> None:
        walker = to_the_administrator(line)
        walker.send(back="1")
        assert walker.step == "partner"
        assert "1 Corniche, Cairo" in walker.text

    def test_skips_no_step_whatever_is_sent(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        walker.page = walker.client.post(
            walker.url("start"), {"step": "confirm", "answers": walker.hidden["answers"]}
        )
        assert walker.step == "role"
        assert now_of(line).onboarded_at is None

    def test_takes_nothing_for_an_answer_that_it_did_not_write_itself(
        self, cast: Cast, line: SetupLine
    ) -> None:
        other = to_the_administrator(make_line(cast.site))
        walker = Walker(line)
        for answers in (other.hidden["answers"], "e30:forged", "", "}{"):
            walker.page = walker.client.post(walker.url("start"), {"step": "confirm", "answers": answers})
            assert walker.page.status_code == 422
            assert walker.step == "role"

    def test_tells_that_somebody_has_begun_once_so_that_nobody_need_call(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        assert now_of(line).begun_at is None
        walker.send(role="partner")
        begun = now_of(line)
        assert begun.begun_at is not None
        assert (begun.waits_for, begun.due_at) == (Waiting.CLOSE, begun.closes_at)
        first = begun.begun_at
        walker.send(who="partner")
        assert now_of(line).begun_at == first
        assert len(audited("setup_line.begun")) == 1


class TestAColleague:
    def test_gets_a_link_of_their_own_and_the_former_ends(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        walker.send(who="colleague", colleague_email="sara@nile.example")
        assert walker.page.status_code == 200
        assert "sara@nile.example" in walker.text
        assert walker.open().status_code == 410

        (mail,) = mails_to("sara@nile.example")
        assert mail.sensitive
        theirs = Walker(secret=secret_in(mail))
        theirs.open()
        assert theirs.step == "role"
        assert now_of(line).handed_to == Handing.COLLEAGUE

    def test_who_was_handed_it_before_the_start_date_is_not_passed_over_on_that_day(self, cast: Cast) -> None:
        early = make_line(cast.site, due_at=timezone.now() + ONE_DAY)
        walker = Walker(early, handed_to=Handing.PARTNER)
        walker.open()
        walker.send(role="partner")
        walker.send(who="colleague", colleague_email="sara@nile.example")
        found = now_of(early)
        assert (found.status, found.waits_for) == (LineStatus.AWAITING_DETAILS, Waiting.CALL)
        run_due(now=timezone.now() + ONE_DAY / 2)
        (mail,) = mails_to("sara@nile.example")
        assert Walker(secret=secret_in(mail)).open().status_code == 200
        assert mails_to(early.contact_email) == []

    def test_is_called_about_like_the_first_when_they_do_not_begin(self, line: SetupLine) -> None:
        with tenancy.as_system():
            SetupLine.objects.update(closes_at=timezone.now() + 5 * ONE_DAY)
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        walker.send(who="colleague", colleague_email="sara@nile.example")
        run_due(now=timezone.now() + ONE_DAY + ONE_DAY / 24)
        assert now_of(line).called_at is not None

    def test_is_mailed_no_more_than_ten_times_a_day(self, line: SetupLine) -> None:
        with tenancy.as_system():
            for number in range(9):
                make_link(line, to=f"p{number}@nile.example", now=timezone.now())
            secret = make_link(line, to="orders@nile.example", now=timezone.now())
        walker = Walker(secret=secret)
        walker.open()
        walker.send(role="partner")
        assert walker.send(who="colleague", colleague_email="sara@nile.example").status_code == 422
        assert "So many links were mailed" in walker.text
        assert mails_to("sara@nile.example") == []
        assert walker.open().status_code == 200

    def test_is_written_in_the_audit_where_the_partner_reads_it(self, cast: Cast, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        walker.send(who="colleague", colleague_email="sara@nile.example")
        (event,) = audited("setup_line.handed_over")
        assert event.site_id == cast.site.id
        assert event.detail["to"] == "sara@nile.example"

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("", "Write the address that the link goes to."),
            ("no address", "Enter a valid email address."),
            ("sara@nile.example\nBcc: x@y.example", "Enter a valid email address."),
            ("sara@nilé.example", "Write the address in Latin letters"),
            ("ORDERS@nile.example ", "The link was sent to this address already."),
        ],
    )
    def test_needs_an_address_that_is_one_and_another(self, line: SetupLine, address: str, said: str) -> None:
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        assert walker.send(who="colleague", colleague_email=address).status_code == 422
        assert said in walker.text
        with tenancy.as_system():
            assert SetupLink.objects.get().revoked_at is None

    def test_is_mailed_once_however_often_the_form_is_sent(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        fields = {**walker.hidden, "who": "colleague", "colleague_email": "sara@nile.example"}
        assert walker.client.post(walker.url("start"), fields).status_code == 200
        assert walker.client.post(walker.url("start"), fields).status_code == 410
        assert len(mails_to("sara@nile.example")) == 1


class TestTheCustomer:
    def test_is_handed_it_only_by_somebody_who_was_told_what_that_means(self, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        assert "your company has no access" in walker.text
        assert walker.send(who="customer", customer_email=ADMINISTRATOR).status_code == 422
        assert "Confirm that you know this" in walker.text
        assert ADMINISTRATOR in walker.text
        assert mails_to(ADMINISTRATOR) == []

        assert walker.send(who="customer", customer_email=ADMINISTRATOR, agreed="on").status_code == 200
        assert len(mails_to(ADMINISTRATOR)) == 1
        assert now_of(line).handed_to == Handing.CUSTOMER

    def test_has_the_partner_told_that_they_set_it_up(self, cast: Cast, line: SetupLine) -> None:
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        walker.send(who="customer", customer_email=ADMINISTRATOR, agreed="on")
        (notice,) = notices("setup.handed_to_customer")
        assert notice["audiences"] == [{"to": "site", "site_id": cast.site.id, "privilege": None}]

    def test_with_the_link_is_neither_asked_for_a_role_nor_for_the_partner(self, line: SetupLine) -> None:
        walker = Walker(line, handed_to=Handing.CUSTOMER, sent_to=ADMINISTRATOR)
        walker.open()
        assert walker.step == "administrator"
        assert ADMINISTRATOR in walker.text
        walker.send(email=ADMINISTRATOR)
        assert walker.step == "customer"
        walker.send(**CUSTOMER)
        assert walker.step == "confirm"
        walker.send()
        walker.follow()
        assert "The order is set up" in walker.text

        found = now_of(line)
        assert found.organisation is not None
        assert found.organisation.administered_by_id is None
        assert found.partner_organisation_id is None

    def test_who_has_the_partners_link_says_so_and_the_partner_has_no_access_either(
        self, line: SetupLine
    ) -> None:
        walker = Walker(line)
        walker.open()
        assert "the partner has no access to it" in walker.text
        walker.send(role="customer")
        walker.send(email=ADMINISTRATOR)
        walker.send(**CUSTOMER)
        walker.send()
        found = now_of(line)
        assert found.handed_to == Handing.CUSTOMER
        assert found.organisation is not None
        assert found.organisation.administered_by_id is None


def test_the_partners_page_of_the_line_tells_what_was_done_with_the_link(cast: Cast, line: SetupLine) -> None:
    walker = Walker(line)
    walker.open()
    walker.send(role="partner")
    walker.send(who="colleague", colleague_email="sara@nile.example")
    page = signed_in(cast.primary).get(f"/provisioning/{line.public_id}/").content.decode()
    assert "Somebody began with the set-up" in page
    assert "The set-up was handed over" in page
    assert "sara@nile.example" in page
