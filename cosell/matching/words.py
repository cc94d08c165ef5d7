"""Why a partner is proposed, and what would raise its place, in words for pages and API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..tags import LISTS, TagKind, in_order, kind_of, names_of
from .ranking import (
    OUTCOMES,
    POINT,
    PRIOR,
    QUICK,
    SELECTIVITY,
    SLOW,
    SPEED,
    TAG_POINTS,
    Figures,
    Points,
    shares_of,
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a place: what it is, how many points of how many (in thousandths), and why so many."""

    label: str
    points: int
    most: int
    why: str


def as_points(thousandths: int) -> Decimal:
    """`79215` is 79.2, cut after one digit."""
    return Decimal(thousandths * 10 // POINT) / 10


def duration(minutes: int) -> str:
    """Minutes, hours or days, whichever says it shortest."""
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = (minutes + 30) // 60
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = (hours + 12) // 24
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


# ------------------------------------------------------------------------------------------------ why


def contributions(
    wanted: Sequence[str], tags: Iterable[str], figures: Figures, points: Points
) -> list[Contribution]:
    """Every part of a profile's points for a wish, in the order of Points, with the reason for each."""
    found = [
        part
        for kind, got in zip(TagKind, points[:3], strict=True)
        if (part := _of_tags(kind, wanted, tags, got)) is not None
    ]
    return [*found, *figure_contributions(figures, points)]


def _of_tags(kind: TagKind, wanted: Sequence[str], tags: Iterable[str], points: int) -> Contribution | None:
    asked = {code: worth for code, worth in shares_of(wanted).items() if kind_of(code) is kind}
    if not asked:
        return None
    had = in_order(set(tags).intersection(asked))
    missing = [code for code in in_order(asked) if code not in had]
    if not had:
        why = _("Has none of what is wished for: %(names)s.") % {"names": ", ".join(names_of(missing))}
    elif not missing:
        why = _("Has all that is wished for: %(names)s.") % {"names": ", ".join(names_of(had))}
    else:
        why = _("Has %(had)s; lacks %(missing)s.") % {
            "had": ", ".join(names_of(had)),
            "missing": ", ".join(names_of(missing)),
        }
    return Contribution(str(kind.label), points, sum(asked.values()), why)


def figure_contributions(figures: Figures, points: Points) -> list[Contribution]:
    """What speed, selectivity and outcomes gave, with the figures behind."""
    return [
        Contribution(_("Speed of answer"), points.speed, SPEED * POINT, _speed(figures)),
        Contribution(_("Selectivity"), points.selectivity, SELECTIVITY * POINT, _selectivity(figures)),
        Contribution(_("Reported outcomes"), points.outcomes, OUTCOMES * POINT, _outcomes(figures)),
    ]


def _speed(figures: Figures) -> str:
    if not figures.answered:
        return _("Nothing was asked yet, so it stands in the middle.")
    said = ngettext(
        "Answers within %(time)s, by the median of %(count)s case.",
        "Answers within %(time)s, by the median of %(count)s cases.",
        figures.answered,
    )
    return said % {"time": duration(figures.answer_minutes), "count": figures.answered}


def _selectivity(figures: Figures) -> str:
    if not figures.received:
        return _("Nothing was asked yet, so it stands in the middle.")
    said = ngettext(
        "Accepted %(accepted)s of %(count)s lead and deal that came.",
        "Accepted %(accepted)s of %(count)s leads and deals that came.",
        figures.received,
    )
    return said % {"accepted": figures.accepted, "count": figures.received}


def _outcomes(figures: Figures) -> str:
    if not figures.closed:
        return _("No deal was reported as won or lost yet, so it stands in the middle.")
    said = ngettext(
        "Won %(won)s of %(count)s deal that was closed.",
        "Won %(won)s of %(count)s deals that were closed.",
        figures.closed,
    )
    return said % {"won": figures.won, "count": figures.closed}


# ------------------------------------------------------------------------------------------------ how to improve

FEW_TAGS = 3  # of a kind; fewer are found by little


def advice(tags: Iterable[str], figures: Figures, points: Points) -> list[str]:
    """What the partner could do to be proposed more often, the most effective first."""
    held = {kind: sum(kind_of(code) is kind for code in in_order(tags)) for kind in LISTS}
    said: list[tuple[int, str]] = []
    for kind, worth in TAG_POINTS.items():
        if held[kind] < FEW_TAGS:
            said.append((worth * POINT * (FEW_TAGS - held[kind]) // FEW_TAGS, _ADD[kind]()))
    if figures.answered and figures.answer_minutes > QUICK:
        said.append((SPEED * POINT - points.speed, _faster(figures)))
    if figures.received >= PRIOR and figures.accepted * 2 < figures.received:
        said.append((SELECTIVITY * POINT - points.selectivity, _fewer_unfit()))
    if not figures.closed:
        said.append((OUTCOMES * POINT - points.outcomes, _report()))
    elif figures.won * 2 < figures.closed:
        said.append((OUTCOMES * POINT - points.outcomes, _win_more()))
    return [text for _worth, text in sorted(said, key=lambda each: -each[0])]


_ADD = {
    TagKind.PRODUCT: lambda: _("Add the products you work with to the profile: they weigh most of all tags."),
    TagKind.SERVICE: lambda: _("Add the services you offer to the profile."),
    TagKind.INDUSTRY: lambda: _("Add the industries whose customers you know to the profile."),
}


def _faster(figures: Figures) -> str:
    return _(
        "Answer sooner: half of your answers take longer than %(time)s. Accepting or archiving within %(quick)s gives"
        " all the points for speed, after %(slow)s there are none. A contact at the location is mailed at once."
    ) % {
        "time": duration(figures.answer_minutes),
        "quick": duration(QUICK),
        "slow": duration(SLOW),
    }


def _fewer_unfit() -> str:
    return _(
        "Be asked for what you take on: you accept less than half of what comes. Take tags away that bring the wrong"
        " customers, and have the profile turn companies away that are too big or too small for you."
    )


def _report() -> str:
    return _("Close your deals as won or lost: until you do, nobody can tell how well you do.")


def _win_more() -> str:
    return _(
        "You report more deals as lost than as won. Accept those that you can win, and ask the vendor for help."
    )
