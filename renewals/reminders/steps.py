"""On which days before it is due something is to be done about a renewal. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do so many days before an item is due. `kind` names the notice that reminds of it."""

    days: int
    kind: str  # contact, quote, due
    label: str | Promise

    def on(self, due_on: date) -> date:
        return due_on - timedelta(days=self.days)


#: The earliest first.
STEPS = (
    Step(120, "contact", _("Check the contact")),
    Step(90, "quote", _("Send the quote")),
    Step(60, "due", _("First reminder")),
    Step(30, "due", _("Second reminder")),
    Step(15, "due", _("Third reminder")),
    Step(7, "due", _("Last reminder")),
)


def step_between(due_on: date, done_on: date, today: date) -> Step | None:
    """The latest step whose day came after `done_on`, up to today; None if none did, or it is past due already.

    So whatever was missed while nothing ran is made up for by one reminder, with the days that are left now.
    """
    if due_on < today:
        return None
    come = [step for step in STEPS if done_on < step.on(due_on) <= today]
    return come[-1] if come else None
