"""What a link opens: one line, to whoever has it, for as long as it is good; and what opening it changes, nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity import tenancy
from provisioning.lines.due import close_due
from provisioning.models import LineStatus, SetupLine, SetupLink, Waiting
from tests.cast import Cast, signed_in
from tests.provisioning.made import make_line, make_secret
from tests.provisioning.wizard.walking import Walker, to_the_confirmation

pytestmark = pytest.mark.django_db
PAGES = ("start", "stopped", "ordered", "services", "progress")


def everything() -> dict[str, list[Any]]:
    """All rows of what is set up, and of what people are told."""
    with tenancy.as_system():
        return {
            model._meta.label: list(model.objects.order_by("pk").values())
            for app in ("provisioning", "notifications", "identity", "orders")
            for model in apps.get_app_config(app).get_models()
        }


def over(line: SetupLine, **values: Any) -> None:
    with tenancy.as_system():
        SetupLine.objects.filter(id=line.id).update(waits_for="", due_at=None, **values)


class TestWhoeverHasALink:
    def test_sees_what_is_to_be_set_up(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        page = Walker(line).open()
        assert page.status_code == 200
        assert line.order_number in page.content.decode()

    def test_is_told_nothing_of_another_line(self, cast: Cast) -> None:
        line, other = make_line(cast.site), make_line(cast.rival_site)
        walker = Walker(line)
        walker.open()
        assert other.order_number not in walker.text

    @pytest.mark.parametrize("who", ["primary", "rival", "deal_desk"])
    def test_is_let_in_by_it_alone_whoever_is_signed_in(self, cast: Cast, who: str) -> None:
        line = make_line(cast.site)
        walker = Walker(line, client=signed_in(getattr(cast, who)))
        assert walker.open().status_code == 200
        assert line.order_number in walker.text

    def test_needs_no_second_factor_for_it_even_where_they_do_elsewhere(
        self, cast: Cast, settings: Any
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = frozenset({"primary"})
        client = signed_in(cast.primary)
        assert client.get("/").status_code == 302
        assert Walker(make_line(cast.site), client=client).open().status_code == 200

    def test_stays_signed_in_as_themselves_elsewhere(self, cast: Cast) -> None:
        client = signed_in(cast.primary)
        Walker(make_line(cast.site), client=client).open()
        assert client.get("/").status_code == 200

    @pytest.mark.parametrize("page", PAGES)
    def test_has_an_address_that_goes_nowhere_is_not_kept_and_not_found(self, cast: Cast, page: str) -> None:
        response = Walker(make_line(cast.site)).open(page)
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "noindex" in response.headers["X-Robots-Tag"]

    def test_reads_in_the_language_of_the_mail(self, cast: Cast) -> None:
        walker = Walker(make_line(cast.site, contact_language="ar"))
        assert walker.open().headers["Content-Language"] == "ar"
        assert 'dir="rtl"' in walker.text

    def test_chooses_another_language_and_keeps_what_was_typed(self, cast: Cast) -> None:
        walker = Walker(make_line(cast.site, contact_language="ar"))
        walker.open()
        walker.send(role="partner", language="pl")
        assert walker.step == "role"
        assert 'lang="pl"' in walker.text
        assert walker.chosen("role") == "partner"
        assert walker.open().headers["Content-Language"] == "pl"


class TestASecretThatOpensNothing:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_answered_as_an_address_that_does_not_exist(self, cast: Cast, page: str) -> None:
        make_line(cast.site)
        response = Client().get(reverse(f"setup:{page}", args=["no-such-secret"]))
        assert response.status_code == 404
        assert response.headers["Referrer-Policy"] == "no-referrer"

    def test_is_not_the_hash_that_is_kept(self, cast: Cast) -> None:
        make_secret(make_line(cast.site), now=timezone.now())
        with tenancy.as_system():
            kept = SetupLink.objects.get().digest
        assert Client().get(reverse("setup:start", args=[kept])).status_code == 404

    def test_nor_does_sending_a_form_to_it(self, cast: Cast) -> None:
        response = Client().post(reverse("setup:start", args=["no-such-secret"]), {"role": "partner"})
        assert response.status_code == 404


class TestALinkThatIsOver:
    """410: it says why and how to go on, and names neither customer nor partner."""

    @pytest.fixture
    def line(self, cast: Cast) -> SetupLine:
        return make_line(cast.site, status=LineStatus.AWAITING_DETAILS)

    def answer(self, line: SetupLine, page: str = "start", **link: Any) -> str:
        walker = Walker(line, **link)
        assert walker.open(page).status_code == 410
        assert walker.page.headers["Referrer-Policy"] == "no-referrer"
        for name in (line.customer_name, line.reseller_name, line.order_number, line.contact_email):
            assert name not in walker.text
        assert walker.send(role="partner").status_code == 410
        return walker.text

    def test_because_it_is_too_old(self, line: SetupLine) -> None:
        now = timezone.now()
        link = {"sent_at": now - timedelta(days=91), "expires_at": now - timedelta(days=1)}
        assert "This link is too old" in self.answer(line, **link)

    def test_because_another_was_sent(self, line: SetupLine) -> None:
        assert "This link was replaced" in self.answer(line, revoked_at=timezone.now())

    def test_because_the_line_was_closed(self, line: SetupLine) -> None:
        over(line, status=LineStatus.CLOSED, closed_at=timezone.now())
        assert "can open it again" in self.answer(line)

    def test_because_the_line_was_closed_by_itself_and_not_as_another_link_was_sent(
        self, line: SetupLine
    ) -> None:
        walker, now = Walker(line), timezone.now()
        with tenancy.as_system():
            SetupLine.objects.filter(id=line.id).update(waits_for=Waiting.CLOSE, due_at=now)
        assert close_due(now=now) == 1
        assert walker.open().status_code == 410
        assert "can open it again" in walker.text
        assert "This link was replaced" not in walker.text

    @pytest.mark.parametrize("page", PAGES)
    def test_because_the_order_was_called_off(self, line: SetupLine, page: str) -> None:
        over(line, status=LineStatus.CANCELLED)
        assert "called off" in self.answer(line, page)


class TestAScanner:
    """Mail programs open the links in a mail before anybody reads it."""

    def test_that_opens_every_page_changes_nothing(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        walker = Walker(line)
        before = everything()
        for page in PAGES:
            walker.open(page)
            walker.client.head(walker.url(page))
            walker.client.get(walker.url(page), {"role": "partner", "step": "role", "why": "partner"})
        assert everything() == before

    def test_changes_nothing_once_the_organisations_are_confirmed_either(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        walker = to_the_confirmation(line)
        walker.send()
        before = everything()
        for page in PAGES:
            walker.open(page)
        assert everything() == before
        assert walker.open("services").status_code == 200

    def test_while_a_person_who_sends_the_form_begins(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        walker = Walker(line)
        walker.open()
        walker.send(role="partner")
        with tenancy.as_system():
            line.refresh_from_db()
        assert line.begun_at is not None
