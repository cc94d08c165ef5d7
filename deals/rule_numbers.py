"""The numbers among the rules: what each is called, what it does, in which unit and between which bounds.

One table for the settings' form, the API, the history, and what partners read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Text = str | Promise


def days(count: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", count)


def days_before(count: int) -> str:
    return ngettext("%(num)s day before", "%(num)s days before", count)


def business_days(count: int) -> str:
    return ngettext("%(num)s business day", "%(num)s business days", count)


def months(count: int) -> str:
    return ngettext("%(num)s month", "%(num)s months", count)


def times(count: int) -> str:
    return ngettext("%(num)s time", "%(num)s times", count)


def questions(count: int) -> str:
    return ngettext("%(num)s question a day", "%(num)s questions a day", count)


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the rules, by its name in `Rules`. `unit` puts a count into words."""

    name: str
    label: Text
    help: Text
    unit: Callable[[int], str]
    unit_label: Text
    least: int
    most: int

    def shown(self, count: int) -> str:
        return self.unit(count) % {"num": count}


DAYS, BUSINESS_DAYS, MONTHS = _("days"), _("business days"), _("months")

#: Groups as they stand on the page: title, and its numbers.
GROUPS: tuple[tuple[Text, tuple[Number, ...]], ...] = (
    (
        _("How long a registration is valid"),
        (
            Number(
                "valid_days",
                _("Validity"),
                _(
                    "From the day of approval, to the end of the last day at the partner's site. Counts for deals"
                    " approved from now on; those approved already keep their date."
                ),
                days,
                DAYS,
                7,
                730,
            ),
            Number(
                "extension_days",
                _("Length of an extension"),
                _("Added to the date of expiry. Counts for extensions granted from now on."),
                days,
                DAYS,
                1,
                365,
            ),
            Number(
                "extensions",
                _("Extensions of one deal"),
                _("At most so many. Counts for every approved deal; what was granted stays."),
                times,
                _("times"),
                0,
                10,
            ),
            Number(
                "extension_from_days",
                _("An extension may be asked for from"),
                _("So many days before the expiry. Counts for every approved deal."),
                days_before,
                _("days before expiry"),
                1,
                365,
            ),
        ),
    ),
    (
        _("What the deal desk promises"),
        (
            Number(
                "decision_days",
                _("A decision within"),
                _(
                    "Business days by the vendor's working calendar. Counts for deals handed in from now on; a"
                    " promise that was made is kept."
                ),
                business_days,
                BUSINESS_DAYS,
                1,
                20,
            ),
            Number(
                "keeps_place_days",
                _("A returned deal keeps its place for"),
                _(
                    "When it comes back later, it goes to the end of the queue. Counts for every returned deal."
                ),
                days,
                DAYS,
                0,
                90,
            ),
            Number(
                "appeal_days",
                _("Appeal against a rejection within"),
                _("From the rejection. Counts for every rejected deal."),
                days,
                DAYS,
                1,
                180,
            ),
        ),
    ),
    (
        _("Conflicts and proposals"),
        (
            Number(
                "verdicts_a_day",
                _("Questions about conflicts"),
                _("What one site may ask in a day, so that nobody can try out customers."),
                questions,
                _("a day for each site"),
                1,
                1000,
            ),
            Number(
                "incumbent_months",
                _("Incumbent for"),
                _(
                    "Who sold the same product line to the customer so lately is shown to the deal desk as the"
                    " incumbent. Counts for every deal that is decided."
                ),
                months,
                MONTHS,
                1,
                120,
            ),
            Number(
                "proposal_days",
                _("A reseller answers a distributor's proposal within"),
                _("Then the proposal lapses. Counts for proposals made from now on."),
                days,
                DAYS,
                1,
                90,
            ),
        ),
    ),
)
NUMBERS: dict[str, Number] = {number.name: number for _title, group in GROUPS for number in group}

REMINDERS = _("Reminders before the expiry")
REMINDERS_HELP = _(
    "Days before the expiry, with commas between them. Counts for deals approved or extended from now on."
)
MOST_REMINDERS = 10
EARLIEST_REMINDER = 365  # days before the expiry
