"""A3: decisions, who makes them, and what they do."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import actions
from accounts.actions.ground import lock
from accounts.models import AccessCase, AccessRequest, RequestStatus
from identity import tenancy
from identity.actors import Kind
from identity.models import AuditEvent, Membership, Standing, Tool
from tests.accounts.asking import again, ask, asked, do
from tests.accounts.mailbox import notices
from tests.cast import Cast, actor, make_cast, signed_in

pytestmark = pytest.mark.django_db


def member_of(cast: Cast) -> Membership | None:
    with tenancy.as_system():
        return Membership.objects.filter(site=cast.site, user=cast.applicant).first()


class TestApproving:
    def test_makes_a_member_with_the_tools_chosen(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(
            cast.primary,
            actions.approve_request,
            case.public_id,
            tools=[Tool.REPORTING],
            roles=["referrals_user"],
        )
        member = member_of(cast)
        assert (member.standing, member.tools, member.roles) == ("member", ["reporting"], ["referrals_user"])

    def test_lets_the_applicant_in_on_their_next_request(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        browser = signed_in(cast.applicant)
        assert browser.get("/session/").wsgi_request.actor.kind is Kind.APPLICANT
        do(cast.primary, actions.approve_request, case.public_id)
        assert browser.get("/session/").wsgi_request.actor.site_id == cast.site.id

    def test_is_mailed_to_the_applicant_and_told_to_the_primary(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.secondary, actions.approve_request, case.public_id)
        assert notices("access.approved")[0]["audiences"][0]["user_id"] == cast.applicant.id
        assert notices("member.added")[0]["audiences"] == [{"to": "primary", "site_id": cast.site.id}]

    def test_is_seen_by_the_applicant(self, cast: Cast) -> None:
        request = ask(cast.applicant)
        with tenancy.as_system():
            actions.route_request(request.id, now=request.created_at)
        do(cast.primary, actions.approve_request, request.public_id)
        assert again(request).status == RequestStatus.APPROVED

    def test_is_audited_with_the_membership(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.primary, actions.approve_request, case.public_id)
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="access.approved")
        assert (event.user_id, event.site_id) == (cast.primary.user_id, cast.site.id)
        assert event.object_id == member_of(cast).public_id

    def test_gives_somebody_who_was_removed_their_place_back_without_the_old_rights(self, cast: Cast) -> None:
        do(cast.primary, actions.remove_member, cast.sales.public_id)
        case = asked(cast.sales.user)
        do(cast.primary, actions.approve_request, case.public_id)
        member = again(cast.sales)
        assert member.is_active
        assert member.tools == []


class TestRejecting:
    def test_needs_a_code_and_words(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        browser = signed_in(cast.primary)
        page = browser.post(f"/access/cases/{case.public_id}/reject/", {"code": "", "text": "Kept words"})
        assert page.status_code == 422
        assert "Kept words" in page.content.decode()
        assert again(case).is_waiting

    def test_shows_the_applicant_both_and_a_way_on(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        form = {"code": "wrong_site", "text": "You work in Gdynia; ask there."}
        signed_in(cast.primary).post(f"/access/cases/{case.public_id}/reject/", form)
        page = signed_in(cast.applicant).get(f"/access/{case.public_id}/").content.decode()
        assert "Your work belongs to another site number" in page
        assert "You work in Gdynia; ask there." in page
        assert "Correct it and ask again" in page

    def test_is_mailed_with_its_reason(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.primary, actions.reject_request, case.public_id, code="other", text="Call me.")
        (notice,) = notices("access.rejected")
        assert notice["context"]["text"] == "Call me."
        assert notice["href"] == f"/access/{case.public_id}/"
        assert member_of(cast) is None


class TestWhoDecides:
    def test_the_primary_and_the_secondaries_of_the_site(self, cast: Cast) -> None:
        for who in (cast.primary, cast.secondary):
            case = asked(cast.applicant)
            assert signed_in(who).get(f"/access/cases/{case.public_id}/").status_code == 200
            do(who, actions.reject_request, case.public_id, code="other", text="No.")

    def test_not_a_user_of_the_site(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        with pytest.raises(actions.NotAllowed):
            do(cast.sales, actions.approve_request, case.public_id)
        assert signed_in(cast.sales).get(f"/access/cases/{case.public_id}/").status_code == 403

    def test_not_another_site_for_whom_it_does_not_exist(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        browser = signed_in(cast.rival)
        assert browser.get(f"/access/cases/{case.public_id}/").status_code == 404
        assert browser.post(f"/access/cases/{case.public_id}/approve/").status_code == 404
        rejection = {"code": "other", "text": "No."}
        assert browser.post(f"/access/cases/{case.public_id}/reject/", rejection).status_code == 404

    def test_customer_care_always(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        signed_in(cast.care).post(f"/access/cases/{case.public_id}/approve/", {"tools": ["reporting"]})
        assert member_of(cast).tools == ["reporting"]

    def test_not_the_deal_desk_which_is_told_why(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        for path in ("/access/queue/", f"/access/cases/{case.public_id}/"):
            page = signed_in(cast.deal_desk).get(path)
            assert page.status_code == 403
            assert "another team of the vendor" in page.content.decode()

    def test_nobody_their_own_request(self, cast: Cast) -> None:
        # A secondary contact who asks to become the primary contact; the case is moved to the site to try.
        case = asked(cast.secondary, primary=True)
        with tenancy.as_system():
            AccessCase.objects.filter(id=case.id).update(route="site")
        for attempt in (
            lambda: do(cast.secondary, actions.approve_request, case.public_id),
            lambda: do(cast.secondary, actions.reject_request, case.public_id, code="other", text="No."),
        ):
            with pytest.raises(actions.NotAllowed, match="own request"):
                attempt()

    def test_and_neither_would_the_database_let_them(self, cast: Cast) -> None:
        case = asked(cast.secondary, primary=True)
        with tenancy.as_system():
            AccessCase.objects.filter(id=case.id).update(route="site")
        with tenancy.scope(actor(cast.secondary)):
            assert AccessCase.objects.filter(id=case.id).update(status="approved", closed_at=case.due_at) == 0

    def test_somebody_else_may(self, cast: Cast) -> None:
        case = asked(cast.secondary, primary=True)
        do(cast.care, actions.approve_request, case.public_id)
        assert again(cast.secondary).standing == Standing.PRIMARY

    def test_nobody_gives_more_than_they_hold(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        with pytest.raises(actions.NotAllowed, match="do not hold"):
            do(cast.secondary, actions.approve_request, case.public_id, tools=[Tool.ONLINE_ORDERING])
        do(cast.secondary, actions.approve_request, case.public_id, tools=[Tool.REPORTING])
        assert member_of(cast).tools == ["reporting"]


class TestAnAuthorisationForm:
    def test_makes_the_applicant_the_primary_contact_in_place_of_the_present_one(self, cast: Cast) -> None:
        case = asked(cast.applicant, primary=True)
        do(cast.care, actions.approve_request, case.public_id, former_primary="member")
        assert member_of(cast).standing == Standing.PRIMARY
        assert set(member_of(cast).tools) == set(Tool.values)
        assert again(cast.primary).standing == Standing.MEMBER

    def test_tells_the_former_and_the_new_one(self, cast: Cast) -> None:
        case = asked(cast.applicant, primary=True)
        do(cast.care, actions.approve_request, case.public_id)
        assert notices("member.you_are_primary")[0]["audiences"][0]["user_id"] == cast.applicant.id
        assert notices("member.you_are_not_primary")[0]["audiences"][0]["user_id"] == cast.primary.user_id

    def test_needs_a_site(self, cast: Cast) -> None:
        case = asked(cast.applicant, "1234567", primary=True)
        page = signed_in(cast.care).post(f"/access/cases/{case.public_id}/approve/")
        assert page.status_code == 422
        assert "Say first which site is meant" in page.content.decode()

    def test_can_be_given_the_right_number_by_customer_care(self, cast: Cast) -> None:
        case = asked(cast.applicant, "7403870", primary=True)
        browser = signed_in(cast.care)
        wrong = browser.post(f"/access/cases/{case.public_id}/site/", {"number": "7403871"})
        assert "no active site with this number" in wrong.content.decode()
        browser.post(f"/access/cases/{case.public_id}/site/", {"number": "7403807"})
        do(cast.care, actions.approve_request, case.public_id)
        assert member_of(cast).standing == Standing.PRIMARY


class TestADecidedRequest:
    def test_is_never_decided_again(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.primary, actions.reject_request, case.public_id, code="other", text="No.")
        with pytest.raises(actions.RequestClosed):
            do(cast.secondary, actions.approve_request, case.public_id)
        page = signed_in(cast.secondary).post(f"/access/cases/{case.public_id}/approve/")
        assert page.status_code == 409
        assert "Amira Haddad decided meanwhile" in page.content.decode()

    def test_is_never_changed_not_even_past_the_actions(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.primary, actions.reject_request, case.public_id, code="other", text="No.")
        for model in (AccessCase, AccessRequest):
            with (
                tenancy.as_system(),
                pytest.raises(DatabaseError, match="never changed"),
                transaction.atomic(),
            ):
                model.objects.filter(public_id=case.public_id).update(status="approved")

    def test_a_withdrawn_one_cannot_be_approved(self, cast: Cast) -> None:
        case = asked(cast.applicant)
        do(cast.applicant, actions.withdraw_request, case.public_id)
        page = signed_in(cast.primary).post(f"/access/cases/{case.public_id}/approve/")
        assert page.status_code == 409
        assert "withdrew the request meanwhile" in page.content.decode()
        assert member_of(cast) is None


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, *attempts) -> list[str]:
        """Everybody starts at the same moment, each with a connection of their own."""
        outcomes: list[str] = []
        barrier = threading.Barrier(len(attempts))

        def run(attempt) -> None:
            try:
                barrier.wait()
                attempt()
                outcomes.append("done")
            except actions.AccountError as error:
                outcomes.append(type(error).__name__)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return sorted(outcomes)

    def test_one_approver_wins_and_the_other_is_told(self) -> None:
        cast = make_cast()
        case = asked(cast.applicant)
        outcomes = self.race(
            lambda: do(cast.primary, actions.approve_request, case.public_id),
            lambda: do(cast.secondary, actions.reject_request, case.public_id, code="other", text="No."),
        )
        assert outcomes == ["RequestClosed", "done"]

    def test_somebody_approved_and_added_at_once_has_one_place(self) -> None:
        cast = make_cast()
        case = asked(cast.applicant)
        outcomes: list[str] = []

        def add() -> None:
            outcomes.extend(
                self.race(lambda: do(cast.secondary, actions.add_member, cast.applicant.email, name="Anna"))
            )

        thread = threading.Thread(target=add)
        with tenancy.scope(actor(cast.primary)):
            lock("accounts.decide", case.request_id)  # as far as an approval comes before it makes the place
            thread.start()
            thread.join(1)  # it waits for the request
            actions.approve_request(case.public_id, by=actor(cast.primary), now=timezone.now())
        thread.join(20)
        assert outcomes == ["AlreadyMember"]
        assert member_of(cast) is not None

    def test_a_withdrawal_and_an_approval_never_both_happen(self) -> None:
        cast = make_cast()
        case = asked(cast.applicant)
        outcomes = self.race(
            lambda: do(cast.primary, actions.approve_request, case.public_id),
            lambda: do(cast.applicant, actions.withdraw_request, case.public_id),
        )
        assert outcomes == ["RequestClosed", "done"]
        request_status = again(case).status
        assert (member_of(cast) is not None) == (request_status == RequestStatus.APPROVED)

    def test_the_same_request_sent_at_once_is_made_once(self) -> None:
        cast = make_cast()
        outcomes = self.race(*[lambda: ask(cast.applicant)] * 3)
        assert outcomes == ["AlreadyAsked", "AlreadyAsked", "done"]
