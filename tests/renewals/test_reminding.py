"""Sites are reminded of their renewals: on the days of the trade, in their morning, once, few notices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from identity import tenancy
from identity.actors import Actor
from identity.models import Site
from notifications.kinds import known
from notifications.letters import words_of
from notifications.models import Notice
from renewals.models import Reminding, RenewalItem, RenewalKind, RenewalStatus
from renewals.reminders.reminding import next_look, remind_due
from renewals.reminders.steps import STEPS, step_between
from renewals.work import actions
from tests.cast import Cast, actor, make_cast
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer

DUE = date(2027, 6, 30)
CAIRO = ZoneInfo("Africa/Cairo")


@pytest.fixture
def cast(db: None) -> Cast:
    """Only our reseller's site is in business, so that nobody else is reminded of anything."""
    made = make_cast()
    with tenancy.as_system():
        Site.objects.exclude(id=made.site.id).update(is_active=False)
    return made


@pytest.fixture
def held(cast: Cast) -> Any:
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    return make_customer_site(customer, reseller=cast.site)


def item(cast: Cast, held: Any, due: date = DUE, **extra: Any) -> RenewalItem:
    return make_item(held, due, reseller=cast.site, **extra)


def morning(day: date) -> datetime:
    """A minute past seven in Cairo."""
    return datetime.combine(day, datetime.min.time(), CAIRO).replace(hour=7, minute=1).astimezone(UTC)


def reminded_on(day: date, *, since: date | None = None) -> list[Notice]:
    """What the site is told on a day, when it was last reminded the day before, or `since`."""
    with tenancy.as_system():
        Notice.objects.all().delete()
        site = Site.objects.get(is_active=True)
        Reminding.objects.update_or_create(
            site=site, defaults={"done_on": since or day - timedelta(days=1), "due_at": morning(day)}
        )
    remind_due(now=morning(day))
    return told()


def told() -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind__startswith="renewal.").order_by("id"))


def subject(notice: Notice) -> str:
    kind = known(notice.kind)
    assert kind is not None
    return words_of(kind, notice.context).subject


class TestTheDays:
    @pytest.mark.parametrize(("days", "kind"), [(step.days, step.kind) for step in STEPS])
    def test_each_step_comes_on_its_day(self, cast: Cast, held: Any, days: int, kind: str) -> None:
        item(cast, held)
        (notice,) = reminded_on(DUE - timedelta(days=days))
        assert notice.kind == f"renewal.{kind}"
        assert f"in {days} days" in subject(notice)

    def test_on_other_days_nobody_is_told_anything(self, cast: Cast, held: Any) -> None:
        item(cast, held)
        steps = {step.days for step in STEPS}
        for days in range(125, -3, -1):
            if days not in steps:
                assert reminded_on(DUE - timedelta(days=days)) == [], days

    def test_what_was_missed_is_made_up_for_by_one_notice_with_the_days_that_are_left(
        self, cast: Cast, held: Any
    ) -> None:
        item(cast, held)
        (notice,) = reminded_on(DUE - timedelta(days=13), since=DUE - timedelta(days=100))
        assert "in 13 days" in subject(notice)

    def test_nothing_is_made_up_for_once_it_is_due(self) -> None:
        assert step_between(DUE, DUE - timedelta(days=50), DUE + timedelta(days=1)) is None
        assert step_between(DUE, DUE - timedelta(days=50), DUE) is not None


class TestOneNoticeForAll:
    def test_items_of_one_step_are_told_together_with_what_they_come_to(self, cast: Cast, held: Any) -> None:
        for _number in range(7):
            item(cast, held, extended=10_000)
        (notice,) = reminded_on(DUE - timedelta(days=30))
        assert notice.context["count"] == 7
        assert notice.context["total"] == {"amount": [70_000, "EUR"]}
        assert notice.context["items"].count("\n") == 5  # five of them, and that there are more

    def test_two_currencies_are_not_added_up(self, cast: Cast, held: Any) -> None:
        item(cast, held, extended=10_000)
        item(cast, held, extended=500, currency="JPY")
        (notice,) = reminded_on(DUE - timedelta(days=30))
        assert notice.context["total"] == "EUR 100.00, JPY 500"

    def test_whoever_has_an_item_is_told_of_it_and_the_others_of_the_rest(
        self, cast: Cast, held: Any
    ) -> None:
        mine, _other = item(cast, held), item(cast, held)
        with tenancy.scope(actor(cast.primary)):
            actions.assign_item(mine, to=cast.secondary.public_id, by=actor(cast.primary), now=morning(DUE))
        notices = reminded_on(DUE - timedelta(days=30))
        assert [notice.audiences[0]["to"] for notice in notices] == ["user", "site"]
        assert notices[0].audiences[0]["user_id"] == cast.secondary.user_id


class TestWhatNobodyIsRemindedOf:
    def test_lost(self, cast: Cast, held: Any) -> None:
        lost = item(cast, held)
        with tenancy.scope(actor(cast.primary)):
            actions.lose_item(lost, reason="budget", text="", by=actor(cast.primary), now=morning(DUE))
        assert reminded_on(DUE - timedelta(days=30)) == []

    def test_put_off_until_later(self, cast: Cast, held: Any) -> None:
        put_off, now = item(cast, held), morning(DUE - timedelta(days=40))
        until = DUE - timedelta(days=20)
        with tenancy.scope(actor(cast.primary)):
            actions.snooze_item(put_off, until=until, by=actor(cast.primary), now=now)
        assert reminded_on(DUE - timedelta(days=30)) == []
        (back,) = reminded_on(until)  # and on that day that it is back
        assert back.kind == "renewal.back"
        assert len(reminded_on(DUE - timedelta(days=15))) == 1

    def test_settled(self, cast: Cast, held: Any) -> None:
        item(cast, held, status=RenewalStatus.ORDERED, settled_on=date(2027, 1, 5))
        assert reminded_on(DUE - timedelta(days=30)) == []

    def test_what_goes_on_month_by_month(self, cast: Cast, held: Any) -> None:
        item(cast, held, kind=RenewalKind.MONTHLY)
        assert reminded_on(DUE - timedelta(days=30)) == []

    def test_what_the_site_does_not_see_any_more(self, cast: Cast) -> None:
        customer = make_customer("Gone Elsewhere")
        relate(cast.site, customer, end=date(2021, 1, 1))
        item(cast, make_customer_site(customer, reseller=cast.site))
        assert reminded_on(DUE - timedelta(days=30)) == []


class TestWhen:
    def test_a_year_of_mornings_with_summer_time_tells_of_each_step_once(self, cast: Cast, held: Any) -> None:
        """The clock is asked every half day, as if a job ran then, and each time twice."""
        first = date(2026, 12, 1)
        dues = [date(2027, month, 28) for month in range(1, 13)]
        for due in dues:
            item(cast, held, due)
        now = datetime(2026, 11, 30, 12, tzinfo=UTC)
        while now < datetime(2027, 12, 31, tzinfo=UTC):
            remind_due(now=now)
            remind_due(now=now)
            now += timedelta(hours=12)
        expected = sorted(step.on(due) for due in dues for step in STEPS if step.on(due) >= first)
        assert sorted(notice.created_at.astimezone(CAIRO).date() for notice in told()) == expected

    def test_it_is_seven_in_the_morning_on_both_sides_of_the_change_of_clocks(self) -> None:
        before = next_look("Africa/Cairo", datetime(2026, 4, 22, 12, tzinfo=UTC))
        after = next_look("Africa/Cairo", datetime(2026, 4, 24, 12, tzinfo=UTC))
        assert before == datetime(2026, 4, 23, 5, tzinfo=UTC)
        assert after == datetime(2026, 4, 25, 4, tzinfo=UTC)

    def test_a_site_that_is_new_is_looked_at_from_its_next_morning_on(self, cast: Cast) -> None:
        remind_due(now=datetime(2027, 1, 4, 12, tzinfo=UTC))
        with tenancy.as_system():
            row = Reminding.objects.get(site=cast.site)
        assert row.due_at == datetime(2027, 1, 5, 5, tzinfo=UTC)
        assert row.done_on == date(2027, 1, 4)

    def test_run_twice_it_tells_once(self, cast: Cast, held: Any) -> None:
        item(cast, held)
        day = DUE - timedelta(days=30)
        assert len(reminded_on(day)) == 1
        remind_due(now=morning(day))
        assert len(told()) == 1


def test_the_portal_itself_is_who_reminds(cast: Cast, held: Any) -> None:
    item(cast, held)
    (notice,) = reminded_on(DUE - timedelta(days=7))
    assert notice.actor_user_id == Actor.system().user_id
