"""`python -m benchmarks.printer LINES ROUNDS`: sets a quote as PDF as the portal does, and as the typesetter alone does
from the same words; in turn, in one process. Tells as JSON what each took. Nothing of the quote stays in the database.

No two papers bear the same title, since the typesetter would remember a paper that it has set before.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import django

django.setup()

import typst  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import translation  # noqa: E402

from identity import tenancy  # noqa: E402
from identity.models import Site  # noqa: E402
from orders.models import Quote, QuoteLine  # noqa: E402
from orders.papers.document import Sender, document  # noqa: E402
from orders.papers.fonts import fonts  # noqa: E402
from orders.papers.handing import paper  # noqa: E402
from orders.papers.typesetting import TEMPLATE  # noqa: E402
from pricing.models import Part, ProductLine  # noqa: E402

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def make_quote(lines: int) -> Quote:
    """A proposal, priced; the site is any reseller's."""
    site = Site.objects.filter(kind="reseller").order_by("id")[0]
    line, _ = ProductLine.objects.get_or_create(code="PAPERS", defaults={"name": "Papers"})
    parts = Part.objects.bulk_create(
        Part(
            number=f"P{number:04d}LL",
            description=f"Harbour Vault {number}, licence",
            line=line,
            type="licence",
        )
        for number in range(lines)
    )
    quote = Quote.objects.create(
        site=site, number="Q-2026-000001-B", customer_name="Sphinx Mills", country=site.country, currency="EUR",
        price_level="D", terms="Net 30 days. " * 40, total=lines * 95_000, list_total=lines * 100_000,
        points=Decimal(lines), line_count=lines, owner_name="Rita Reader", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    QuoteLine.objects.bulk_create(
        QuoteLine(
            quote=quote, site=site, position=place, part=part, part_number=part.number,
            description=part.description, part_type="licence", metric="pvu", quantity=10 + place,
            coverage_start=date(2027, 1, 1), coverage_end=date(2027, 12, 31), months=12, points=Decimal("1.5"),
            unit_list=10_000, unit_level=9_500 + place, unit_price=9_500 + place, list_extended=100_000,
            extended=95_000 + place,
        )
        for place, part in enumerate(parts, start=1)
    )  # fmt: skip
    return quote


def timed(work: Callable[[], bytes]) -> tuple[float, bytes]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def bare(said: dict[str, Any]) -> bytes:
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=fonts(), ignore_system_fonts=True)
    made = compiler.compile(format="pdf", sys_inputs={"paper": json.dumps(said)}, timestamp=0)
    assert isinstance(made, bytes)
    return made


def measure(lines: int, rounds: int) -> dict[str, Any]:
    quote = make_quote(lines)
    held = list(QuoteLine.objects.filter(quote=quote).order_by("position"))
    sender = Sender(quote.site.name)
    paper(quote, "pdf", language="en", now=NOW)  # fonts are read once by each process
    seen = []
    for number in range(rounds):
        quote.title = f"Ours, {number}"
        ours, made = timed(lambda: paper(quote, "pdf", language="en", now=NOW).content)
        quote.title = f"Bare, {number}"
        said = document(quote, held, sender=sender, today=NOW.date())
        alone, _ = timed(lambda: bare(said))  # noqa: B023 - called at once
        seen.append((ours, alone))
    return {"rounds": seen, "bytes": len(made), "pages": made.count(b"/Type/Page/")}


if __name__ == "__main__":
    with tenancy.as_system(), translation.override("en"), transaction.atomic():
        found = measure(int(sys.argv[1]), int(sys.argv[2]))
        transaction.set_rollback(True)
    print(json.dumps(found))
