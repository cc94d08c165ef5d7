"""Files of deals for tests: rows by column, sent and worked on as in life."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cosell.bulk import working
from cosell.bulk.columns import BY_NAME, COLUMNS, headers
from cosell.bulk.sending import send_file
from cosell.models import Outcome, ReferralUpload, UploadRow
from identity import tenancy
from identity.models import Membership
from tests.cast import actor


def good() -> dict[str, Any]:
    """A row that is right, by column; of solutions and team the cells."""
    soon = timezone.localdate() + timedelta(days=90)
    return {
        "deal_name": "Payroll for the mills", "customer_name": "Nile Cotton Mills", "address_line1": "7 Mill Road",
        "city": "Giza", "country": "EG", "status": "Active", "substatus": "Accepted", "value": "25000",
        "currency": "USD", "close_on": soon.isoformat(), "help_required": "No", "share": "Yes", "consent": "Yes",
        "solution": ["Nile Payroll"], "team_member": ["Amira; Haddad; amira@nile.example; +20 2 5550 0100"],
    }  # fmt: skip


HELP: dict[str, Any] = {
    "help_required": "Yes", "help_type": "3", "contact_first_name": "Layla", "contact_last_name": "Nassar",
    "contact_phone": "+20 2 5550 0199", "contact_email": "layla@mills.example",
}  # fmt: skip


def row(**changes: Any) -> list[str]:
    """The cells of a row that is right, with these changes."""
    said = good() | changes
    assert not set(said) - set(BY_NAME) - {"solution", "team_member"}, said
    solutions, team = said["solution"], said["team_member"]
    single = [str(said.get(column.name, "")) for column in COLUMNS]
    return [*single, *solutions, *[""] * (WIDTH - len(solutions)), *team, *[""] * (WIDTH - len(team))]


WIDTH = 2  # solutions and people for which the files of tests have room


def csv_of(
    rows: Iterable[list[str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    header: list[str] | None = None,
) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header or headers(WIDTH, WIDTH))
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def send(who: Membership, content: bytes, name: str = "deals.csv") -> ReferralUpload:
    """Hand a file in. Raises UploadRefused."""
    with tenancy.scope(actor(who)):
        return send_file(SimpleUploadedFile(name, content), name, by=actor(who), now=timezone.now())


def work() -> None:
    working.work_on_all()


def sent(who: Membership, *rows: list[str], **how: Any) -> ReferralUpload:
    """Send these rows and have them worked on; the upload as it then is."""
    upload = send(who, csv_of(rows, **how))
    work()
    with tenancy.as_system():
        upload.refresh_from_db()
    return upload


def outcomes(upload: ReferralUpload) -> list[str]:
    with tenancy.as_system():
        return list(
            UploadRow.objects.filter(upload=upload).order_by("number").values_list("outcome", flat=True)
        )


def flaws(upload: ReferralUpload) -> list[tuple[str, str]]:
    """What is wrong with the rows that were not processed: field and rule."""
    with tenancy.as_system():
        found = UploadRow.objects.filter(upload=upload, outcome=Outcome.UNPROCESSED).order_by("number")
        return [tuple(flaw) for each in found for flaw in each.flaws]


def fields(upload: ReferralUpload) -> list[str]:
    return [field for field, _rule in flaws(upload)]
