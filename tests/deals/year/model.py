"""The rules of deal registration once more, in plain Python: no database, no Django, nothing of the portal's code.

Written from deals/README.md. tests/deals/test_a_year.py lets a year pass here and in the portal, and compares.
Moments are aware datetimes in UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WAITING = ("submitted", "under_review")
LIVE = (*WAITING, "returned", "approved")


@dataclass(frozen=True)
class Rules:
    number: int = 1
    valid_days: int = 90
    extension_days: int = 60
    extensions: int = 2
    extension_from_days: int = 30
    reminder_days: tuple[int, ...] = (30, 14, 7, 1)
    decision_days: int = 2
    keeps_place_days: int = 10
    appeal_days: int = 14
    discounts: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass
class Calendar:
    weekend: set[int]
    holidays: set[date]
    zone: ZoneInfo
    opens: time
    closes: time

    def works_on(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays

    def after(self, moment: datetime, days: int) -> datetime:
        """So many business days later, at the same time by the clock on the wall; outside hours, from the opening."""
        local = moment.astimezone(self.zone)
        day, hour = local.date(), local.timetz().replace(tzinfo=None, fold=0)
        if not self.works_on(day) or hour < self.opens:
            hour = self.opens
        elif hour >= self.closes:
            day, hour = day + DAY, self.opens
        while not self.works_on(day):
            day += DAY
        for _ in range(days):
            day += DAY
            while not self.works_on(day):
                day += DAY
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def hours(self, begin: datetime, end: datetime) -> float:
        """Opening hours between two moments."""
        total, day = 0.0, begin.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            if self.works_on(day):
                opens = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
                closes = datetime.combine(day, self.closes, self.zone).astimezone(UTC)
                total += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds() / 3600)
            day += DAY
        return total


@dataclass
class Site:
    zone: ZoneInfo
    calendar: Calendar
    tier: str

    def end_of(self, day: date) -> datetime:
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def reminder_after(
        self, now: datetime, expires_at: datetime, days_before: tuple[int, ...]
    ) -> datetime | None:
        last = self.day(expires_at)
        mornings = (
            datetime.combine(last - days * DAY, time(9), self.zone).astimezone(UTC) for days in days_before
        )
        return min((morning for morning in mornings if morning > now), default=None)


@dataclass
class Deal:
    """What everybody may know of a deal, and how often each thing happened to it and was told of it."""

    site: Site
    customer: int
    line: str
    deal_type: str
    distributor: bool
    previous: Deal | None = None

    status: str = "draft"
    submitted_at: datetime | None = None
    listed_at: datetime | None = None
    waiting_since: datetime | None = None
    decision_due_at: datetime | None = None
    escalated_at: datetime | None = None
    broken: bool = False  # the promise of the latest decision
    question: bool = False
    decided_at: datetime | None = None
    decided_by: str = ""
    approved_at: datetime | None = None
    expires_at: datetime | None = None
    remind_at: datetime | None = None
    tier: str = ""
    discount_bp: int | None = None
    rules_version: int | None = None
    extensions: int = 0
    extension_asked_at: datetime | None = None
    extension_due_at: datetime | None = None
    closed_at: datetime | None = None

    is_appeal: bool = False
    followers: list[Deal] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)

    def note(self, event: str, *notices: str) -> None:
        self.events[event] += 1
        self.told.update(notices)

    def if_named(self, *notices: str) -> tuple[str, ...]:
        return notices if self.distributor else ()

    def ran_out(self, now: datetime) -> bool:
        return (
            self.status == "approved"
            and self.extension_asked_at is None
            and self.expires_at is not None
            and self.expires_at <= now
        )


class Year:
    """All deals, the rules and the clock. A deed returns whether it is allowed; if not, nothing happens."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.deals: list[Deal] = []

    # ------------------------------------------------------------------------------------ the partner

    def submit(self, deal: Deal, who: str, now: datetime) -> bool:
        if who != "partner" or deal.status not in ("draft", "returned"):
            return False
        again = deal.submitted_at is not None
        if again:
            assert deal.decided_at is not None
            if now > deal.decided_at + self.rules.keeps_place_days * DAY:
                deal.listed_at = now
        else:
            deal.submitted_at = deal.listed_at = now
        self._begin_to_wait(deal, now)
        deal.note("resubmitted" if again else "submitted", "submitted", *deal.if_named("names_you"))
        return True

    def _begin_to_wait(self, deal: Deal, now: datetime) -> None:
        deal.status, deal.waiting_since = "submitted", now
        deal.decision_due_at = deal.site.calendar.after(now, self.rules.decision_days)
        deal.escalated_at, deal.broken, deal.question = None, False, False

    def withdraw(self, deal: Deal, who: str, now: datetime) -> bool:
        return self._end(deal, who, now, "withdrawn", LIVE)

    def win(self, deal: Deal, who: str, now: datetime) -> bool:
        return not deal.ran_out(now) and self._end(deal, who, now, "won", ("approved",))

    def lose(self, deal: Deal, who: str, now: datetime) -> bool:
        return not deal.ran_out(now) and self._end(deal, who, now, "lost", ("approved",))

    def _end(self, deal: Deal, who: str, now: datetime, outcome: str, open_in: tuple[str, ...]) -> bool:
        if who != "partner" or deal.status not in open_in:
            return False
        deal.note(outcome, "moved")
        if outcome == "withdrawn":
            deal.decision_due_at = None
        self._close(deal, outcome, now)
        return True

    def _close(self, deal: Deal, status: str, now: datetime) -> None:
        self._leave_approval(deal)
        deal.status, deal.closed_at, deal.question = status, now, False

    @staticmethod
    def _leave_approval(deal: Deal) -> None:
        deal.remind_at = deal.extension_asked_at = deal.extension_due_at = None

    def ask_extension(self, deal: Deal, who: str, now: datetime) -> bool:
        if who != "partner" or deal.status != "approved" or deal.extension_asked_at or deal.ran_out(now):
            return False
        assert deal.expires_at is not None
        first_day = deal.site.day(deal.expires_at) - self.rules.extension_from_days * DAY
        if deal.extensions >= self.rules.extensions or deal.site.day(now) < first_day:
            return False
        deal.extension_asked_at, deal.escalated_at = now, None
        deal.extension_due_at = deal.site.calendar.after(now, self.rules.decision_days)
        deal.note("extension_asked", "extension_asked")
        return True

    def take_extension_back(self, deal: Deal, who: str, now: datetime) -> bool:
        return who == "partner" and self._no_extension(deal, "extension_taken_back")

    def amend(self, deal: Deal, who: str, now: datetime) -> bool:
        """Something that the approval is about."""
        if who != "partner" or deal.status != "approved" or deal.extension_asked_at or deal.ran_out(now):
            return False
        self._leave_approval(deal)
        self._begin_to_wait(deal, now)
        deal.note("amended", "amended", *deal.if_named("amended"))
        return True

    def update(self, deal: Deal, who: str, now: datetime) -> bool:
        """Something else."""
        if who != "partner" or deal.status != "approved" or deal.ran_out(now):
            return False
        deal.note("changed", *deal.if_named("updated"))
        return True

    def appeal(self, deal: Deal, who: str, now: datetime) -> Deal | None:
        if who != "partner" or deal.status != "rejected" or deal.is_appeal or deal.followers:
            return None
        assert deal.decided_at is not None
        if now > deal.site.end_of(deal.site.day(deal.decided_at) + self.rules.appeal_days * DAY):
            return None
        appeal = Deal(deal.site, deal.customer, deal.line, deal.deal_type, deal.distributor, previous=deal)
        appeal.is_appeal = True
        appeal.submitted_at, appeal.listed_at = deal.submitted_at, deal.listed_at
        self._begin_to_wait(appeal, now)
        appeal.note("appealed", "appealed", *deal.if_named("appeal_names_you"))
        deal.followers.append(appeal)
        self.deals.append(appeal)
        return appeal

    def comment(self, deal: Deal, who: str, now: datetime) -> bool:
        if who == "rival" or deal.status == "draft":
            return False
        answers = who == "partner" and deal.question
        deal.note("commented", "commented", *(("answered",) if answers else ()))
        if answers:
            deal.question = False
        return True

    # ------------------------------------------------------------------------------------ the deal desk

    def take(self, deal: Deal, who: str, now: datetime) -> bool:
        if who not in ("desk", "colleague") or deal.status != "submitted":
            return False
        deal.status = "under_review"
        deal.note("taken")
        return True

    def ask(self, deal: Deal, who: str, now: datetime) -> bool:
        if who not in ("desk", "colleague") or deal.status not in WAITING:
            return False
        deal.question = True
        deal.note("asked", "asked")
        return True

    def approve(self, deal: Deal, who: str, now: datetime) -> bool:
        if not self._may_judge(deal, who) or self._held_by_another(deal):
            return False
        if deal.expires_at is None:
            deal.expires_at = deal.site.end_of(deal.site.day(now) + self.rules.valid_days * DAY)
        else:  # approved again: the time that it took is given back
            assert deal.waiting_since is not None
            deal.expires_at += now - deal.waiting_since
        deal.remind_at = deal.site.reminder_after(now, deal.expires_at, self.rules.reminder_days)
        deal.approved_at = deal.approved_at or now
        deal.tier = deal.site.tier
        deal.discount_bp = self.rules.discounts[deal.tier][deal.deal_type]
        self._decide(deal, "approved", who, now)
        deal.note("approved", "approved")
        return True

    def _may_judge(self, deal: Deal, who: str) -> bool:
        if who not in ("desk", "colleague") or deal.status not in WAITING:
            return False
        return not (deal.is_appeal and deal.previous and deal.previous.decided_by == who)

    def _held_by_another(self, deal: Deal) -> bool:
        return any(
            other.status == "approved"
            and other.site is not deal.site
            and (other.customer, other.line) == (deal.customer, deal.line)
            for other in self.deals
        )

    def _decide(self, deal: Deal, status: str, who: str, now: datetime) -> None:
        deal.status, deal.decided_at, deal.decided_by = status, now, who
        deal.decision_due_at, deal.question, deal.rules_version = None, False, self.rules.number

    def send_back(self, deal: Deal, who: str, now: datetime) -> bool:
        if who not in ("desk", "colleague") or deal.status not in WAITING:
            return False
        self._decide(deal, "returned", who, now)
        deal.note("returned", "returned")
        return True

    def reject(self, deal: Deal, who: str, now: datetime) -> bool:
        if not self._may_judge(deal, who):
            return False
        self._decide(deal, "rejected", who, now)
        deal.closed_at = now
        deal.note("rejected", "appeal_rejected" if deal.is_appeal else "rejected", *deal.if_named("moved"))
        return True

    def revoke(self, deal: Deal, who: str, now: datetime) -> bool:
        if who not in ("desk", "colleague") or deal.status != "approved":
            return False
        self._close(deal, "revoked", now)
        deal.rules_version = self.rules.number
        deal.note("revoked", "revoked", *deal.if_named("moved"))
        return True

    def extend(self, deal: Deal, who: str, now: datetime) -> bool:
        if who not in ("desk", "colleague") or deal.status != "approved" or not deal.extension_asked_at:
            return False
        assert deal.expires_at is not None
        deal.expires_at = deal.site.end_of(deal.site.day(deal.expires_at) + self.rules.extension_days * DAY)
        deal.remind_at = deal.site.reminder_after(now, deal.expires_at, self.rules.reminder_days)
        deal.extensions += 1
        deal.extension_asked_at = deal.extension_due_at = None
        deal.note("extended", "extended")
        return True

    def refuse_extension(self, deal: Deal, who: str, now: datetime) -> bool:
        return who in ("desk", "colleague") and self._no_extension(deal, "not_extended")

    def _no_extension(self, deal: Deal, notice: str) -> bool:
        if deal.status != "approved" or not deal.extension_asked_at:
            return False
        deal.extension_asked_at = deal.extension_due_at = None
        deal.note("not_extended", notice)
        return True

    # ------------------------------------------------------------------------------------ by itself

    def expire(self, now: datetime) -> None:
        for deal in self.deals:
            if deal.ran_out(now):
                self._close(deal, "expired", now)
                deal.note("expired", "expired", *deal.if_named("moved"))

    def remind(self, now: datetime) -> None:
        for deal in self.deals:
            if deal.remind_at is None or deal.remind_at > now:
                continue
            assert deal.expires_at is not None
            tonight = deal.site.end_of(deal.site.day(now))  # one a day is enough
            deal.remind_at = deal.site.reminder_after(tonight, deal.expires_at, self.rules.reminder_days)
            if deal.expires_at > now:
                today = deal.site.day(now) == deal.site.day(deal.expires_at)
                deal.note("reminded", "expires_today" if today else "expiring")

    def escalate(self, now: datetime) -> None:
        for deal in self.deals:
            if deal.escalated_at is not None:
                continue
            if deal.status in WAITING and deal.decision_due_at and deal.decision_due_at < now:
                deal.note("escalated", "decision_late")
                deal.broken = True
            elif deal.extension_asked_at and deal.extension_due_at and deal.extension_due_at < now:
                deal.note("escalated", "extension_late")
            else:
                continue
            deal.escalated_at = now

    def pace(self, now: datetime) -> tuple[int, int] | None:
        """The median of the hours that decisions took lately, and the percentage of promises kept; None of too few."""
        decided = [
            deal
            for deal in self.deals
            if deal.decided_at
            and deal.waiting_since
            and deal.waiting_since < deal.decided_at > now - 90 * DAY
        ]
        if len(decided) < 20 or len({id(deal.site) for deal in decided}) < 5:
            return None
        hours = [deal.site.calendar.hours(deal.waiting_since, deal.decided_at) for deal in decided]  # type: ignore[arg-type]
        return round(median(hours)), 100 * sum(not deal.broken for deal in decided) // len(decided)

    def deed(self, name: str) -> Callable[..., Any]:
        return getattr(self, name)  # type: ignore[no-any-return]
