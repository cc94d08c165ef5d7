"""`python -m benchmarks.starter fill LINES` makes lines whose start date has come; `… measure ROUNDS` mails them as
the job does, inserts the same rows bare, then has a worker send the mails and looks how long an interactive one takes;
tells as JSON what was seen.

A process of its own, with the run-time role, as a worker is; with a mail server of its own.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import psycopg2
from psycopg2.extensions import register_adapter
from psycopg2.extras import Json, execute_values

from benchmarks.sink import Sink

SINK = Sink()
os.environ["EMAIL_URL"] = SINK.url
django.setup()

from django.db import connection  # noqa: E402

from customers.models import Agreement, Customer, CustomerSite, Relationship  # noqa: E402
from identity import tenancy  # noqa: E402
from identity.models import AuditEvent, Site  # noqa: E402
from notifications.actions import Posted, post_letters  # noqa: E402
from notifications.letters import Letter  # noqa: E402
from notifications.models import Mail, Priority  # noqa: E402
from notifications.post import send_due  # noqa: E402
from notifications.smtp import Line  # noqa: E402
from orders.models import Fulfilment, Order, OrderLine  # noqa: E402
from pricing.models import Part, ProductLine  # noqa: E402
from provisioning.lines.due import mail_due  # noqa: E402
from provisioning.models import PartSetup, SetupLine, SetupLink  # noqa: E402

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LINES_OF_AN_ORDER = 10
SITES = 50
BATCH = 500
INTERACTIVE = 20  # mails of which the delay is looked at
WRITTEN = (SetupLink, Mail, AuditEvent)
#: What a run changed, as it was before.
BEFORE = """
DELETE FROM provisioning_setuplink;
DELETE FROM notifications_mail;
DELETE FROM identity_auditevent;
UPDATE provisioning_setupline SET status = 'ordered', waits_for = 'mail', due_at = %(due)s, mailed_at = NULL,
    closes_at = NULL;
"""


# ------------------------------------------------------------------------------------------------ filling


def fill(lines: int) -> None:
    with tenancy.as_system():
        product = ProductLine.objects.create(name="Lattice", code="LATTICE")
        part = Part.objects.create(
            number="S0FLEXA", description="Lattice Flex", type="saas", line=product, term_months=12
        )
        PartSetup.objects.create(part=part, family="A-FLEX", services=["calling", "meetings"])
        parties = [_parties(number) for number in range(SITES)]
        orders = Order.objects.bulk_create(
            Order(
                number=f"5{number:07d}", status="accepted", currency="EUR", total=1, line_count=LINES_OF_AN_ORDER,
                settled_on=NOW.date(), **parties[number % SITES],
            )
            for number in range(-(-lines // LINES_OF_AN_ORDER))
        )  # fmt: skip
        numbered = [
            (orders[number // LINES_OF_AN_ORDER], number % LINES_OF_AN_ORDER + 1) for number in range(lines)
        ]
        shared = {"part_number": part.number, "description": part.description, "quantity": 5}
        ordered = OrderLine.objects.bulk_create(
            OrderLine(
                order=order, position=position, part=part, part_type=part.type, currency="EUR", unit_price=1,
                extended=5, **shared,
            )
            for order, position in numbered
        )  # fmt: skip
        services = Fulfilment.objects.bulk_create(
            Fulfilment(
                order_number=order.number, line_number=position, status="ordered", ordered_on=NOW.date(),
                requested_start_on=NOW.date(), **shared, **_of(order),
            )
            for order, position in numbered
        )  # fmt: skip
        SetupLine.objects.bulk_create(
            SetupLine(
                order_line=line, fulfilment=service, order_number=order.number, line_number=position,
                family="A-FLEX", services=["calling", "meetings"], contact_email=f"it{number}@people.example",
                requested_start_on=NOW.date(), time_zone="Africa/Cairo", waits_for="mail",
                due_at=NOW - timedelta(hours=1), **shared, **_of(order),
            )
            for number, ((order, position), line, service) in enumerate(
                zip(numbered, ordered, services, strict=True)
            )
        )  # fmt: skip
    _tidy()


def _parties(number: int) -> dict[str, Any]:
    reseller = Site.objects.create(
        number=f"74{number:05d}", name=f"Reseller {number}", kind="reseller", country="EG", time_zone="Africa/Cairo"
    )  # fmt: skip
    customer = Customer(name=f"Oasis Foods {number}", country="EG", number=f"81{number:05d}")
    customer.normalise()
    customer.save()
    contract = Agreement.objects.create(number=f"AG{number:06d}", customer=customer, programme="express")
    held = CustomerSite.objects.create(
        customer=customer, contract=contract, site_number=f"82{number:05d}", site_name=customer.name, country="EG",
        price_level="D", role="originating", reseller=reseller,
    )  # fmt: skip
    Relationship.objects.create(
        site=reseller, customer=customer, role="reseller", valid_from=NOW.date() - timedelta(days=90)
    )
    return {"customer_site": held, "customer": customer, "reseller": reseller}


def _of(order: Order) -> dict[str, Any]:
    names = ("customer_site_id", "customer_id", "reseller_id", "settled_on")
    return {name: getattr(order, name) for name in names}


# ------------------------------------------------------------------------------------------------ measuring


def measure(rounds: int) -> dict[str, Any]:
    register_adapter(dict, Json)
    found, rows = [], {}
    _reset()
    mail_due(now=NOW, budget=3600)  # once with no account: plans, addresses, words
    for _each in range(rounds):
        _reset()
        began = time.perf_counter()
        mailed = mail_due(now=NOW, budget=3600)
        ours = time.perf_counter() - began
        rows = {model: _read(model) for model in WRITTEN}
        assert {len(each[1]) for each in rows.values()} == {mailed}, "A line was not mailed, or mailed twice."
        _reset()
        began = time.perf_counter()
        _insert(rows)
        found.append((ours, time.perf_counter() - began))
    _reset()
    with _worker() as wake:
        wake()
        idle = [_delay(f"idle{number}", wake) for number in range(INTERACTIVE)]
    lines = mail_due(now=NOW, budget=3600)
    sent = SINK.mails
    with _worker() as wake:
        began = time.perf_counter()
        wake()
        busy = [_delay(f"busy{number}", wake) for number in range(INTERACTIVE)]
        assert SINK.mails - sent < lines, "All of them had gone before the last interactive mail."
        while SINK.mails - sent < lines + INTERACTIVE:
            time.sleep(0.01)
        a_second = (lines + INTERACTIVE) / (time.perf_counter() - began)
    return {"rounds": found, "lines": lines, "idle": idle, "busy": busy, "sent_a_second": a_second}


def _reset() -> None:
    with tenancy.as_system(), connection.cursor() as cursor:
        cursor.execute(BEFORE, {"due": NOW - timedelta(hours=1)})
    _tidy()


def _tidy() -> None:
    tables = ", ".join(model._meta.db_table for model in (*WRITTEN, SetupLine, Fulfilment))
    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as db:
        db.autocommit = True
        with db.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {tables}")


def _read(model: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns of a table and its rows, without their ids."""
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields if not field.primary_key]
    with tenancy.as_system(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} ORDER BY id")
        return columns, cursor.fetchall()


def _insert(rows: dict[Any, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    """The same rows, a batch a transaction as in the job, into the same tables under the same policies."""
    most = max(len(values) for _columns, values in rows.values())
    for first in range(0, most, BATCH):
        with tenancy.as_system(), connection.cursor() as cursor:
            for model, (columns, values) in rows.items():
                statement = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES %s"
                execute_values(cursor.cursor, statement, values[first : first + BATCH], page_size=BATCH)


# ------------------------------------------------------------------------------------------------ sending


@contextmanager
def _worker() -> Iterator[Callable[[], None]]:
    """A worker that sends while there is something, and sleeps until it is woken, as by the broker."""
    woken, over = threading.Event(), threading.Event()

    def work() -> None:
        line = Line()
        while not over.is_set():
            woken.wait()
            woken.clear()
            while send_due(line, 20) and not over.is_set():
                pass
        line.close()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield woken.set
    finally:
        over.set()
        woken.set()
        thread.join()


def _delay(name: str, wake: Callable[[], None]) -> float:
    """Milliseconds from when a mail that somebody waits for is written until the mail server has it."""
    time.sleep(0.05)
    address = f"{name}@people.example"
    letter = Letter("Set up Lattice Flex", ["Somebody waits for this."])
    began = time.monotonic()
    with tenancy.as_system():
        post_letters([Posted(address, letter, "en", name)], sensitive=True, priority=Priority.AWAITED)
    wake()
    return 1000 * (SINK.at(address) - began)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", lines]:
            fill(int(lines))
        case ["measure", rounds]:
            json.dump(measure(int(rounds)), sys.stdout)
        case _:
            sys.exit(__doc__)
