"""Deliveries of the demo world: files in every state one meets, sent, checked and loaded by the real actions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from identity import tenancy
from identity.actors import Actor
from identity.demo import World
from identity.models import StaffRole

from .actions import cancel, confirm, receive
from .declared import feed_of
from .models import Delivery, Source, Status
from .work import work_on_all

RATES = {
    "EUR": "0.92140", "GBP": "0.78850", "PLN": "3.96420", "BRL": "5.41230", "EGP": "48.60500", "AED": "3.67250",
    "SAR": "3.75000", "CHF": "0.88410", "JPY": "154.21000",
}  # fmt: skip
DAYS = 30


def build(world: World, customers: Sequence[Any], parts: Sequence[Any]) -> None:
    """Customer numbers, relationships and rates come by files, as they would; and some files went wrong."""
    operations, pricing = world.of_staff(StaffRole.CHANNEL_OPERATIONS), world.of_staff(StaffRole.PRICING)
    now = world.now
    numbered = customers[: len(customers) // 2]
    numbers = {
        customer.public_id: customer.number or f"{1_200_000 + place * 37:07d}"
        for place, customer in enumerate(numbered)
    }
    load(
        "customers",
        "customers-spring.csv",
        _customers(numbered, numbers),
        operations,
        now - timedelta(days=20),
    )
    load(
        "relationships",
        "relationships.csv",
        _relationships(world, numbered, numbers),
        operations,
        now - timedelta(days=19),
    )
    load("exchange-rates", "exchange-rates-month.csv", _rates(world, now), pricing, now - timedelta(days=1))
    _send(
        "exchange-rates",
        "exchange-rates-month (1).csv",
        _rates(world, now),
        pricing,
        now - timedelta(hours=20),
    )
    known = _parts(parts[:40])
    _cancelled("parts-draft.csv", known, pricing, now - timedelta(hours=8))
    _send(
        "parts",
        "parts-autumn.csv",
        _renamed(parts[:40], parts[0].line.code),
        pricing,
        now - timedelta(hours=3),
    )
    _send("parts", "parts-from-spreadsheet.csv", _wrong(known), operations, now - timedelta(hours=2))
    _send("parts", "Teileliste.csv", _foreign(known), pricing, now - timedelta(minutes=50))


# ------------------------------------------------------------------------------------------ sending


def _send(feed: str, name: str, rows: Iterable[Sequence[object]], by: Actor, now: datetime) -> Delivery:
    """Sent, and looked at by a worker."""
    with tenancy.scope(by):
        delivery = receive(
            feed_of(feed),
            file=io.BytesIO(_csv(rows)),
            name=name,
            complete=False,
            source=Source.PAGE,
            by=by,
            now=now,
        )
    work_on_all()
    delivery.refresh_from_db()
    return delivery


def load(feed: str, name: str, rows: Iterable[Sequence[object]], by: Actor, now: datetime) -> None:
    """Sent, checked, confirmed and loaded. Other apps' demos load their files by it too."""
    delivery = _send(feed, name, rows, by, now)
    if delivery.status != Status.READY:
        raise RuntimeError(
            f"The demo's {name} is {delivery.status}: {delivery.errors[:3]} {delivery.problem}"
        )
    with tenancy.scope(by):
        confirm(delivery, seen=delivery.fingerprint, removal_ticked=False, by=by, now=now)
    work_on_all()


def _cancelled(name: str, rows: Iterable[Sequence[object]], by: Actor, now: datetime) -> None:
    with tenancy.scope(by):
        delivery = receive(
            feed_of("parts"),
            file=io.BytesIO(_csv(rows)),
            name=name,
            complete=True,
            source=Source.API,
            by=by,
            now=now,
        )
        cancel(delivery, by=by, now=now)


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


# ------------------------------------------------------------------------------------------ files


def _customers(customers: Sequence[Any], numbers: dict[str, str]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [("Customer number", "Legal name", "Country", "Tax id", "Web domain")]
    rows += [(numbers[c.public_id], c.name, c.country, c.tax_id, c.web_domain) for c in customers]
    return rows


def _relationships(world: World, customers: Sequence[Any], numbers: dict[str, str]) -> list[Sequence[object]]:
    """Each reseller has customers of its own country, or a few of anywhere; distributors have some of them."""
    rows: list[tuple[object, ...]] = [("Site number", "Customer number", "Role", "Valid from", "Valid to")]
    today, rng = world.now.date(), Random(len(customers))  # its own: what comes after stays as it was
    for site in world.sites:
        near = [c for c in customers if c.country == site.country] or list(customers[:12])
        for customer in rng.sample(near, min(len(near), 9)):
            begun = today - timedelta(days=rng.randrange(30, 900))
            ends = rng.choice(
                ("", "", today + timedelta(days=rng.randrange(20, 500)), today - timedelta(days=9))
            )
            rows.append((site.number, numbers[customer.public_id], "reseller", begun, ends))
            distributor = rng.choice([*world.distributors, None])
            if distributor is not None:
                rows.append((distributor.number, numbers[customer.public_id], "distributor", begun, ends))
    once = {row[:3]: row for row in reversed(rows)}
    return [rows[0], *(row for row in once.values() if row is not rows[0])]


def _rates(world: World, now: datetime) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [("Currency", "Day", "Rate")]
    for currency, rate in RATES.items():
        value = Decimal(rate)
        for back in range(DAYS, 0, -1):
            day = now.date() - timedelta(days=back)
            drift = Decimal((day.toordinal() * 7919) % 41 - 20) / Decimal(10_000)
            rows.append((currency, day, (value * (1 + drift)).quantize(Decimal("0.00001"))))
    return rows


def _parts(parts: Sequence[Any]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [("number", "description", "line", "type", "active")]
    rows += [(part.number, part.description, part.line.code, part.type, "yes") for part in parts]
    return rows


def _renamed(parts: Sequence[Any], line: str) -> list[Sequence[object]]:
    """Some descriptions differ, and three parts are new: it waits to be confirmed."""
    rows: list[Any] = [list(row) for row in _parts(parts)]
    for row in rows[3:12]:
        row[1] = f"{row[1]} (2027)"
    rows += [[f"D9NEW{sign}L", f"Field kit {sign}", line, "licence", "yes"] for sign in "ABC"]
    return rows


def _wrong(rows: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    wrong: list[Any] = [list(row) for row in rows]
    wrong[4][0], wrong[9][2], wrong[12][3], wrong[20][1] = "D4SE", "SENTINAL", "licence plus", ""
    wrong.append(list(wrong[7]))
    return wrong


def _foreign(rows: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    """Headers nobody has matched yet."""
    return [("Teilenummer", "Bezeichnung", "Produktlinie", "Art", "aktiv"), *rows[1:]]
