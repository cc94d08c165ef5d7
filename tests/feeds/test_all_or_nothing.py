"""All or nothing: whatever happens in the middle of a load, the data is as before or as the summary said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from threading import Thread
from typing import Any

import psycopg2
import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from feeds import actions
from feeds.models import Delivery, Status
from feeds.work import MOST_ATTEMPTS, take_next, work_on, work_on_all
from identity import tenancy
from identity.models import AuditEvent, User
from pricing.models import Part, ProductLine
from tests.cast import actor

from .sending import PARTS, SOME_PARTS, again, checked, confirm, loaded, make_lines, make_pricing, send


@pytest.fixture
def pia(db: None) -> User:
    make_lines("FLOW", "VAULT")
    return make_pricing()


def numbers() -> set[str]:
    with tenancy.as_system():
        return set(Part.objects.values_list("number", flat=True))


def many(number: int, *, wrong_last: str = "") -> str:
    rows = [f"D{place:05d}L,Part {place},FLOW,licence,yes" for place in range(number)]
    return PARTS + "\r\n".join([*rows, *([wrong_last] if wrong_last else [])]) + "\r\n"


class TestAnErrorInTheLastRow:
    def test_keeps_everything_out(self, pia: User) -> None:
        delivery = checked("parts", many(500, wrong_last="D9ZZZLL,Last,NOWHERE,licence,yes"), by=pia)

        assert delivery.status == Status.INVALID
        assert [(e["row"], e["column"], e["code"]) for e in delivery.errors] == [(502, "line", "unknown")]
        with pytest.raises(actions.DeliveryBusy):
            confirm(delivery, by=pia)
        assert numbers() == set()

    def test_is_told_together_with_those_that_are_wrong_in_themselves(self, pia: User) -> None:
        content = PARTS + "SHORT,First,FLOW,licence,yes\r\nD9ZZZLL,Last,NOWHERE,licence,yes\r\n"

        delivery = checked("parts", content, by=pia)

        assert [(e["row"], e["column"]) for e in delivery.errors] == [(2, "number"), (3, "line")]

    def test_two_rows_about_one_part_are_an_error(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS + "D0AAALL,Again,FLOW,licence,yes\r\n", by=pia)

        assert delivery.status == Status.INVALID
        assert {e["code"] for e in delivery.errors} == {"duplicate"}


REFUSE = """
CREATE FUNCTION refuse_a_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER refused BEFORE INSERT ON pricing_part FOR EACH ROW WHEN (NEW.number = 'D00030L')
    EXECUTE FUNCTION refuse_a_part();
"""


@pytest.fixture
def refused_part(transactional_db: None) -> Iterator[str]:
    """The database refuses one part, as it would a row that breaks a rule which no check knows."""
    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute(REFUSE)
        yield "D00030L"
        cursor.execute("DROP TRIGGER refused ON pricing_part; DROP FUNCTION refuse_a_part()")


class TestADatabaseErrorInTheMiddle:
    def test_undoes_the_rows_before_it(self, refused_part: str) -> None:
        make_lines("FLOW")
        pia = make_pricing()
        delivery = checked("parts", many(50), by=pia)
        confirm(delivery, by=pia)

        work_on_all()

        assert again(delivery).status == Status.FAILED
        assert again(delivery).problem["code"] == "refused_by_database"
        assert numbers() == set()
        with tenancy.as_system():
            assert not AuditEvent.objects.filter(event="part.added").exists()


class TestDataThatChangedAfterTheSummary:
    def test_is_summed_up_again_instead_of_loaded(self, pia: User) -> None:
        loaded("parts", SOME_PARTS, by=pia)
        delivery = checked("parts", SOME_PARTS.replace("Flow Designer", "Flow Drafter"), by=pia)
        confirm(delivery, by=pia)
        with tenancy.as_system():
            Part.objects.filter(number="D0AAALL").update(description="Meanwhile")

        work_on_all()

        renewed = again(delivery)
        assert (renewed.status, renewed.renewed) == (Status.READY, True)
        (sample,) = renewed.summary["samples"]
        assert (sample["old"], sample["new"]) == (
            {"description": "Meanwhile"},
            {"description": "Flow Drafter"},
        )
        with tenancy.as_system():
            assert Part.objects.get(number="D0AAALL").description == "Meanwhile"

        confirm(renewed, by=pia)
        work_on_all()
        assert again(delivery).status == Status.LOADED
        with tenancy.as_system():
            assert Part.objects.get(number="D0AAALL").description == "Flow Drafter"

    def test_is_not_confirmed_with_the_older_summary(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)

        with pytest.raises(actions.SummaryRenewed), tenancy.scope(actor(pia)):
            actions.confirm(delivery, seen="older", removal_ticked=False, by=actor(pia), now=timezone.now())

    def test_becomes_an_error_where_a_rule_is_broken_by_now(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)
        confirm(delivery, by=pia)
        with tenancy.as_system():
            ProductLine.objects.filter(code="FLOW").update(is_active=False)

        work_on_all()

        assert again(delivery).status == Status.INVALID
        assert {e["code"] for e in again(delivery).errors} == {"line_retired"}
        assert numbers() == set()

    def test_says_so_when_there_is_nothing_left_to_do(self, pia: User) -> None:
        first, second = (checked("parts", SOME_PARTS, by=pia) for _ in range(2))
        confirm(first, by=pia)
        confirm(second, by=pia)

        work_on_all()

        assert (again(first).status, again(second).status) == (Status.LOADED, Status.UNCHANGED)


class TestWhoeverConfirmed:
    def test_does_not_load_once_they_have_lost_the_privilege(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)
        confirm(delivery, by=pia)
        with tenancy.as_system():
            User.objects.filter(id=pia.id).update(staff_roles=["customer_care"])

        work_on_all()

        assert again(delivery).status == Status.READY
        assert again(delivery).problem["code"] == "privilege_missing"
        assert numbers() == set()

    def test_may_be_a_colleague(self, pia: User) -> None:
        colleague = make_pricing("Paolo Price")
        delivery = checked("parts", SOME_PARTS, by=pia)
        confirm(delivery, by=colleague)

        work_on_all()

        assert again(delivery).status == Status.LOADED
        with tenancy.as_system():
            assert AuditEvent.objects.get(event="delivery.loaded").user_id == colleague.id


class TestCancelling:
    def test_ends_a_delivery_before_it_is_loaded(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)
        with tenancy.scope(actor(pia)):
            actions.cancel(delivery, by=actor(pia), now=timezone.now())

        with pytest.raises(actions.DeliveryBusy):
            confirm(delivery, by=pia)
        assert again(delivery).status == Status.CANCELLED

    def test_takes_a_delivery_out_of_a_workers_hands(self, pia: User) -> None:
        delivery = send("parts", SOME_PARTS, by=pia)
        taken = take_next(now=timezone.now())
        assert taken is not None
        with tenancy.scope(actor(pia)):
            actions.cancel(delivery, by=actor(pia), now=timezone.now())

        work_on(taken)

        assert again(delivery).status == Status.CANCELLED

    def test_comes_too_late_once_it_is_loading(self, pia: User) -> None:
        delivery = checked("parts", SOME_PARTS, by=pia)
        confirm(delivery, by=pia)

        with pytest.raises(actions.DeliveryBusy), tenancy.scope(actor(pia)):
            actions.cancel(delivery, by=actor(pia), now=timezone.now())

    def test_what_has_ended_is_never_changed(self, pia: User) -> None:
        delivery = loaded("parts", SOME_PARTS, by=pia)

        with pytest.raises(Exception, match="has ended"), tenancy.as_system():
            Delivery.objects.filter(id=delivery.id).update(file_name="other.csv")


class TestALease:
    def test_keeps_a_second_worker_away(self, pia: User) -> None:
        send("parts", SOME_PARTS, by=pia)
        now = timezone.now()

        assert take_next(now=now) is not None
        assert take_next(now=now) is None

    def test_is_given_to_as_many_at_a_time_as_the_settings_say(self, pia: User, settings: Any) -> None:
        for _ in range(3):
            send("parts", SOME_PARTS, by=pia)
        settings.FEEDS_AT_ONCE = 2

        taken = [take_next(now=timezone.now()) for _ in range(3)]

        assert [delivery is not None for delivery in taken] == [True, True, False]

    def test_runs_out_when_its_worker_is_gone(self, pia: User) -> None:
        delivery = send("parts", SOME_PARTS, by=pia)
        now = timezone.now()
        take_next(now=now)

        later = now + timedelta(seconds=configured.FEEDS_LEASE_SECONDS + 1)
        taken = take_next(now=later)

        assert taken is not None
        work_on(taken)
        assert again(delivery).status == Status.READY

    def test_of_a_worker_that_was_slow_no_longer_counts(self, pia: User) -> None:
        delivery = send("parts", SOME_PARTS, by=pia)
        now = timezone.now()
        slow = take_next(now=now)
        quick = take_next(now=now + timedelta(seconds=configured.FEEDS_LEASE_SECONDS + 1))
        assert slow is not None
        assert quick is not None
        work_on(quick)
        first = again(delivery)

        work_on(slow)

        assert again(delivery).checked_at == first.checked_at

    def test_is_given_only_so_often(self, pia: User) -> None:
        delivery = send("parts", SOME_PARTS, by=pia)
        now = timezone.now()
        for _ in range(MOST_ATTEMPTS):
            now += timedelta(seconds=configured.FEEDS_LEASE_SECONDS + 1)
            assert take_next(now=now) is not None

        assert take_next(now=now + timedelta(seconds=configured.FEEDS_LEASE_SECONDS + 1)) is None
        assert again(delivery).status == Status.FAILED


@pytest.mark.django_db(transaction=True)
class TestTwoLoadsAtOnce:
    def test_of_one_feed_go_one_after_the_other(self, settings: Any) -> None:
        settings.FEEDS_AT_ONCE = 2
        make_lines("FLOW")
        pia = make_pricing()
        first = checked("parts", many(300), by=pia)
        second = checked("parts", many(300).replace("Part 7,", "Part seven,"), by=pia)
        confirm(first, by=pia)
        confirm(second, by=pia)
        taken = [take_next(now=timezone.now()) for _ in range(2)]

        def load(delivery: Delivery) -> None:
            try:
                work_on(delivery)
            finally:
                connection.close()

        threads = [Thread(target=load, args=[delivery]) for delivery in taken if delivery]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        work_on_all(now=timezone.now() + timedelta(minutes=1))

        states = sorted([again(first).status, again(second).status])
        assert states == [
            Status.LOADED,
            Status.READY,
        ]  # the other was summed up again: one part differs by now
        assert len(numbers()) == 300
