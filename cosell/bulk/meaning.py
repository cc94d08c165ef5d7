"""What a row means: the deal it describes, and what has to be done that the deal becomes that.

The rules of a deal's content are the form's (`problems_of`); those of its life are the actions'. Here is what only a
file can get wrong: names that mean nothing, cells with parts, a state that nothing leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from feeds.reading.numbers import latin_digits
from feeds.reading.styles import OPEN, Style
from feeds.values import Amount, Invalid, Whole
from feeds.words import fold
from identity.actors import Actor
from identity.models import Membership, MembershipStatus, Role
from identity.privileges import Refusal

from ..models import Location, Referral, Solution, SolutionStatus
from ..referrals import content as deal
from ..referrals.content import DealContent, Teammate, Wanted, problems_of
from ..rights.possible import why_no_new_deal
from ..rights.scopes import locations_of
from ..states import EDGES, STATUS_OF, SalesStage, Sharing, Substatus
from .columns import BY_NAME, MOST_REPEATED, SOLUTIONS, TEAM, title_of
from .reading import Read

RANK = {Sharing.PRIVATE: 0, Sharing.PARTNER_LED: 1, Sharing.COSELL: 2}
#: Columns whose value is the field of the same meaning, as it is; blank is empty text.
TEXTS = {
    "deal_name": "name", "customer_name": "customer_name", "address_line1": "address_line1",
    "address_line2": "address_line2", "city": "city", "state": "state", "postal_code": "postal_code",
    "country": "country", "duns": "duns", "contact_first_name": "contact_first_name",
    "contact_last_name": "contact_last_name", "contact_phone": "contact_phone", "contact_email": "contact_email",
    "currency": "currency", "crm_id": "crm_id", "campaign_id": "campaign_id", "notes": "notes",
    "help_type": "help_type", "vendor_notes": "vendor_notes",
}  # fmt: skip
CUSTOMER = (
    "customer_name",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "country",
    "duns",
)


@dataclass(frozen=True)
class Ground:
    """What rows name: read once for a piece of rows, within the rights of whoever sent them."""

    locations: dict[str, Location]  # at which deals may begin, by folded name
    solutions: dict[str, Solution]  # by folded name, and by public id
    members: dict[str, Membership]  # by e-mail address in small letters
    today: date  # the partner's
    no_new_deal: Refusal | None = None  # what keeps them from beginning any deal

    @classmethod
    def found(cls, by: Actor, today: date) -> Ground:
        solutions = list(Solution.objects.exclude(status=SolutionStatus.RETIRED))
        # One sees one's own memberships elsewhere, too.
        members = Membership.objects.filter(site_id=by.site_id, status=MembershipStatus.ACTIVE)
        return cls(
            {fold(each.name): each for each in locations_of(Role.REFERRALS_ADMIN)},
            {fold(each.name): each for each in solutions} | {each.public_id: each for each in solutions},
            {each.email.casefold(): each for each in members},
            today,
            why_no_new_deal(by),
        )


@dataclass
class Meaning:
    """`content` is None, or not to be used, where there are flaws (title and sentence each)."""

    content: DealContent | None = None
    substatus: str = ""
    reason: str = ""
    reason_text: str = ""
    flaws: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, title: Any, text: Any) -> None:
        self.flaws.append((str(title), str(text)))


def before_of(referral: Referral) -> DealContent:
    """What a deal says now; of one whose team and solutions were fetched with it, without a query."""
    return DealContent(
        **{name: getattr(referral, name) for name in deal.COLUMNS},
        team=tuple(deal._teammate(each) for each in sorted(referral.team.all(), key=_id)),
        solutions=tuple(
            Wanted(each.solution, each.quantity, each.price)
            for each in sorted(referral.solutions.all(), key=_id)
        ),
    )


def _id(row: Any) -> int:
    return int(row.id)


def meaning_of(read: Read, ground: Ground, referral: Referral | None, styles: Mapping[str, Style]) -> Meaning:
    """What a row asks for: of a new deal, or of `referral`."""
    found = Meaning(flaws=list(read.flaws))
    before = before_of(referral) if referral is not None else None
    _state(found, read, referral)
    content = _content(found, read, ground, referral, before, styles)
    _judge(found, read, content, before, ground)
    found.content = content
    return found


# ------------------------------------------------------------------------------------------------ states


def _state(found: Meaning, read: Read, referral: Referral | None) -> None:
    """Which substatus the row wants, and whether the deal can get there from where it is."""
    status, substatus = read.values.get("status"), read.values.get("substatus")
    found.substatus, found.reason = substatus or "", read.values.get("reason") or ""
    found.reason_text = read.values.get("reason_text") or ""
    if not status or not substatus:
        return
    label = BY_NAME["substatus"].label
    wanted = Substatus(substatus)
    if STATUS_OF[wanted] != status:
        text = _("“%(substatus)s” belongs to the status “%(status)s”.")
        found.wrong(label, text % {"substatus": wanted.label, "status": STATUS_OF[wanted].label})
    elif referral is None:
        if wanted != Substatus.ACCEPTED:
            found.wrong(
                label, _("A new deal begins as “Active”, “Accepted”. It can be closed once it is there.")
            )
    elif wanted != referral.substatus:
        _edge(found, Substatus(referral.substatus), wanted)


def _edge(found: Meaning, now: Substatus, wanted: Substatus) -> None:
    possible = [each for each in EDGES[now] if each != Substatus.EXPIRED]  # it expires by itself, and only so
    if wanted not in possible:
        if not possible:
            text = _("This deal is closed, and a closed deal is never changed.")
        else:
            text = _("A deal that is “%(now)s” cannot become “%(wanted)s”. It can become: %(possible)s.") % {
                "now": now.label, "wanted": wanted.label, "possible": ", ".join(str(each.label) for each in possible),
            }  # fmt: skip
        found.wrong(BY_NAME["substatus"].label, text)
    elif wanted in (Substatus.DECLINED, Substatus.LOST) and not found.reason:
        found.wrong(BY_NAME["reason"].label, _("Give the reason: a number from 1 to 8."))


# ------------------------------------------------------------------------------------------------ content


def _content(
    found: Meaning,
    read: Read,
    ground: Ground,
    referral: Referral | None,
    before: DealContent | None,
    styles: Mapping[str, Style],
) -> DealContent:
    """The deal as the row describes it; of columns that the file does not have, as it is."""
    said = read.values
    values: dict[str, Any] = dict.fromkeys(TEXTS.values(), "")  # a cell that is wrong leaves it at that
    if before:
        values = {name: getattr(before, name) for name in deal.COLUMNS}
    values |= {name: said[column] or "" for column, name in TEXTS.items() if column in said}
    values |= {"value": said.get("value"), "close_on": said.get("close_on")}
    if stage := said.get("stage"):
        won = stage == SalesStage.WON and found.substatus == Substatus.WON and before is not None
        values["stage"] = before.stage if won and before else stage
    values["location"] = _location(found, said.get("location"), ground, referral)
    values["sharing"] = _sharing(said, before)
    values |= _consents(found, said, values["sharing"], before)
    if before and any(values[name] != getattr(before, name) for name in CUSTOMER):
        values["customer"] = None  # its entry in the directory was another one's
    values["team"] = _team(found, read, ground, before)
    values["solutions"] = _solutions(found, read, ground, values.get("currency") or "", referral, styles)
    return DealContent(**values)


def _location(found: Meaning, name: str | None, ground: Ground, referral: Referral | None) -> Location:
    label = BY_NAME["location"].label
    if referral is not None:
        # As the deal keeps it, which a download has, or as it is called today.
        if name and fold(name) not in (fold(referral.location_name), fold(referral.location.name)):
            found.wrong(label, _("The location of a deal never changes."))
        return referral.location
    if name and (location := ground.locations.get(fold(name))):
        return location
    if name:
        found.wrong(label, _("You have no open location of this name at which you begin deals."))
    elif len(ground.locations) == 1:
        return next(iter(ground.locations.values()))
    else:
        names = ", ".join(sorted(each.name for each in ground.locations.values()))
        found.wrong(label, _("Say at which of your locations: %(names)s.") % {"names": names or "–"})
    return Location()


def _sharing(said: Mapping[str, Any], before: DealContent | None) -> str:
    if said.get("help_required"):
        return Sharing.COSELL
    return Sharing.PARTNER_LED if said.get("share") else Sharing.PRIVATE


def _consents(
    found: Meaning, said: Mapping[str, Any], sharing: str, before: DealContent | None
) -> dict[str, bool]:
    """The customer's consent in one cell is to all that the deal's type does. It is never taken back by a file."""
    given = said.get("consent")
    had = {
        name: bool(before and getattr(before, f"consent_{name}")) for name in ("share", "contact", "sellers")
    }
    if given is False and (before is None or sharing != Sharing.PRIVATE or had["share"]):
        found.wrong(
            BY_NAME["consent"].label,
            _("Without the customer's consent no deal is taken. Ask the customer first."),
        )
    helped = sharing == Sharing.COSELL
    yes = bool(given)
    return {
        "consent_share": had["share"] or yes,
        "consent_contact": had["contact"] or (yes and helped),
        "consent_sellers": had["sellers"] or (yes and helped),
    }


def _team(found: Meaning, read: Read, ground: Ground, before: DealContent | None) -> tuple[Teammate, ...]:
    had = {mate.email.casefold(): mate for mate in before.team} if before else {}
    return tuple(
        mate
        for title, text in _cells(found, read, TEAM.name)
        if (mate := _teammate(found, title, text, ground, had)) is not None
    )


def _teammate(
    found: Meaning, title: str, text: str, ground: Ground, had: Mapping[str, Teammate]
) -> Teammate | None:
    parts = [part.strip() for part in text.split(_mark_in(text))]
    if not 4 <= len(parts) <= 5:
        found.wrong(title, _("Give: first name; last name; e-mail; phone; and, if you like, job title."))
        return None
    first, last, email, phone, *title_there = parts
    known = had.get(email.casefold())
    membership = ground.members.get(email.casefold()) or (known.membership if known else None)
    return Teammate(
        first, last, email, phone, title_there[0] if title_there else "",
        known.notify if known else True, known.membership if known and known.membership else membership,
    )  # fmt: skip


def _mark_in(text: str) -> str:
    """What parts the pieces of a cell: a semicolon, or where none is there the Arabic one."""
    return ";" if ";" in text else "؛"


def _solutions(
    found: Meaning,
    read: Read,
    ground: Ground,
    currency: str,
    referral: Referral | None,
    styles: Mapping[str, Style],
) -> tuple[Wanted, ...]:
    known = ground.solutions
    if referral:  # what was chosen once may be kept, also when it was retired or called otherwise since
        rows = referral.solutions.all()
        kept = {fold(each.solution.name): each.solution for each in rows}
        known = kept | known | {fold(each.name): each.solution for each in rows}
    style = styles.get("value", OPEN)
    return tuple(
        wanted
        for title, text in _cells(found, read, SOLUTIONS.name)
        if (wanted := _solution(found, title, text, known, currency, style)) is not None
    )


def _solution(
    found: Meaning, title: str, text: str, known: Mapping[str, Solution], currency: str, style: Style
) -> Wanted | None:
    if solution := _named(text, known):
        return Wanted(solution)
    name, *amounts = (part.strip() for part in text.rsplit(_mark_in(text), 2))
    if not (solution := _named(name, known)) and len(amounts) == 2:  # a name with a semicolon, and a quantity
        name, amounts = f"{name}{_mark_in(text)}{amounts[0]}", amounts[1:]
        solution = _named(name, known)
    if not solution:
        found.wrong(title, _("Your company has no solution of this name that can be chosen."))
        return None
    try:
        quantity = (
            Whole(min=1, max=deal.LARGEST_QUANTITY).parse(amounts[0], style)
            if amounts and amounts[0]
            else None
        )
        price = None
        if len(amounts) == 2 and amounts[1]:
            price = Amount("currency").parse(amounts[1], style, currency or None)
    except Invalid as invalid:
        found.wrong(title, invalid)
        return None
    return Wanted(solution, quantity, price)


def _named(name: str, known: Mapping[str, Solution]) -> Solution | None:
    name = name.strip()
    return known.get(name) or known.get(fold(latin_digits(name)))


def _cells(found: Meaning, read: Read, name: str) -> Iterable[tuple[str, str]]:
    """The filled cells of columns of which there are several; no more than a row may have."""
    cells = read.repeated.get(name, [])
    if len(cells) > MOST_REPEATED:
        family = SOLUTIONS if name == SOLUTIONS.name else TEAM
        found.wrong(
            place_of(family.field), _("A row has at most %(most)s of them.") % {"most": MOST_REPEATED}
        )
    return cells[:MOST_REPEATED]


# ------------------------------------------------------------------------------------------------ judging


def _judge(
    found: Meaning, read: Read, content: DealContent, before: DealContent | None, ground: Ground
) -> None:
    """What the rules of a deal say, of what was not found wrong already. An upgrade is judged as what it leads to."""
    if before is not None:
        if RANK[Sharing(content.sharing)] < RANK[Sharing(before.sharing)]:
            found.wrong(BY_NAME["share"].label, _("What was shared with the vendor once is not taken back."))
        before = replace(before, sharing=content.sharing)
        if content == before:
            return  # what is there already is right
    flawed = {title for title, _text in found.flaws}
    for name, sentences in problems_of(content, today=ground.today, before=before).items():
        title = place_of(name, read)
        if title not in flawed:
            for sentence in sentences:
                found.wrong(title, sentence)


def place_of(name: str, read: Read | None = None) -> str:
    """The header of what a rule calls `name`: of "team.0.email" that of the first person whom the row names."""
    family, _dot, rest = name.partition(".")
    for repeated in (SOLUTIONS, TEAM):
        if family == repeated.field:
            number = int(found) if (found := rest.partition(".")[0]).isdecimal() else 0
            cells = read.repeated.get(repeated.name, []) if read else []
            return cells[number][0] if number < len(cells) else repeated.title(1).removesuffix(" *")
    return title_of(name)
