"""What a site notes of a renewal: assigned, noted, put off, lost, brought back; its own alone."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from identity import tenancy
from identity.models import AuditEvent, MembershipStatus
from notifications.models import Notice
from renewals.models import RenewalItem, RenewalStatus, RenewalWork
from renewals.work import actions
from tests.cast import Cast, actor, make_cast, signed_in
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    with tenancy.as_system():
        made.distributor.tools = ["reporting"]
        made.distributor.save()
    return made


@pytest.fixture
def held(cast: Cast) -> Any:
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    relate(cast.distributor_site, customer)
    return make_customer_site(customer, reseller=cast.site, distributor=cast.distributor_site)


@pytest.fixture
def item(cast: Cast, held: Any) -> RenewalItem:
    return make(cast, held)


def make(cast: Cast, held: Any, **extra: Any) -> RenewalItem:
    due = timezone.localdate() + timedelta(days=10)
    return make_item(held, due, reseller=cast.site, distributor=cast.distributor_site, **extra)


def page(item: RenewalItem) -> str:
    return f"/renewals/{item.public_id}/"


def do(who: Any, act: Any, item: RenewalItem, **given: Any) -> RenewalWork:
    with tenancy.scope(actor(who)):
        return act(item, by=actor(who), now=timezone.now(), **given)


def work() -> RenewalWork:
    with tenancy.as_system():
        return RenewalWork.objects.get()


class TestAssigning:
    def test_a_colleague_is_told(self, cast: Cast, item: RenewalItem) -> None:
        answer = signed_in(cast.primary).post(
            page(item) + "assign/", {"colleague": cast.secondary.public_id, "version": "0"}
        )
        assert answer.status_code == 302
        assert work().assigned_id == cast.secondary.id
        with tenancy.as_system():
            notice = Notice.objects.get(kind="renewal.assigned")
        assert notice.audiences[0]["user_id"] == cast.secondary.user_id
        assert notice.href == page(item)

    def test_whoever_is_not_at_the_site_cannot_be_named(self, cast: Cast, item: RenewalItem) -> None:
        with pytest.raises(actions.ColleagueUnknown):
            do(cast.primary, actions.assign_item, item, to=cast.rival.public_id)
        with tenancy.as_system():
            cast.newcomer.status, cast.newcomer.removed_at = MembershipStatus.REMOVED, timezone.now()
            cast.newcomer.save()
        with pytest.raises(actions.ColleagueUnknown):
            do(cast.primary, actions.assign_item, item, to=cast.newcomer.public_id)

    def test_several_are_given_at_once_and_told_of_once(self, cast: Cast, held: Any) -> None:
        items = [make(cast, held) for _number in range(3)]
        answer = signed_in(cast.primary).post(
            "/renewals/together/?show=week",
            {
                "what": "assign",
                "colleague": cast.secondary.public_id,
                "item": [f"{each.public_id}:0" for each in items],
            },
        )
        assert answer["Location"] == "/renewals/?show=week"
        with tenancy.as_system():
            assert RenewalWork.objects.filter(assigned=cast.secondary).count() == 3
            assert Notice.objects.get(kind="renewal.assigned").context["count"] == 3

    def test_the_list_has_what_is_assigned_to_me_to_nobody_and_to_a_colleague(
        self, cast: Cast, held: Any
    ) -> None:
        mine, theirs, free = (make(cast, held) for _number in range(3))
        do(cast.primary, actions.assign_item, mine, to="me")
        do(cast.primary, actions.assign_item, theirs, to=cast.secondary.public_id)
        client = signed_in(cast.primary)
        for asked, found in (("me", mine), ("nobody", free), (cast.secondary.public_id, theirs)):
            shown = client.get(f"/renewals/?assigned={asked}").content.decode()
            assert [each for each in (mine, theirs, free) if page(each) in shown] == [found]


class TestPuttingOff:
    def test_it_leaves_the_list_until_its_day(self, cast: Cast, item: RenewalItem) -> None:
        until = timezone.localdate() + timedelta(days=5)
        client = signed_in(cast.primary)
        client.post(page(item) + "snooze/", {"until": until.isoformat(), "version": "0"})
        assert page(item) not in client.get("/renewals/").content.decode()
        assert page(item) in client.get("/renewals/?show=snoozed").content.decode()
        with tenancy.as_system():
            RenewalWork.objects.update(snoozed_until=timezone.localdate())
        assert page(item) in client.get("/renewals/").content.decode()

    @pytest.mark.parametrize("days", [-1, 0, 500])
    def test_only_until_a_day_to_come_within_a_year(self, cast: Cast, item: RenewalItem, days: int) -> None:
        until = timezone.localdate() + timedelta(days=days)
        answer = signed_in(cast.primary).post(
            page(item) + "snooze/", {"until": until.isoformat(), "version": "0"}
        )
        assert answer.status_code == 422
        assert "Choose a day to come" in answer.content.decode()

    def test_the_other_site_on_it_still_has_it(self, cast: Cast, item: RenewalItem) -> None:
        do(cast.primary, actions.snooze_item, item, until=timezone.localdate() + timedelta(days=5))
        assert page(item) in signed_in(cast.distributor).get("/renewals/").content.decode()


class TestLosing:
    def test_it_needs_a_reason_and_leaves_the_list(self, cast: Cast, item: RenewalItem) -> None:
        client = signed_in(cast.primary)
        assert client.post(page(item) + "lose/", {"version": "0"}).status_code == 422
        sent = {"reason": "competitor", "text": "They liked another.", "version": "0"}
        assert client.post(page(item) + "lose/", sent).status_code == 302
        assert page(item) not in client.get("/renewals/").content.decode()
        assert page(item) in client.get("/renewals/?show=lost").content.decode()
        assert "They liked another." in client.get(page(item)).content.decode()

    def test_another_reason_is_told_in_words(self, cast: Cast, item: RenewalItem) -> None:
        answer = signed_in(cast.primary).post(page(item) + "lose/", {"reason": "other", "version": "0"})
        assert answer.status_code == 422
        assert "Say what the other reason is." in answer.content.decode()

    def test_it_can_be_brought_back(self, cast: Cast, item: RenewalItem) -> None:
        do(cast.primary, actions.lose_item, item, reason="budget", text="")
        client = signed_in(cast.primary)
        client.post(page(item) + "back/", {"version": "1"})
        assert page(item) in client.get("/renewals/").content.decode()
        assert work().lost_at is None

    def test_what_is_over_cannot_be_lost_but_still_be_noted_of(self, cast: Cast, held: Any) -> None:
        over = make(cast, held, status=RenewalStatus.ORDERED, settled_on=timezone.localdate())
        with pytest.raises(actions.ItemSettled):
            do(cast.primary, actions.lose_item, over, reason="budget", text="")
        assert do(cast.primary, actions.note_item, over, text="Ordered by phone.").note == "Ordered by phone."


class TestWhoseItIs:
    def test_nobody_else_sees_it_neither_distributor_nor_vendor(self, cast: Cast, item: RenewalItem) -> None:
        do(cast.primary, actions.note_item, item, text="They haggle.")
        assert "They haggle." in signed_in(cast.primary).get(page(item)).content.decode()
        for other in (cast.distributor, cast.deal_desk):
            assert "They haggle." not in signed_in(other).get(page(item)).content.decode()

    def test_the_distributor_notes_its_own(self, cast: Cast, item: RenewalItem) -> None:
        do(cast.primary, actions.note_item, item, text="Ours")
        do(cast.distributor, actions.note_item, item, text="Theirs")
        with tenancy.as_system():
            assert RenewalWork.objects.count() == 2

    def test_the_vendors_people_note_nothing(self, cast: Cast, item: RenewalItem) -> None:
        answer = signed_in(cast.deal_desk).post(page(item) + "note/", {"note": "x", "version": "0"})
        assert answer.status_code == 403
        assert "a partner&#39;s own people" in answer.content.decode()
        with pytest.raises(actions.NotAPartner):
            do(cast.deal_desk, actions.note_item, item, text="x")

    def test_nobody_notes_anything_of_what_they_do_not_see(self, cast: Cast, item: RenewalItem) -> None:
        with pytest.raises(RenewalItem.DoesNotExist):
            do(cast.rival, actions.note_item, item, text="x")

    def test_the_audit_trail_says_what_was_done_and_not_what_was_noted(
        self, cast: Cast, item: RenewalItem
    ) -> None:
        do(cast.primary, actions.lose_item, item, reason="other", text="A secret.")
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="renewal.lost")
        assert event.object_id == item.public_id
        assert "secret" not in str(event.detail)


class TestTwoAtOnce:
    def test_what_a_colleague_noted_meanwhile_is_not_overwritten(self, cast: Cast, item: RenewalItem) -> None:
        do(cast.secondary, actions.note_item, item, text="From Samir")
        answer = signed_in(cast.primary).post(page(item) + "note/", {"note": "From Amira", "version": "0"})
        shown = answer.content.decode()
        assert answer.status_code == 409
        assert "From Amira" in shown  # what was typed is kept
        assert work().note == "From Samir"

    @pytest.mark.django_db(transaction=True)
    def test_of_two_first_notes_at_the_same_moment_one_wins(self, cast: Cast, item: RenewalItem) -> None:
        gate, lost = Barrier(2), []

        def write(text: str) -> None:
            try:
                with tenancy.scope(actor(cast.primary)):
                    gate.wait()
                    actions.note_item(item, text=text, version=0, by=actor(cast.primary), now=timezone.now())
            except actions.WorkChanged:
                lost.append(text)
            finally:
                connection.close()

        threads = [Thread(target=write, args=(text,)) for text in ("One", "Two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(lost) == 1
        assert work().note in {"One", "Two"} - set(lost)


def test_the_selection_says_what_is_missing(cast: Cast, item: RenewalItem) -> None:
    client = signed_in(cast.primary)
    assert client.post("/renewals/together/", {"what": "assign"}).status_code == 422
    chosen = {"what": "snooze", "item": f"{item.public_id}:0", "until": "yesterday"}
    answer = client.post("/renewals/together/", chosen)
    assert answer.status_code == 422
    assert "Choose a day to come" in answer.content.decode()
    assert client.get("/renewals/together/?show=all")["Location"] == "/renewals/?show=all"


def test_of_several_those_that_a_colleague_changed_are_left_and_named(cast: Cast, held: Any) -> None:
    one, two = make(cast, held), make(cast, held)
    do(cast.secondary, actions.note_item, two, text="Mine")
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    answer = signed_in(cast.primary).post(
        "/renewals/together/",
        {"what": "snooze", "until": until, "item": [f"{one.public_id}:0", f"{two.public_id}:0"]},
        follow=True,
    )
    shown = answer.content.decode()
    assert "Done for 1 renewal." in shown
    assert str(two) in shown
    with transaction.atomic(), tenancy.as_system():
        assert RenewalWork.objects.exclude(snoozed_until=None).count() == 1
