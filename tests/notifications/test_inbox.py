"""One's own inbox: what one was told at this site, and nobody else's."""

from __future__ import annotations

import html
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, StaffRole, User
from notifications import queries
from notifications.actions import Audience
from notifications.models import InboxItem
from notifications.queries import unread_count
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member, make_site

from .world import AT_ONCE, expand, inbox_of, say

pytestmark = pytest.mark.django_db


def told(cast: Cast, count: int = 1) -> list[InboxItem]:
    for number in range(count):
        reference = f"DR-{number}"
        say(AT_ONCE, Audience.site(cast.site.id), key=reference, context={"reference": reference})
    expand()
    return inbox_of(cast.sales)


def page(browser: Client, address: str = "/notifications/") -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


class TestTheInbox:
    def test_shows_what_one_was_told_the_newest_first(self, cast: Cast) -> None:
        told(cast, 2)
        shown = page(signed_in(cast.sales))
        assert shown.index("Deal DR-1 was approved") < shown.index("Deal DR-0 was approved")

    def test_shows_what_a_first_sentence_announces_and_leaves_the_rest_to_the_page(self) -> None:
        assert queries.beginning(["She wrote:", "Hello.", "Answer her."]) == ["She wrote:", "Hello."]
        assert queries.beginning(["It is approved.", "Its number is 7."]) == ["It is approved."]

    def test_is_empty_for_whoever_was_told_nothing(self, cast: Cast) -> None:
        told(cast)
        shown = page(signed_in(cast.rival))
        assert "DR-0" not in shown
        assert "Nothing here yet" in shown

    def test_asks_no_more_of_the_database_for_three_rows_than_for_one(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        counts = []
        for number in (0, 2):
            told(cast, number + 1)
            page(browser)
            with CaptureQueriesContext(connection) as queries:
                page(browser)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_has_pages(self, cast: Cast) -> None:
        told(cast, 30)
        browser = signed_in(cast.sales)
        first = page(browser)
        assert "DR-29 was" in first
        assert "DR-4 was" not in first
        (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
        second = page(browser, html.unescape(following))
        assert "DR-4 was" in second
        assert "DR-29 was" not in second

    def test_can_be_narrowed_to_what_is_unread(self, cast: Cast) -> None:
        _, newer = told(cast, 2)
        browser = signed_in(cast.sales)
        browser.get(f"/notifications/{newer.public_id}/")
        shown = page(browser, "/notifications/?show=unread")
        assert "DR-0" in shown
        assert "DR-1" not in shown

    def test_shows_a_notice_of_an_app_that_is_gone(self, cast: Cast) -> None:
        told(cast)
        with tenancy.as_system():
            InboxItem.objects.update(kind="test.gone")
        assert "no longer there" in page(signed_in(cast.sales))

    def test_needs_somebody_signed_in(self, client: Client) -> None:
        assert client.get("/notifications/").status_code == 302


class TestReading:
    def test_opening_marks_read_and_goes_to_what_it_is_about(self, cast: Cast) -> None:
        (item,) = told(cast)
        browser = signed_in(cast.sales)
        response = browser.get(f"/notifications/{item.public_id}/")
        assert (response.status_code, response["Location"]) == (302, "/deals/x/")
        assert inbox_of(cast.sales)[0].read_at is not None

    def test_opening_again_keeps_when_it_was_first_read(self, cast: Cast) -> None:
        (item,) = told(cast)
        browser = signed_in(cast.sales)
        browser.get(f"/notifications/{item.public_id}/")
        first = inbox_of(cast.sales)[0].read_at
        browser.get(f"/notifications/{item.public_id}/")
        assert inbox_of(cast.sales)[0].read_at == first

    def test_one_can_be_marked_read_without_opening(self, cast: Cast) -> None:
        (item,) = told(cast)
        back = "/notifications/?show=unread"
        response = signed_in(cast.sales).post(f"/notifications/{item.public_id}/read/", {"next": back})
        assert response["Location"] == back
        assert inbox_of(cast.sales)[0].read_at is not None

    def test_all_can_be_marked_read_at_once_and_only_ones_own(self, cast: Cast) -> None:
        told(cast, 2)
        response = signed_in(cast.sales).post("/notifications/read/", follow=True)
        assert "2 notices were marked as read." in response.content.decode()
        assert all(item.read_at for item in inbox_of(cast.sales))
        assert not any(item.read_at for item in inbox_of(cast.primary))

    @pytest.mark.parametrize("who", ["rival", "primary", "deal_desk", "applicant"])
    def test_nobody_opens_or_reads_anothers(self, cast: Cast, who: str) -> None:
        (item,) = told(cast)
        browser = signed_in(getattr(cast, who))
        assert browser.get(f"/notifications/{item.public_id}/").status_code == 404
        assert browser.post(f"/notifications/{item.public_id}/read/").status_code == 404
        assert inbox_of(cast.sales)[0].read_at is None


class TestTheCount:
    def test_is_of_what_is_unread(self, cast: Cast) -> None:
        first, *_ = told(cast, 3)
        with tenancy.as_system():
            InboxItem.objects.filter(id=first.id).update(read_at=timezone.now())
        with tenancy.scope(actor(cast.sales)):
            assert unread_count(actor(cast.sales)) == 2

    def test_takes_one_query(self, cast: Cast) -> None:
        told(cast, 3)
        with tenancy.scope(actor(cast.sales)), CaptureQueriesContext(connection) as queries:
            unread_count(actor(cast.sales))
        assert len(queries) == 1

    def test_stands_on_every_page(self, cast: Cast) -> None:
        told(cast, 2)
        assert 'data-unread="2"' in page(signed_in(cast.sales))


class TestSeveralSites:
    def test_one_sees_what_concerns_the_current_site_and_what_concerns_none(self, cast: Cast) -> None:
        other = make_site("Second Office")
        make_member(other, "Nadia Farouk", user=cast.sales.user)
        say(AT_ONCE, Audience.site(cast.site.id), key="here", context={"reference": "HERE"})
        say(AT_ONCE, Audience.site(other.id), key="there", context={"reference": "THERE"})
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="me", context={"reference": "ME"})
        expand()
        shown = page(signed_in(cast.sales))
        assert "HERE" in shown
        assert "ME" in shown
        assert "THERE" not in shown

    def test_opening_what_concerns_another_of_ones_sites_offers_to_work_for_it(self, cast: Cast) -> None:
        other = make_site("Second Office")
        make_member(other, "Nadia Farouk", user=cast.sales.user)
        say(AT_ONCE, Audience.site(other.id), key="there")
        expand()
        (item,) = inbox_of(cast.sales)
        browser = signed_in(cast.sales)
        assert "Second Office" in page(browser, f"/notifications/{item.public_id}/")
        response = browser.post(f"/notifications/{item.public_id}/switch/", follow=False)
        assert response["Location"] == f"/notifications/{item.public_id}/"
        assert browser.get(response["Location"])["Location"] == "/deals/x/"

    def test_nobody_is_offered_anothers(self, cast: Cast) -> None:
        (item,) = told(cast)
        assert signed_in(cast.rival).post(f"/notifications/{item.public_id}/switch/").status_code == 404

    def test_after_leaving_a_site_what_was_told_there_is_gone(self, cast: Cast) -> None:
        told(cast)
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="me", context={"reference": "ME"})
        expand()
        browser = signed_in(cast.sales)
        assert "DR-0" in page(browser)
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
        shown = page(browser)
        assert "DR-0" not in shown
        assert "ME" in shown


class TestTheVendorsPeople:
    def test_see_what_their_team_was_told(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.staff(StaffRole.DEAL_DESK), key="1")
        expand()
        assert "DR-1" in page(signed_in(cast.deal_desk))

    def test_take_nothing_of_it_along_when_they_leave(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.staff(StaffRole.DEAL_DESK), key="1")
        expand()
        browser = signed_in(cast.deal_desk)
        with tenancy.as_system():
            User.objects.filter(id=cast.deal_desk.id).update(staff_roles=[])
            make_member(cast.site, "Dana Desk", user=cast.deal_desk)
        assert "DR-1" not in page(browser)


class TestPolicies:
    def test_nothing_but_the_time_of_reading_can_be_changed(self, cast: Cast) -> None:
        told(cast)
        with tenancy.scope(actor(cast.sales)):
            assert InboxItem.objects.update(read_at=timezone.now()) == 1
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                InboxItem.objects.update(href="/elsewhere/")

    def test_no_row_is_made_or_removed_by_people(self, cast: Cast) -> None:
        (item,) = told(cast)
        with tenancy.scope(actor(cast.sales)):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                InboxItem.objects.filter(id=item.id).delete()
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                InboxItem.objects.bulk_create([InboxItem(user_id=cast.rival.user_id, created_at=timezone.now(), notice_id=item.notice_id)])  # fmt: skip  # noqa: E501
