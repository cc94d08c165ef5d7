"""The files that are handed out: deals as the list shows them, an empty one, and rows that were not processed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from identity.actors import Actor
from reports.csv_files import BOM, harmless

from ..models import Outcome, Referral, ReferralSolution, ReferralUpload, TeamMember, UploadRow
from ..referrals.listing import deals_shown
from . import columns
from .reading import open_file
from .sending import FILES

MOST_DEALS = 5_000
AT_ONCE = 200  # deals in memory
AS_FILE = {"Content-Type": "text/csv; charset=utf-8", "Cache-Control": "private, no-store"}


class TooManyDeals(Exception):
    """The list shows more than a file may have."""


# ------------------------------------------------------------------------------------------------ deals


def deals_file(params: Mapping[str, Any], actor: Actor) -> Iterator[bytes]:
    """The deals that the list shows for these parameters, as far as the database lets the actor see them.

    A piece at a time, in little memory. Raises TooManyDeals, before the first of them.
    """
    found = deals_shown(params, actor)
    ids = list(found.values_list("id", flat=True)[: MOST_DEALS + 1])
    if len(ids) > MOST_DEALS:
        raise TooManyDeals
    return _pieces(ids)


def too_many() -> str:
    text = _(
        "A file has up to %(most)s deals, and the list shows more. Narrow it, by status or by when they close."
    )
    return text % {"most": f"{MOST_DEALS:,}"}


def _pieces(ids: Sequence[int]) -> Iterator[bytes]:
    solutions = _most(ReferralSolution.objects, ids)
    team = _most(TeamMember.objects, ids)
    yield BOM + as_csv([columns.headers(solutions, team)])
    rest = iter(ids)
    while piece := list(islice(rest, AT_ONCE)):
        found = Referral.objects.filter(id__in=piece).select_related("vendor_side")
        deals = found.prefetch_related("solutions", "team").in_bulk()
        yield as_csv(_line(deals[each], solutions, team) for each in piece if each in deals)


def _most(parts: Any, ids: Sequence[int]) -> int:
    """How many of them the deal has that has most; at least one, for the header."""
    counted: QuerySet[Any, Any] = parts.filter(referral_id__in=ids).values("referral_id").order_by()
    return max(1, counted.annotate(number=Count("id")).aggregate(most=Max("number"))["most"] or 0)


def _line(deal: Referral, solutions: int, team: int) -> list[str]:
    wanted = [columns.solution_cell(each, deal.currency) for each in sorted(deal.solutions.all(), key=_id)]
    people = [columns.team_cell(each) for each in sorted(deal.team.all(), key=_id)]
    return [
        *(column.write(deal) for column in columns.COLUMNS),
        *wanted, *[""] * (solutions - len(wanted)),
        *people, *[""] * (team - len(people)),
    ]  # fmt: skip


def _id(row: Any) -> int:
    return int(row.id)


def as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows in which no spreadsheet finds a formula, as RFC 4180 writes them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def empty_file() -> bytes:
    """The header alone, with room for three solutions and three people."""
    return BOM + as_csv([columns.headers(3, 3)])


# ------------------------------------------------------------------------------------------------ errors


def error_file(upload: ReferralUpload) -> Iterator[bytes]:
    """The rows that were not processed, as they were sent, with what is to be put right in the column Errors.

    It can be mended and sent again: the column is not read. Raises Refused or OSError where the file is gone.
    """
    table = open_file(FILES.path_of(upload.stored), upload.file_name, upload.styles)
    results = UploadRow.objects.filter(upload=upload)
    done = set(results.exclude(outcome=Outcome.UNPROCESSED).values_list("number", flat=True))
    wrong = dict(results.filter(outcome=Outcome.UNPROCESSED).values_list("number", "flaws"))
    place = table.places.get(columns.ERRORS.name)
    headers = [header for at, header in enumerate(table.sheet.headers) if at != place]
    yield BOM + as_csv([[str(columns.ERRORS.label), *headers]])
    for piece in table.rows():
        yield as_csv(
            [
                told(row.number, wrong.get(row.number)),
                *(cell for at, cell in enumerate(row.cells) if at != place),
            ]
            for row in piece
            if row.number not in done
        )


def told(number: int, flaws: Sequence[Sequence[str]] | None) -> str:
    """What is wrong with a row, for one cell: row, field and rule."""
    if flaws is None:
        return _("Row %(row)s: it was not looked at. Send it again.") % {"row": number}
    return "\n".join(
        _("Row %(row)s, %(field)s: %(rule)s") % {"row": number, "field": field, "rule": rule}
        if field
        else _("Row %(row)s: %(rule)s") % {"row": number, "rule": rule}
        for field, rule in flaws
    )
