"""The profile, one's sites and sessions, and customer care one click away (A11)."""

from __future__ import annotations

import secrets

import pytest
from django.test import Client

from identity import tenancy
from identity.models import Session, Standing, User
from notifications.models import Mail
from tests.accounts.asking import again, asked
from tests.cast import Cast, signed_in
from tests.factories import PASSWORD, make_member, make_user

pytestmark = pytest.mark.django_db
PROFILE = {"name": "Nadia F.", "language": "pl", "time_zone": "Europe/Warsaw"}


def sign_in(email: str, agent: str = "") -> Client:
    client = Client(headers={"user-agent": agent} if agent else {})
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    return client


class TestTheProfile:
    @pytest.mark.parametrize("who", ["sales", "applicant", "care", "distributor"])
    def test_is_for_everybody(self, cast: Cast, who: str) -> None:
        assert signed_in(getattr(cast, who)).get("/profile/").status_code == 200

    def test_keeps_name_language_and_time_zone(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        assert browser.post("/profile/", PROFILE).url == "/profile/"
        user = again(cast.sales.user)
        assert (user.name, user.language, user.time_zone) == ("Nadia F.", "pl", "Europe/Warsaw")
        assert browser.get("/profile/").headers["Content-Language"] == "pl"

    @pytest.mark.parametrize(
        "bad",
        [
            {"name": ""},
            {"name": "x" * 121},
            {"language": "xx"},
            {"time_zone": "Mars/Base"},
            {"time_zone": ""},
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, cast: Cast, bad: dict[str, str]) -> None:
        page = signed_in(cast.sales).post("/profile/", PROFILE | bad)
        assert page.status_code == 422
        assert 'class="error"' in page.content.decode()
        assert again(cast.sales.user).language == ""

    def test_changes_nobody_elses(self, cast: Cast) -> None:
        signed_in(cast.sales).post("/profile/", PROFILE)
        with tenancy.as_system():
            assert User.objects.filter(language="pl").count() == 1

    def test_lists_ones_sites_and_requests(self, cast: Cast) -> None:
        make_member(cast.rival_site, "Nadia", user=cast.sales.user)
        asked(cast.sales, "5551234")
        page = signed_in(cast.sales).get("/profile/").content.decode()
        for words in ("Nile Systems", "Vistula Integrators", "5551234"):
            assert words in page


class TestSessions:
    def test_are_listed_with_the_browser_they_are_in(self) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        sign_in(petra.email, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit Version/18.0 Safari/604.1")
        here = sign_in(petra.email, "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
        page = here.get("/profile/").content.decode()
        assert "Safari on iPhone" in page
        assert "Firefox on Windows" in page

    def test_never_tell_their_keys(self) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        other, here = sign_in(petra.email), sign_in(petra.email)
        page = here.get("/profile/").content.decode()
        assert other.session.session_key not in page
        assert here.session.session_key not in page

    def test_can_be_ended_everywhere_else(self) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        other, here = sign_in(petra.email), sign_in(petra.email)
        here.post("/profile/sessions/")
        assert other.get("/session/").status_code == 401
        assert here.get("/session/").status_code == 200

    def test_can_be_ended_one_by_one(self, cast: Cast) -> None:
        browsers = [sign_in(cast.sales.email) for _ in range(3)]
        page = browsers[0].get("/profile/").content.decode()
        handle = page.partition('name="session" value="')[2].partition('"')[0]
        browsers[0].post("/profile/sessions/", {"session": handle})
        assert sorted(b.get("/session/").status_code for b in browsers) == [200, 200, 401]

    def test_of_others_cannot_be_touched(self, cast: Cast) -> None:
        petra = make_user("Petra New", "petra@nowa.example")
        theirs = sign_in(petra.email)
        page = theirs.get("/profile/")
        assert page.status_code == 200
        mallory = signed_in(cast.applicant)
        assert mallory.post("/profile/sessions/", {"session": "made-up"}).status_code == 404
        mallory.post("/profile/sessions/")
        with tenancy.as_system():
            assert Session.objects.filter(user_id=petra.id).exists()


class TestHelp:
    FORM = {"name": "Petra", "email": "petra@nowa.example", "subject": "No access", "message": "What now?"}

    def from_anywhere(self) -> Client:
        """A browser at an address of its own: questions are counted by address."""
        return Client(REMOTE_ADDR=f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}")

    def test_is_one_click_from_every_page(self, cast: Cast) -> None:
        for browser, path in ((signed_in(cast.sales), "/users/"), (Client(), "/account/login/")):
            assert 'href="/help/"' in browser.get(path).content.decode()

    def test_says_what_is_promised_and_what_to_try_first(self, settings) -> None:
        settings.CUSTOMER_CARE = settings.CUSTOMER_CARE | {"response_hours": 3}
        page = Client().get("/help/").content.decode()
        assert "3 hours" in page
        assert settings.CUSTOMER_CARE["email"] in page
        assert "What to try first" in page

    def test_writes_to_customer_care_with_an_address_to_answer_to(self, settings) -> None:
        assert self.from_anywhere().post("/help/", self.FORM).url == "/help/"
        with tenancy.as_system():
            mail = Mail.objects.get(to=settings.CUSTOMER_CARE["email"])
        assert mail.letter["subject"] == "No access"
        assert mail.letter["reply_to"] == "petra@nowa.example"
        assert mail.letter["paragraphs"][0] == "What now?"

    def test_says_for_whom_a_member_of_a_site_writes(self, cast: Cast, settings) -> None:
        signed_in(cast.sales).post("/help/", self.FORM)
        with tenancy.as_system():
            mail = Mail.objects.get(to=settings.CUSTOMER_CARE["email"])
        assert "Nile Systems (7403807)" in mail.letter["paragraphs"]

    @pytest.mark.parametrize(
        "bad",
        [{"email": "x"}, {"message": ""}, {"message": "x" * 5001}, {"subject": "x" * 151}, {"name": ""}],
    )
    def test_says_at_the_field_what_is_wrong(self, bad: dict[str, str]) -> None:
        page = self.from_anywhere().post("/help/", self.FORM | bad)
        assert page.status_code == 422
        assert 'class="error"' in page.content.decode()

    def test_takes_a_line_break_in_the_subject_for_what_it_is(self, settings) -> None:
        self.from_anywhere().post("/help/", self.FORM | {"subject": "Hello\nBcc: all@nowa.example"})
        with tenancy.as_system():
            subjects = [mail.letter["subject"] for mail in Mail.objects.all()]
        assert all("\n" not in subject for subject in subjects)

    def test_is_limited_to_a_few_questions_an_hour(self) -> None:
        browser = self.from_anywhere()
        answers = [browser.post("/help/", self.FORM).status_code for _ in range(6)]
        assert answers == [302] * 5 + [429]


class TestLists:
    """Each list asks the database as often for three rows as for one."""

    @pytest.mark.parametrize(
        ("path", "who"),
        [
            ("/users/", "primary"),
            ("/users/requests/", "primary"),
            ("/users/invitations/", "primary"),
            ("/access/queue/?view=sites", "care"),
            ("/access/queue/", "care"),
            ("/sites/", "care"),
            ("/access/", "applicant"),
            ("/profile/", "applicant"),
        ],
    )
    def test_cost_the_same_for_one_row_and_for_three(self, cast: Cast, path: str, who: str) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        counts = []
        for more in range(2):
            self.fill(cast, rows=1 if not more else 2, start=more)
            browser = signed_in(getattr(cast, who))
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def fill(self, cast: Cast, *, rows: int, start: int) -> None:
        from accounts import actions
        from tests.accounts.asking import do
        from tests.factories import make_site

        for number in range(start * 10, start * 10 + rows):
            make_site(f"Site {number}", number=f"77{number:05}")
            make_member(cast.site, f"Member {number}")
            asked(make_user(f"Asker {number}"))
            asked(make_user(f"Lost {number}"), f"88{number:05}")
            asked(cast.applicant, f"99{number:05}")
            do(cast.primary, actions.add_member, f"invited{number}@new.example", name="Invited")
            sign_in(cast.applicant.email)


def test_standings_have_an_order_in_the_list_of_a_site() -> None:
    from accounts.views.sites import ORDER

    assert set(ORDER) == set(Standing)
