"""A2: asking for access, with the same answer for every number."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.forms import ValidationError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions
from accounts.forms import site_number
from accounts.models import AccessCase, AccessRequest, RequestKind, RequestStatus
from identity import tenancy
from identity.models import AuditEvent
from tests.accounts.asking import NOW, again, ask, asked, do
from tests.accounts.mailbox import notices
from tests.cast import Cast, actor, signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "7403807", "1234567"


def post(browser, number: str = KNOWN, primary: str = "no", **extra: str):
    return browser.post("/access/", {"number": number, "primary": primary, **extra})


class TestASiteNumber:
    @pytest.mark.parametrize(
        "typed", ["7403807", " 740 3807 ", "740-3807", "740.3807", "٧٤٠٣٨٠٧", "007403807"]
    )
    def test_may_be_spelt_in_many_ways(self, typed: str) -> None:
        assert site_number(typed) == "7403807"

    def test_is_padded_with_the_zeros_that_people_leave_out(self) -> None:
        assert site_number("9100") == "0009100"

    @pytest.mark.parametrize("typed", ["74038071", "abc", "0000000", "-", "12e4", "１２３①", "7403807; drop"])
    def test_is_refused_when_it_cannot_be_one(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            site_number(typed)


class TestTheForm:
    def test_sends_a_request_and_shows_how_far_it_is(self, cast: Cast) -> None:
        browser = signed_in(cast.applicant)
        page = browser.get(post(browser, "740 3807", message="Ask Amira").url)
        assert page.status_code == 200
        with tenancy.as_system():
            request = AccessRequest.objects.get()
        assert (request.number, request.kind, request.message) == (KNOWN, "self_nomination", "Ask Amira")
        assert "Waiting for a decision" in page.content.decode()

    def test_asks_a_primary_contact_for_the_authorisation_form(self, cast: Cast) -> None:
        page = post(signed_in(cast.applicant), primary="yes", job_title="Owner")
        assert page.status_code == 422
        text = page.content.decode()
        assert "Give your address at the company" in text
        assert 'value="Owner"' in text  # what was typed is still there

    def test_takes_the_authorisation_form(self, cast: Cast) -> None:
        form = {"job_title": "Owner", "company_email": "o@nile.example", "reason": "I own it"}
        post(signed_in(cast.applicant), primary="yes", **form)
        with tenancy.as_system():
            request = AccessRequest.objects.get()
        assert request.kind == RequestKind.AUTHORISATION
        assert (request.job_title, request.company_email, request.reason) == (
            "Owner",
            "o@nile.example",
            "I own it",
        )

    @pytest.mark.parametrize(
        "bad",
        [
            {"number": ""},
            {"number": "12345678"},
            {"primary": ""},
            {"primary": "perhaps"},
            {"message": "x" * 501},
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, cast: Cast, bad: dict[str, str]) -> None:
        form = {"number": KNOWN, "primary": "no", "message": "Hello"} | bad
        page = signed_in(cast.applicant).post("/access/", form)
        assert page.status_code == 422
        assert 'class="error"' in page.content.decode()

    def test_sent_twice_makes_one_request(self, cast: Cast) -> None:
        browser = signed_in(cast.applicant)
        first, second = (post(browser, form_token="one-time") for _ in range(2))
        assert first.url == second.url
        with tenancy.as_system():
            assert AccessRequest.objects.count() == 1

    def test_is_where_whoever_has_no_site_lands(self, cast: Cast) -> None:
        assert signed_in(cast.applicant).get("/").url == "/access/"
        assert signed_in(cast.applicant).get("/access/").status_code == 200

    def test_is_also_for_somebody_who_has_a_site(self, cast: Cast) -> None:
        response = post(signed_in(cast.sales), "7403808")
        assert response.status_code == 302
        with tenancy.as_system():
            assert AccessRequest.objects.get().user_id == cast.sales.user_id

    def test_is_not_for_the_vendors_people(self, cast: Cast) -> None:
        assert post(signed_in(cast.care)).status_code == 403

    def test_says_when_one_has_access_already(self, cast: Cast) -> None:
        page = post(signed_in(cast.sales), KNOWN)
        assert "You have access to this site already" in page.content.decode()


class TestAnUnknownNumber:
    """Indistinguishable from a known one: in the answer, in the time, and in the work done."""

    def test_gets_the_same_page(self, cast: Cast) -> None:
        pages = []
        for name, number in (("Petra New", KNOWN), ("Petra New", UNKNOWN)):
            browser = signed_in(make_user(name))
            pages.append(_plain(browser.get(post(browser, number).url), name, number))
        assert pages[0] == pages[1]

    def test_costs_the_same_statements(self, cast: Cast) -> None:
        known, unknown = (self._statements(make_user("Petra New"), number) for number in (KNOWN, UNKNOWN))
        assert known == unknown
        assert not any("identity_site" in statement for statement in known)

    def _statements(self, who, number: str) -> list[str]:
        browser = signed_in(who)
        with CaptureQueriesContext(connection) as queries:
            assert post(browser, number).status_code == 302
        return [_without_values(query["sql"]) for query in queries]

    def test_shows_the_same_page_once_the_job_has_looked(self, cast: Cast) -> None:
        pages = []
        for name, number in (("Petra New", KNOWN), ("Petra New", UNKNOWN)):
            who = make_user(name)
            request = asked(who, number)
            pages.append(_plain(signed_in(who).get(f"/access/{request.public_id}/"), name, number))
        assert pages[0] == pages[1]

    def test_promises_the_same_date(self, cast: Cast) -> None:
        known, unknown = ask(make_user("Petra One")), ask(make_user("Petra Two"), UNKNOWN)
        assert known.due_at == unknown.due_at

    def test_leaves_nothing_in_the_applicants_reach_that_tells(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        columns = {field.name for field in AccessRequest._meta.get_fields()}
        assert not columns & {"site", "case", "problem", "route"}
        with tenancy.scope(actor(cast.applicant)):
            assert AccessRequest.objects.get() == request
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                list(AccessCase.objects.all())


def _without_values(sql: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|\b\d+\b|_x\d+", "?", sql)


def _plain(page, name: str, number: str) -> str:
    text = page.content.decode()
    text = re.sub(r'name="(csrfmiddlewaretoken|form_token)" value="[^"]*"', "", text)
    text = re.sub(r"/access/[a-z0-9]{12}/", "/access/~/", text)
    text = re.sub(r'data-user="[^"]*"|\bid="[a-z]+-[0-9a-f]+"|[a-z]+\d+@people\.example', "", text)
    text = re.sub(r"<time.*?</time>", "", text)
    return text.replace(name, "~").replace(number, "~")


class TestTheLimits:
    def test_one_open_request_for_each_number(self, cast: Cast) -> None:
        ask(cast.applicant)
        with pytest.raises(actions.AlreadyAsked):
            ask(cast.applicant)
        assert ask(cast.applicant, UNKNOWN)

    def test_the_number_may_be_asked_again_after_a_withdrawal(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        do(cast.applicant, actions.withdraw_request, request.public_id)
        assert ask(cast.applicant).id != request.id

    def test_five_a_day_with_the_same_answer_for_every_number(self, cast: Cast) -> None:
        for number in range(actions.REQUESTS_A_DAY):
            ask(cast.applicant, f"{1000000 + number}", now=timezone.now())
        answers = [_plain(post(signed_in(cast.applicant), n), "Petra Newman", n) for n in (KNOWN, UNKNOWN)]
        assert "as many requests as one can send in a day" in answers[0]
        assert answers[0] == answers[1]

    def test_the_next_day_one_can_ask_again(self, cast: Cast) -> None:
        for number in range(actions.REQUESTS_A_DAY):
            ask(cast.applicant, f"{1000000 + number}")
        assert ask(cast.applicant, now=NOW + timedelta(days=1, minutes=1))


class TestWithdrawing:
    def test_ends_the_request_and_the_case(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        browser = signed_in(cast.applicant)
        browser.post(f"/access/{case.public_id}/withdraw/")
        assert again(case).status == RequestStatus.WITHDRAWN
        assert "Ask again" in browser.get(f"/access/{case.public_id}/").content.decode()

    def test_too_late_is_answered_clearly(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.primary, actions.approve_request, case.public_id)
        page = signed_in(cast.applicant).post(f"/access/{case.public_id}/withdraw/")
        assert page.status_code == 409
        assert "It was decided meanwhile" in page.content.decode()

    def test_anothers_request_is_not_there(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        stranger = signed_in(make_user("Some Body"))
        assert stranger.get(f"/access/{request.public_id}/").status_code == 404
        assert stranger.post(f"/access/{request.public_id}/withdraw/").status_code == 404
        assert signed_in(cast.care).get(f"/access/{request.public_id}/").status_code == 404


class TestTheRecord:
    def test_the_request_is_audited_and_confirmed_to_the_applicant(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="access.requested")
        assert (event.user_id, event.object_id, event.site_id) == (cast.applicant.id, request.public_id, None)
        (notice,) = notices("access.sent")
        assert notice["audiences"] == [{"to": "user", "user_id": cast.applicant.id, "site_id": None}]

    def test_a_rejected_request_is_offered_again_with_its_content(self, cast: Cast) -> None:
        case = asked(cast.applicant, message="Ask Amira")
        do(cast.primary, actions.reject_request, case.public_id, code="incomplete", text="Who are you?")
        page = signed_in(cast.applicant).get(f"/access/?again={case.public_id}").content.decode()
        assert "Ask Amira" in page
        assert 'value="7403807"' in page
