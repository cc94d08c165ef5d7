"""`python -m benchmarks.uploader fill` makes a partner who may begin deals; `… measure ROUNDS ROWS` sends a file of so
many and has it worked on as the worker does, then inserts the same rows bare; `… memory ROWS` works on one file and
nothing else. Each tells as JSON what was seen.

A process of its own, with the run-time role, as a worker is.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import psycopg2

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from cosell.bulk import working  # noqa: E402
from cosell.bulk.columns import BY_NAME, COLUMNS, headers  # noqa: E402
from cosell.bulk.sending import send_file  # noqa: E402
from cosell.models import (  # noqa: E402
    Location,
    Referral,
    ReferralSolution,
    Solution,
    TeamMember,
    UploadRow,
)
from identity import tenancy  # noqa: E402
from identity.actors import Actor  # noqa: E402
from identity.models import AuditEvent, Membership, Role, Site, User  # noqa: E402
from identity.on_behalf import actor_for  # noqa: E402
from portal.embedded.console import Trouble  # noqa: E402

SOLUTIONS, COLLEAGUES, LOCATIONS = 20, 30, 5
#: What a row of a file becomes.
WRITTEN = (Referral, TeamMember, ReferralSolution, AuditEvent, UploadRow)
_SENT = 0


def fill() -> None:
    now = timezone.now()
    with tenancy.as_system():
        site = Site.objects.create(
            number="7403807", name="Nile Systems", kind="reseller", country="EG", time_zone="Africa/Cairo"
        )  # fmt: skip
        for number in range(COLLEAGUES):
            name, email = f"Person {number}", f"person{number}@nile.example"
            user = User.objects.create(email=email, name=name)
            roles = [Role.REFERRALS_ADMIN] if number == 0 else []
            Membership.objects.create(site=site, user=user, name=name, email=email, roles=roles)
        for number in range(LOCATIONS):
            Location.objects.create(site=site, name=f"Office {number}", city="Giza", country="EG")
        for number in range(SOLUTIONS):
            Solution.objects.create(
                site=site, site_name=site.name, name=f"Solution {number}", kind="software", status="published",
                published_at=now, readiness="ready", ready_at=now, created_at=now,
            )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the file


def file_of(rows: int) -> io.BytesIO:
    """New deals, each with two solutions and two people; every tenth row has something wrong with it."""
    close = (datetime.now(UTC) + timedelta(days=200)).date()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers(2, 2))
    global _SENT
    for number in range(rows):
        _SENT += 1
        said = {
            "deal_name": f"Deal {_SENT}", "location": f"Office {number % LOCATIONS}",
            "customer_name": f"Oasis Foods {number}", "address_line1": "7 Mill Road", "city": "Giza", "country": "EG",
            "status": "Active", "substatus": "Accepted", "stage": "Proposed", "value": f"{25_000 + number}.50",
            "currency": "USD", "close_on": (close + timedelta(days=number % 90)).isoformat(), "crm_id": f"CRM-{number}",
            "notes": "Payroll for three mills, replacing what they have. " * 4, "help_required": "No", "share": "Yes",
            "consent": "Yes",
        }  # fmt: skip
        assert set(said) <= set(BY_NAME)
        writer.writerow([
            *(said.get(column.name, "") for column in COLUMNS),
            f"Solution {number % SOLUTIONS}; 1; 1000", f"Solution {(number + 1) % SOLUTIONS}",
            f"Person; Zero; person{number % COLLEAGUES}@nile.example; +20 2 5550 0100",
            "Layla; Nassar; layla@partner.example; +20 2 5550 0101",
        ])  # fmt: skip
    return io.BytesIO(out.getvalue().encode())


def work_on(rows: int) -> float:
    """Seconds from taking the file until every row is done."""
    actor = _actor()
    file = file_of(rows)
    began = time.perf_counter()
    with tenancy.scope(actor):
        upload = send_file(file, "deals.csv", by=actor, now=timezone.now())
    working.work_on_all()
    took = time.perf_counter() - began
    with tenancy.as_system():
        upload.refresh_from_db()
    if upload.created != rows:
        raise Trouble(f"Of {rows} rows {upload.created} were created: {upload.status} {upload.problem}")
    return took


def _actor() -> Actor:
    with tenancy.as_system():
        member = Membership.objects.get(email="person0@nile.example")
    actor = actor_for(member.user_id, member.site_id)
    assert actor is not None
    return actor


# ------------------------------------------------------------------------------------------------ measuring


def measure(rounds: int, rows: int) -> dict[str, Any]:
    found = []
    _reset()
    work_on(min(rows, 50))  # once with no account: plans, words
    for _each in range(rounds):
        _reset()
        ours = work_on(rows)
        kept = {model: _read(model) for model in WRITTEN}
        _reset(keep_upload=True)
        began = time.perf_counter()
        _insert(kept)
        found.append((ours, time.perf_counter() - began))
    return {"rounds": found, "rows": rows, "inserted": sum(len(each[1]) for each in kept.values())}


def _reset(keep_upload: bool = False) -> None:
    tables = ["cosell_uploadrow", "cosell_referralsolution", "cosell_teammember", "identity_auditevent"]
    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as db:
        db.autocommit = True
        with db.cursor() as cursor:
            more = [] if keep_upload else ["cosell_referralupload"]
            cursor.execute(f"TRUNCATE {', '.join([*tables, *more])}, cosell_referral CASCADE")
            for table in (*tables, "cosell_referral", "cosell_referralupload"):
                cursor.execute(f"VACUUM (ANALYZE) {table}")


def _read(model: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns of a table and its rows, with their ids: parts name their deal by it."""
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields]
    with tenancy.as_system(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} ORDER BY id")
        return columns, cursor.fetchall()


def _insert(kept: dict[Any, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    """The same rows into the same tables under the same policies, a statement each, in one transaction."""
    with tenancy.as_system(), connection.cursor() as cursor:
        for model, (columns, values) in kept.items():
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"
            for each in values:
                cursor.cursor.execute(statement, each)


def memory(rows: int) -> dict[str, Any]:
    _reset()
    work_on(10)
    before = _peak()
    work_on(rows)
    return {"rows": rows, "before": before, "peak": _peak()}


def _peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill"]:
            fill()
        case ["measure", rounds, rows]:
            json.dump(measure(int(rounds), int(rows)), sys.stdout)
        case ["memory", rows]:
            json.dump(memory(int(rows)), sys.stdout)
        case _:
            sys.exit(__doc__)
