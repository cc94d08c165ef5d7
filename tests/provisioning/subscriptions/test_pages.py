"""The pages of subscriptions: the list with its filters in the address, the page of one, and what is done there."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity import tenancy
from identity.models import StaffRole, Tool
from provisioning.models import Subscription
from tests.cast import Cast, signed_in
from tests.factories import make_member, make_user
from tests.provisioning.made import make_line, make_organisation
from tests.provisioning.subscriptions.made import make_subscription, make_trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def amira(cast: Cast) -> Client:
    return signed_in(cast.primary)


def listed(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/subscriptions/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def page(browser: Client, one: Subscription) -> str:
    answer = browser.get(f"/subscriptions/{one.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def post(browser: Client, one: Subscription, name: str, **sent: Any) -> Any:
    return browser.post(f"/subscriptions/{one.public_id}/{name}/", {"version": one.version, **sent})


def now_of(one: Subscription) -> Subscription:
    with tenancy.as_system():
        return Subscription.objects.get(id=one.id)


class TestTheList:
    def test_shows_what_the_site_stands_on(self, cast: Cast, amira: Client) -> None:
        ours, theirs = make_subscription(cast.site), make_subscription(cast.rival_site)
        words = listed(amira)
        assert ours.number in words
        assert ours.organisation_name in words
        assert theirs.number not in words
        assert theirs.number in listed(signed_in(cast.rival))

    def test_shows_the_distributor_those_that_name_it(self, cast: Cast) -> None:
        named = make_subscription(cast.site, distributor=cast.distributor_site)
        other = make_subscription(cast.site)
        member = make_member(cast.distributor_site, "Rana Report", tools=[Tool.REPORTING])
        words = listed(signed_in(member))
        assert named.number in words
        assert other.number not in words

    def test_shows_the_vendors_people_all(self, cast: Cast) -> None:
        both = make_subscription(cast.site), make_subscription(cast.rival_site)
        words = listed(signed_in(make_user("Olga", staff_roles=[StaffRole.CHANNEL_OPERATIONS])))
        assert all(one.number in words for one in both)

    def test_is_for_those_who_order_quote_or_report(self, cast: Cast) -> None:
        assert signed_in(cast.newcomer).get("/subscriptions/").status_code == 403

    def test_narrows_by_state_service_and_name_by_its_address(self, cast: Cast, amira: Client) -> None:
        running = make_subscription(cast.site, services=["calling"], organisation_name="Oasis Hotels")
        trial = make_trial(cast.site, services=["meetings"], organisation_name="Palm Clinics")
        for query, shown, hidden in (
            ("?show=active", running, trial),
            ("?show=trials", trial, running),
            ("?service=calling", running, trial),
            ("?q=Palm", trial, running),
            (f"?q={running.number.lower()}", running, trial),
        ):
            words = listed(amira, query)
            assert shown.number in words, query
            assert hidden.number not in words, query

    def test_narrows_to_what_expires_in_30_or_60_days_the_first_to_end_first(
        self, cast: Cast, amira: Client
    ) -> None:
        late = make_subscription(cast.site, renews_on=timezone.localdate() + timedelta(days=61))
        soon = make_subscription(cast.site, renews_on=timezone.localdate() + timedelta(days=60))
        first = make_trial(cast.site, trial_ends_on=timezone.localdate() + timedelta(days=29), due_at=None)
        thirty, sixty = listed(amira, "?ends=30"), listed(amira, "?ends=60")
        assert first.number in thirty
        assert soon.number not in thirty
        assert late.number not in sixty
        assert sixty.index(first.number) < sixty.index(soon.number)

    def test_goes_on_from_page_to_page(self, cast: Cast, amira: Client) -> None:
        one = make_subscription(cast.site)
        with tenancy.as_system():
            rest: dict[str, Any] = {"organisation": one.organisation, "customer": one.customer_id}
        numbers = {one.number} | {make_subscription(cast.site, **rest).number for _ in range(55)}
        with tenancy.as_system():
            Subscription.objects.update(renews_on=timezone.localdate() + timedelta(days=10))
        for query in ("?show=active", "?ends=30"):
            first = listed(amira, query)
            following = re.search(r'rel="next" href="/subscriptions/([^"]+)"', first)
            assert following is not None
            assert "ends=30" in following[1] or "show=active" in following[1]  # the filters stay
            second = listed(amira, unescape(following[1]))
            on_each = [{number for number in numbers if number in words} for words in (first, second)]
            assert [len(found) for found in on_each] == [50, 6]
            assert on_each[0] | on_each[1] == numbers

    def test_takes_nonsense_for_nothing(self, amira: Client) -> None:
        for query in ("?show=x&service=x&ends=x&customer=x&q=x", "?ends=999"):
            assert "No subscription fits" in listed(amira, query) or "No subscriptions yet" in listed(
                amira, query
            )

    def test_asks_as_often_for_three_as_for_one(
        self, cast: Cast, amira: Client, django_assert_max_num_queries: Any
    ) -> None:
        make_subscription(cast.site)
        amira.get("/subscriptions/")
        with django_assert_max_num_queries(60) as one:
            amira.get("/subscriptions/")
        for _ in range(2):
            make_subscription(cast.site)
        with django_assert_max_num_queries(len(one)):
            amira.get("/subscriptions/")


class TestThePage:
    def test_says_what_it_is_and_until_when(self, cast: Cast, amira: Client) -> None:
        words = page(amira, make_subscription(cast.site, renews_on=date(2027, 5, 1)))
        for said in ("Active", "1 May 2027", "Calling, Meetings, Messaging", "S0FLEXA"):
            assert said in words

    def test_says_until_when_what_was_cancelled_comes_back(self, cast: Cast, amira: Client) -> None:
        until = timezone.now() + timedelta(days=12)
        words = page(
            amira,
            make_subscription(
                cast.site, status="cancelled", cancelled_at=timezone.now(), restore_until=until
            ),
        )
        assert "It can be restored until" in words
        assert "/restore/" in words
        assert "/suspend/" not in words

    def test_of_the_rival_is_not_there(self, cast: Cast, amira: Client) -> None:
        theirs = make_subscription(cast.rival_site)
        for name in ("", "delete/"):
            assert amira.get(f"/subscriptions/{theirs.public_id}/{name}").status_code == 404
        assert post(amira, theirs, "suspend").status_code == 404
        assert now_of(theirs).status == "active"

    def test_says_why_nothing_is_done_in_what_the_customer_administers(
        self, cast: Cast, amira: Client
    ) -> None:
        own = make_subscription(cast.site, organisation=make_organisation("Oasis alone"))
        assert "The customer administers this organisation alone" in page(amira, own)
        answer = post(amira, own, "suspend")
        assert answer.status_code == 409
        assert now_of(own).status == "active"

    def test_leads_to_the_line_that_it_came_of(self, cast: Cast, amira: Client) -> None:
        line = make_line(cast.site)
        one = make_subscription(cast.site, line=line)
        assert f"/provisioning/{line.public_id}/" in page(amira, one)
        assert "/provisioning/" not in page(amira, make_trial(cast.site)).split("<main")[1]

    def test_says_to_those_who_only_report_who_can_do_it(self, cast: Cast) -> None:
        reader = signed_in(make_member(cast.site, "Rana Report", tools=[Tool.REPORTING]))
        one = make_subscription(cast.site)
        assert "has not been granted to you" in page(reader, one)
        assert post(reader, one, "suspend").status_code == 403
        assert now_of(one).status == "active"

    def test_tells_the_distributor_that_the_reseller_does_it(self, cast: Cast) -> None:
        member = make_member(cast.distributor_site, "Rana", tools=[Tool.REPORTING, Tool.ONLINE_ORDERING])
        one = make_subscription(cast.site, distributor=cast.distributor_site)
        assert "The reseller changes subscriptions" in page(signed_in(member), one)
        for name in ("suspend", "delete"):
            sent = {"number": one.number} if name == "delete" else {}
            assert post(signed_in(member), one, name, **sent).status_code == 403


class TestDeeds:
    def test_suspend_resume_cancel_and_restore(self, cast: Cast, amira: Client) -> None:
        one = make_subscription(cast.site)
        for name, status in (
            ("suspend", "suspended"), ("resume", "active"), ("cancel", "cancelled"), ("restore", "active"),
        ):  # fmt: skip
            assert post(amira, now_of(one), name).status_code == 302
            assert now_of(one).status == status
        words = page(amira, one)
        assert words.index("Restored") < words.index("Cancelled") < words.index("Suspended")

    def test_say_when_somebody_was_quicker(self, cast: Cast, amira: Client) -> None:
        one = make_subscription(cast.site)
        post(amira, one, "suspend")
        answer = post(amira, one, "suspend")
        assert answer.status_code == 409
        assert "The subscription is now: Suspended" in answer.content.decode()
        answer = post(amira, one, "resume")  # with the version that was seen before
        assert "Somebody changed this subscription" in answer.content.decode()
        assert now_of(one).status == "suspended"

    def test_are_done_by_posting_alone(self, cast: Cast, amira: Client) -> None:
        one = make_subscription(cast.site)
        for name in ("suspend", "cancel"):
            assert amira.get(f"/subscriptions/{one.public_id}/{name}/").status_code == 405
        assert now_of(one).status == "active"

    def test_extend_a_trial(self, cast: Cast, amira: Client) -> None:
        trial = make_trial(cast.site)
        assert post(amira, trial, "extend").status_code == 302
        ends = now_of(trial).trial_ends_on
        assert ends is not None
        assert ends >= timezone.localdate() + timedelta(days=29)
        assert post(amira, now_of(trial), "extend").status_code == 409


class TestDeleting:
    def test_asks_first_and_wants_the_number(self, cast: Cast, amira: Client) -> None:
        trial = make_trial(cast.site)
        asked = amira.get(f"/subscriptions/{trial.public_id}/delete/").content.decode()
        assert "This cannot be undone" in asked
        for number in ("", "SUB-2026-000001-Z"):
            answer = post(amira, trial, "delete", number=number)
            assert answer.status_code == 422
            assert "id_number-error" in answer.content.decode()
        assert number in answer.content.decode()  # what was typed stays
        assert now_of(trial).status == "trial"
        assert post(amira, trial, "delete", number=trial.number).status_code == 302
        assert now_of(trial).status == "deleted"
        assert "Nobody can bring it back" not in page(amira, trial)

    def test_says_that_what_runs_is_cancelled_first(self, cast: Cast, amira: Client) -> None:
        one = make_subscription(cast.site)
        assert "Cancel it first" in amira.get(f"/subscriptions/{one.public_id}/delete/").content.decode()
        assert post(amira, one, "delete", number=one.number).status_code == 409
        assert now_of(one).status == "active"


class TestTheHomePage:
    def test_says_what_ends_this_week(self, cast: Cast, amira: Client) -> None:
        assert "trial ends within 7 days" not in amira.get("/").content.decode()
        make_trial(cast.site, trial_ends_on=timezone.localdate() + timedelta(days=3), due_at=None)
        assert "1 trial ends within 7 days" in amira.get("/").content.decode()
