"""The columns of files of deals: one declaration for download, upload, template and the page that explains them (C13).

What a cell may hold, a kind of `feeds.values` says: dates, amounts, countries, words in any of the portal's languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feeds.reading.numbers import latin_digits
from feeds.reading.styles import PLAIN, Style
from feeds.values import (
    Amount,
    Choice,
    Country,
    Currency,
    Day,
    Digits,
    Invalid,
    Kind,
    Text,
    Whole,
    YesNo,
    precision,
)
from feeds.words import fold, in_every_language
from pricing.money import CURRENCIES

from ..models import LARGEST_VALUE, Referral, ReferralSolution, TeamMember
from ..states import HelpType, PartnerReason, SalesStage, Sharing, Status, Substatus

MOST_REPEATED = 50  # solutions, and people, of a row
BETWEEN = "; "  # what stands between the parts of one cell
LONGEST_CELL = 1000

YES, NO = pgettext_lazy("cell", "Yes"), pgettext_lazy("cell", "No")


class Numbered(Kind):
    """One of some values by its number in their order, from 1, or by its word in any language → str, the value."""

    def __init__(self, choices: list[tuple[str, Any]]) -> None:
        self.values = [value for value, _label in choices]
        self.words = Choice(dict(choices))

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        digits = latin_digits(text.strip()).removesuffix(".0")
        if digits.isascii() and digits.isdecimal() and 1 <= int(digits[:6]) <= len(self.values):
            return str(self.values[int(digits[:6]) - 1])
        try:
            return self.words.parse(text)
        except Invalid:
            raise Invalid(_("Give a number from 1 to %(most)s."), "number", most=len(self.values)) from None

    def number_of(self, value: str) -> str:
        return str(self.values.index(value) + 1) if value in self.values else ""


REASONS, HELP_TYPES = Numbered(PartnerReason.choices), Numbered(HelpType.choices)


@dataclass(frozen=True)
class Column:
    """A column that there is once. `write` gives what stands in a download.

    `field` is what the rules of a deal call it (`problems_of`). What is `read_only` is written, and never read.
    """

    name: str
    label: str | Promise
    kind: Kind
    write: Callable[[Referral], str]
    field: str = ""
    required: bool = False
    read_only: bool = False
    text: str | Promise = ""
    example: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The header, in the reader's language."""
        return f"{self.label} *" if self.required else str(self.label)


@dataclass(frozen=True)
class Repeated:
    """Columns that a file has as often as it needs, numbered from 1; each cell has the parts of one thing."""

    name: str
    label: str | Promise  # with %(number)s
    text: str | Promise
    example: str
    field: str
    required: bool = True

    def title(self, number: int) -> str:
        label = str(self.label) % {"number": number}
        return f"{label} *" if number == 1 and self.required else label

    @cached_property
    def _stems(self) -> frozenset[str]:
        """What the headers are called without their number, in every language."""
        return frozenset(
            re.sub(r"\d+$", "", fold(text % {"number": 1})) for text in in_every_language(self.label)
        )

    def number_in(self, header: str) -> int | None:
        """The number of a header that is one of these; None for any other."""
        found = re.fullmatch(r"(\D+)(\d{1,4})", latin_digits(fold(header)))
        return int(found[2]) if found and found[1] in self._stems else None


def _length(name: str) -> int:
    field = Referral._meta.get_field(name)
    assert isinstance(field, Field)
    return field.max_length or 200


def _text(name: str, label: Any, *, column: str = "", lines: bool = False, **more: Any) -> Column:
    """A column of plain text that stands in the row under the same name."""
    return Column(
        column or name,
        label,
        Text(_length(name), lines=lines),
        lambda deal: str(getattr(deal, name)),
        name,
        **more,
    )


def _yes(given: bool) -> str:
    return str(YES if given else NO)


def _vendor_status(deal: Referral) -> str:
    side = getattr(deal, "vendor_side", None)
    return f"{side.get_status_display()} / {side.get_substatus_display()}" if side else ""


def _amount(value: int, currency: str) -> str:
    """Minor units as a plain decimal with a point: the same for every spreadsheet and program."""
    places = precision(currency)
    whole, rest = divmod(value, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


ERRORS = Column(
    "errors", pgettext_lazy("column", "Errors"), Text(100_000, lines=True), lambda deal: "", read_only=True,
    text=_("What was wrong with the row, in a file of rows that were not processed. It is not read."),
)  # fmt: skip

COLUMNS: tuple[Column, ...] = (
    ERRORS,
    Column("engagement_id", pgettext_lazy("column", "Engagement ID"),
           Text(40), lambda deal: deal.engagement, read_only=True,
           text=_("Shared by all who take part in the deal. It is not read.")),
    Column("referral_id", pgettext_lazy("column", "Referral ID"), Text(40), lambda deal: deal.public_id,
           text=_("Of a deal that is to be changed, as a download has it. Leave it empty for a new deal.")),
    Column("version", pgettext_lazy("column", "Version"),
           Whole(min=1), lambda deal: str(deal.version), aliases=("entity tag", "etag"),
           text=_("As the download has it, beside a Referral ID: it tells whether the deal was changed meanwhile.")),
    _text("name", pgettext_lazy("column", "Deal Name"), column="deal_name", required=True,
          example="Payroll for the mills"),
    Column("location", pgettext_lazy("column", "Location"), Text(120), lambda deal: deal.location_name, "location",
           text=_("The name of one of your locations, where you have several. It cannot be changed later.")),
    _text("customer_name", pgettext_lazy("column", "Customer Name"), required=True, example="Nile Cotton Mills"),
    _text("address_line1", pgettext_lazy("column", "Address Line 1"), required=True, example="7 Mill Road"),
    _text("address_line2", pgettext_lazy("column", "Address Line 2")),
    _text("city", pgettext_lazy("column", "City"), required=True, example="Giza"),
    _text("state", pgettext_lazy("column", "State")),
    _text("postal_code", pgettext_lazy("column", "Postal Code"), example="12511"),
    Column("country", pgettext_lazy("column", "Country"),
           Country(), lambda deal: deal.country, "country", required=True, example="EG",
           text=_("A code of two letters, or a name.")),
    Column("duns", pgettext_lazy("column", "D-U-N-S"),
           Digits(9), lambda deal: deal.duns, "duns", text=_("Nine digits.")),
    _text("contact_first_name", pgettext_lazy("column", "Contact First Name"),
          text=_("Needed where you ask for help.")),
    _text("contact_last_name", pgettext_lazy("column", "Contact Last Name"), text=_("Needed where you ask for help.")),
    _text("contact_phone", pgettext_lazy("column", "Contact Phone"), text=_("Needed where you ask for help.")),
    _text("contact_email", pgettext_lazy("column", "Contact E-mail"), text=_("Needed where you ask for help.")),
    Column("status", pgettext_lazy("column", "Status"),
           Choice(dict(Status.choices)), lambda deal: deal.get_status_display(), required=True,
           example="Active", text=_("A new deal begins as “Active”.")),
    Column("substatus", pgettext_lazy("column", "Substatus"),
           Choice(dict(Substatus.choices)), lambda deal: deal.get_substatus_display(),
           required=True, example="Accepted",
           text=_("A new deal begins as “Accepted”. To accept, decline, win or lose a deal, give what it is to be.")),
    Column("vendor_status", pgettext_lazy("column", "Vendor Status"), Text(100), _vendor_status, read_only=True,
           text=_("Where the vendor's side stands. It is not read.")),
    Column("reason", pgettext_lazy("column", "Declined/Lost Reason"),
           REASONS, lambda deal: REASONS.number_of(deal.reason), "reason",
           text=_("Its number, where the deal is declined or lost.")),
    _text("reason_text", pgettext_lazy("column", "Reason in Words"), text=_("Needed with the last of the reasons.")),
    Column("stage", pgettext_lazy("column", "Sales Stage"),
           Choice(dict(SalesStage.choices)), lambda deal: deal.get_stage_display(), "stage",
           example="Qualified"),
    Column("value", pgettext_lazy("column", "Estimated Value"), Amount("currency", max=LARGEST_VALUE),
           lambda deal: _amount(deal.value, deal.currency), "value", required=True, example="25000"),
    Column("currency", pgettext_lazy("column", "Currency"),
           Currency(frozenset(CURRENCIES)), lambda deal: deal.currency, "currency",
           required=True, example="USD", text=_("A code of three letters.")),
    Column("close_on", pgettext_lazy("column", "Estimated Close Date"),
           Day(), lambda deal: deal.close_on.isoformat(), "close_on",
           required=True, example="2027-03-31", text=_("Best as 2027-03-31, which nobody can misread.")),
    _text("crm_id", pgettext_lazy("column", "CRM ID"), text=_("The number that the deal has in your own system.")),
    _text("campaign_id", pgettext_lazy("column", "Campaign ID")),
    _text("notes", pgettext_lazy("column", "Notes"), lines=True),
    Column("help_required", pgettext_lazy("column", "Help Required"),
           YesNo(), lambda deal: _yes(deal.sharing == Sharing.COSELL), "sharing",
           required=True, example="No", text=_("Yes makes it a co-sell deal: the vendor is asked for help.")),
    Column("help_type", pgettext_lazy("column", "Help Type"),
           HELP_TYPES, lambda deal: HELP_TYPES.number_of(deal.help_type), "help_type",
           text=_("Its number, where you ask for help.")),
    Column("share", pgettext_lazy("column", "Share With Sales"),
           YesNo(), lambda deal: _yes(deal.sharing != Sharing.PRIVATE), "sharing",
           required=True, example="Yes", text=_("Yes shows the deal to the vendor; that is never taken back.")),
    _text("vendor_notes", pgettext_lazy("column", "Notes for Vendor"), lines=True),
    Column("consent", pgettext_lazy("column", "Consent"),
           YesNo(), lambda deal: _yes(consented(deal)), "consent_share", required=True,
           example="Yes", text=_("Yes says that the customer agreed to what you share. Without it no row is taken.")),
)  # fmt: skip


SOLUTIONS = Repeated(
    "solution", pgettext_lazy("column", "Solution %(number)s"),
    _("The name of one of your published solutions; after it, if you like, how many and for how much: name; quantity;"
      " price."),
    "Nile Payroll; 1; 25000", "solutions",
)  # fmt: skip
TEAM = Repeated(
    "team_member", pgettext_lazy("column", "Team Member %(number)s"),
    _("Somebody who works on the deal: first name; last name; e-mail; phone; and, if you like, job title."),
    "Amira; Haddad; amira@nile.example; +20 2 5550 0100", "team",
)  # fmt: skip
REPEATED = (SOLUTIONS, TEAM)

BY_NAME = {column.name: column for column in COLUMNS}
#: Whose column a field is of which a rule of deals speaks.
_OF_FIELD = {column.field: column for column in reversed(COLUMNS) if column.field} | {
    "consent_contact": BY_NAME["consent"],
    "consent_sellers": BY_NAME["consent"],
}


def consented(deal: Referral) -> bool:
    """Whether the customer agreed to as much as the deal is shared."""
    return deal.consent_share and (deal.sharing != Sharing.COSELL or deal.consent_sellers)


def title_of(field: str) -> str:
    """The header under which something stands that a rule calls `field`; empty where it is of the row as a whole."""
    column = _OF_FIELD.get(field) or BY_NAME.get(field)
    return str(column.label) if column else ""


def solution_cell(wanted: ReferralSolution, currency: str) -> str:
    """A solution in one cell: its name, and how many and for how much where that is known."""
    parts = [wanted.name]
    if wanted.quantity is not None or wanted.price is not None:
        parts.append("" if wanted.quantity is None else str(wanted.quantity))
    if wanted.price is not None:
        parts.append(_amount(wanted.price, currency))
    return BETWEEN.join(parts)


def team_cell(member: TeamMember) -> str:
    """Somebody in one cell, as `TEAM` says."""
    parts = [member.first_name, member.last_name, member.email, member.phone]
    return BETWEEN.join([*parts, member.job_title] if member.job_title else parts)


def headers(solutions: int, team: int) -> list[str]:
    """The header of a file with room for so many solutions and people, in the reader's language."""
    return [
        *(column.title for column in COLUMNS),
        *(SOLUTIONS.title(number) for number in range(1, solutions + 1)),
        *(TEAM.title(number) for number in range(1, team + 1)),
    ]


@cache
def known_headers() -> frozenset[str]:
    """Everything by which a header is told from a title above it."""
    single = {
        text
        for column in COLUMNS
        for text in (column.name, *column.aliases, *in_every_language(column.label))
    }
    several = {
        text % {"number": number}
        for repeated in REPEATED
        for text in in_every_language(repeated.label)
        for number in (1, 2, 3)
    }
    return frozenset(single | several)


def example_date(today: date) -> str:
    """A close date that is still to come."""
    return today.replace(year=today.year + 1, month=3, day=31).isoformat()
