"""The job that finds out whose number it is, and what happens when nobody decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts import actions, tasks
from accounts.models import AccessCase, Problem, Route
from identity import tenancy
from identity.models import Membership, Site
from tests.accounts.asking import NOW, again, ask, asked, do
from tests.accounts.mailbox import notices
from tests.cast import Cast, actor
from tests.factories import make_site

pytestmark = pytest.mark.django_db


class TestASelfNomination:
    def test_goes_to_the_sites_contacts_and_tells_them(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        assert (case.route, case.site_id, case.problem) == (Route.SITE, cast.site.id, Problem.NONE)
        (notice,) = notices("access.to_decide")
        assert notice["audiences"] == [{"to": "managers", "site_id": cast.site.id}]

    def test_is_seen_by_that_site_and_by_no_other(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        for who, seen in ((cast.primary, [case]), (cast.rival, []), (cast.distributor, [])):
            with tenancy.scope(actor(who)):
                assert list(AccessCase.objects.all()) == seen

    def test_goes_to_customer_care_when_the_site_has_no_contact(self, cast: Cast) -> None:
        make_site("Empty House", number="5550001")
        case = asked(cast.applicant, "5550001")
        assert (case.route, case.problem) == (Route.CARE, Problem.NOBODY)


class TestAnAuthorisationForm:
    def test_goes_to_customer_care_and_is_hidden_from_the_site(self, cast: Cast) -> None:
        case = asked(cast.applicant, primary=True)
        assert case.route == Route.CARE
        assert notices("access.care_to_decide")[0]["audiences"] == [{"to": "staff", "role": "customer_care"}]
        with tenancy.scope(actor(cast.primary)):
            assert not AccessCase.objects.exists()


class TestAnUnknownNumber:
    def test_waits_in_customer_cares_queue(self, cast: Cast) -> None:
        case = asked(cast.applicant, "1234567")
        assert (case.route, case.site_id, case.problem) == (Route.CARE, None, Problem.NOT_FOUND)

    def test_so_does_the_number_of_a_closed_site(self, cast: Cast) -> None:
        with tenancy.as_system():
            Site.objects.filter(id=cast.site.id).update(is_active=False)
        assert asked(cast.applicant).problem == Problem.NOT_FOUND


class TestTheJob:
    def test_run_twice_makes_one_case_and_tells_once(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        tasks.route_request(request.id)
        tasks.route_request(request.id)
        with tenancy.as_system():
            assert AccessCase.objects.count() == 1
        assert len(notices("access.to_decide")) == 1

    def test_the_sweep_finds_what_nobody_was_woken_for(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        tasks.sweep()
        with tenancy.as_system():
            assert AccessCase.objects.get().public_id == request.public_id

    def test_what_was_withdrawn_before_is_left_alone(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        do(cast.applicant, actions.withdraw_request, request.public_id)
        tasks.sweep()
        with tenancy.as_system():
            assert not AccessCase.objects.exists()


class TestACaseLeftLying:
    def test_comes_to_customer_care_after_five_working_days(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        for late, escalated in ((case.due_at - timedelta(seconds=1), False), (case.due_at, True)):
            with tenancy.as_system():
                assert actions.escalate_case(case.id, now=late) is escalated
        assert again(case).escalated_at == case.due_at
        assert len(notices("access.overdue")) == 1

    def test_is_told_once_however_often_the_job_runs(self, cast: Cast) -> None:
        asked(cast.applicant, now=NOW - timedelta(days=30))
        tasks.sweep()
        tasks.sweep()
        assert len(notices("access.overdue")) == 1

    def test_can_still_be_decided_by_the_site(self, cast: Cast) -> None:
        case = asked(cast.applicant, now=NOW - timedelta(days=30))
        tasks.sweep()
        do(cast.primary, actions.approve_request, case.public_id)
        with tenancy.as_system():
            assert Membership.objects.filter(user_id=cast.applicant.id).exists()


class TestThePromise:
    @pytest.mark.parametrize(
        ("asked_at", "due_at"),
        [
            ((2026, 3, 3, 10), (2026, 3, 10, 10)),  # Tuesday to Tuesday
            ((2026, 3, 6, 18), (2026, 3, 16, 9)),  # Friday evening counts from Monday's opening
            ((2026, 3, 7, 12), (2026, 3, 16, 9)),  # and so does Saturday
            ((2026, 12, 22, 10), (2026, 12, 30, 10)),  # Christmas is a holiday of the default calendar
        ],
    )
    def test_counts_the_business_days_of_the_default_calendar(self, cast: Cast, asked_at, due_at) -> None:
        request = ask(cast.applicant, now=datetime(*asked_at, tzinfo=UTC))
        assert request.due_at == datetime(*due_at, tzinfo=UTC)

    def test_is_the_same_whatever_country_the_number_belongs_to(self, cast: Cast) -> None:
        polish, nobodys = (
            ask(cast.applicant, number=number, now=NOW) for number in (cast.rival_site.number, "9999999")
        )
        assert polish.due_at == nobodys.due_at == ask(cast.applicant, now=NOW).due_at
