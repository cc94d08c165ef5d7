"""Changing the primary contact goes through customer care; sites and their people as staff see them."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection

from accounts import actions
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, Membership, Standing, Tool
from tests.accounts.asking import NOW, again, asked, do
from tests.accounts.mailbox import notices
from tests.cast import Cast, actor, make_cast, signed_in
from tests.factories import make_member, make_site

pytestmark = pytest.mark.django_db


def change(cast: Cast, who, **extra: str) -> Membership:
    extra = {"reason": "Amira moved on"} | extra
    return do(who, actions.change_primary, cast.site.public_id, cast.sales.public_id, **extra)


class TestChangingThePrimaryContact:
    def test_is_customer_cares(self, cast: Cast) -> None:
        change(cast, cast.care)
        assert again(cast.sales).standing == Standing.PRIMARY
        assert set(again(cast.sales).tools) == set(Tool.values)

    @pytest.mark.parametrize("who", ["primary", "secondary", "sales", "rival", "deal_desk"])
    def test_is_nobody_elses(self, cast: Cast, who: str) -> None:
        with pytest.raises((PrivilegeMissing, DatabaseError)):
            change(cast, getattr(cast, who))
        assert again(cast.primary).standing == Standing.PRIMARY

    @pytest.mark.parametrize("former", [Standing.SECONDARY, Standing.MEMBER])
    def test_leaves_the_former_one_a_place(self, cast: Cast, former: str) -> None:
        change(cast, cast.care, former=former)
        assert again(cast.primary).standing == former

    def test_needs_a_reason(self, cast: Cast) -> None:
        form = {"member": cast.sales.public_id, "former": "secondary", "reason": ""}
        page = signed_in(cast.care).post(f"/sites/{cast.site.public_id}/primary/", form)
        assert page.status_code == 422
        assert again(cast.primary).standing == Standing.PRIMARY

    def test_tells_both_and_the_secondaries(self, cast: Cast) -> None:
        change(cast, cast.care)
        users = {kind: [a["user_id"] for n in notices(kind) for a in n["audiences"]] for kind in (
            "member.you_are_primary", "member.you_are_not_primary", "member.primary_changed")}  # fmt: skip
        assert users == {
            "member.you_are_primary": [cast.sales.user_id],
            "member.you_are_not_primary": [cast.primary.user_id],
            "member.primary_changed": [cast.secondary.user_id],
        }

    def test_is_audited_on_both_with_the_reason(self, cast: Cast) -> None:
        change(cast, cast.care)
        with tenancy.as_system():
            made = AuditEvent.objects.get(event="membership.primary_made")
            ended = AuditEvent.objects.get(event="membership.primary_ended")
        assert (made.site_id, made.detail["reason"]) == (cast.site.id, "Amira moved on")
        assert ended.object_id == cast.primary.public_id

    def test_takes_a_member_of_that_site_only(self, cast: Cast) -> None:
        form = {"member": cast.rival.public_id, "former": "secondary", "reason": "x"}
        page = signed_in(cast.care).post(f"/sites/{cast.site.public_id}/primary/", form)
        assert page.status_code == 422

    def test_works_on_the_page(self, cast: Cast) -> None:
        browser = signed_in(cast.care)
        path = f"/sites/{cast.site.public_id}/primary/"
        assert "Amira Haddad" in browser.get(path).content.decode()
        form = {"member": cast.sales.public_id, "former": "member", "reason": "She left"}
        assert browser.post(path, form).status_code == 302
        assert again(cast.sales).standing == Standing.PRIMARY

    def test_two_primaries_the_database_itself_refuses(self, cast: Cast) -> None:
        with pytest.raises(DatabaseError, match="membership_one_primary"), tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(standing=Standing.PRIMARY)


class TestSites:
    @pytest.mark.parametrize("typed", ["7403807", "740 3807", "Nile", "nile sys"])
    def test_are_found_by_number_or_name(self, cast: Cast, typed: str) -> None:
        page = signed_in(cast.care).get("/sites/", {"q": typed}).content.decode()
        assert "Nile Systems" in page
        assert "Vistula Integrators" not in page

    def test_with_leading_zeros_left_out(self, cast: Cast) -> None:
        make_site("Old Harbour", number="0009100")
        assert "Old Harbour" in signed_in(cast.care).get("/sites/?q=9100").content.decode()

    def test_show_their_people(self, cast: Cast) -> None:
        asked(cast.applicant)
        page = signed_in(cast.care).get(f"/sites/{cast.site.public_id}/").content.decode()
        for name in ("Amira Haddad", "Samir Aziz", "Nadia Farouk", "Petra Newman"):
            assert name in page

    def test_are_read_by_the_deal_desk_too_with_the_button_shut(self, cast: Cast) -> None:
        page = signed_in(cast.deal_desk).get(f"/sites/{cast.site.public_id}/")
        assert page.status_code == 200
        assert "another team of the vendor" in page.content.decode()
        assert signed_in(cast.deal_desk).get(f"/sites/{cast.site.public_id}/primary/").status_code == 403

    def test_are_not_for_partners(self, cast: Cast) -> None:
        assert signed_in(cast.primary).get("/sites/").status_code == 403
        assert signed_in(cast.primary).get(f"/sites/{cast.site.public_id}/").status_code == 403


class TestCustomerCaresQueue:
    @pytest.fixture
    def cases(self, cast: Cast) -> None:
        make_member(cast.site, "Unused")
        asked(cast.applicant)  # with the site
        asked(cast.applicant, "1234567")  # number not found
        asked(cast.sales.user, "7403808", primary=True)  # an authorisation form

    @pytest.mark.parametrize(
        ("view", "shown", "hidden"),
        [
            ("", ["1234567", "7403808"], ["7403807"]),
            ("?view=sites", ["7403807"], ["1234567", "7403808"]),
            ("?view=not_found", ["1234567"], ["7403807", "7403808"]),
            ("?kind=authorisation", ["7403808"], ["1234567", "7403807"]),
            ("?q=1234", ["1234567"], ["7403808"]),
            ("?view=overdue", ["1234567", "7403807", "7403808"], []),  # asked in March
            ("?view=decided", [], ["1234567", "7403807", "7403808"]),
            ("?view=nonsense&kind=nonsense", ["1234567", "7403808"], ["7403807"]),
        ],
    )
    def test_has_views_and_filters(self, cast: Cast, cases: None, view: str, shown, hidden) -> None:
        page = signed_in(cast.care).get(f"/access/queue/{view}")
        assert page.status_code == 200
        text = page.content.decode()
        table = text[text.index("<main") :].replace('value="1234"', "")
        assert [number for number in (*shown, *hidden) if number in table] == shown

    def test_refuses_a_cursor_that_is_none(self, cast: Cast) -> None:
        assert signed_in(cast.care).get("/access/queue/?cursor=made-up").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_somebody_removed_at_the_same_moment_does_not_come_back_as_the_primary_contact() -> None:
    cast = make_cast()
    outcomes: list[str] = []

    def promote() -> None:
        try:
            change(cast, cast.care)
            outcomes.append("done")
        except Membership.DoesNotExist:
            outcomes.append("gone")
        finally:
            connection.close()

    thread = threading.Thread(target=promote)
    with tenancy.scope(actor(cast.primary)):
        actions.remove_member(cast.sales.public_id, by=actor(cast.primary), now=NOW)
        thread.start()
        thread.join(1)  # it waits for the row
    thread.join(20)
    assert outcomes == ["gone"]
    assert not again(cast.sales).is_active
