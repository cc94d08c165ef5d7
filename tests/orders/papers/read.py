"""Quotes that are on no disk, set on paper and read back as a reader's program reads them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from orders.models import Quote, QuoteLine
from orders.papers.document import Sender, document
from orders.papers.typesetting import typeset
from orders.papers.workbook import workbook

TODAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def quote(**given: Any) -> Quote:
    """A quote with everything that a paper can bear."""
    facts: dict[str, Any] = {
        "number": "Q-2026-004217-K", "revision": 2, "status": "open", "title": "Renewal 2027",
        "customer_name": "Sphinx Mills", "site_number": "1234567", "country": "EG", "currency": "EUR",
        "contact_name": "Salma Nour", "contact_email": "salma@sphinx-mills.example",
        "price_level": "BL", "earned_level": "D", "valid_until": date(2026, 12, 31), "terms": "Net 30 days.",
        "po_number": "PO-77", "list_total": 2_469_135_78, "total": 2_222_222_20, "points": Decimal("25.00"),
        "deal_number": "DR-2026-000123-A", "deal_discount_bp": 1_250, "owner_name": "Nadia Farouk",
        "distributor_name": "Delta Distribution", "opened_at": MOMENT, "updated_at": MOMENT, "note": "Between us.",
    }  # fmt: skip
    return Quote(**(facts | given))


def line(position: int = 1, **given: Any) -> QuoteLine:
    facts: dict[str, Any] = {
        "position": position, "part_number": "E0ABCRR", "description": "Flow Designer, renewal", "metric": "pvu",
        "part_type": "renewal", "quantity": 1_200, "points": Decimal("12.50"),
        "coverage_start": date(2027, 1, 1), "coverage_end": date(2027, 12, 31), "months": 12,
        "unit_list": 1_028_81, "unit_level": 977_37, "unit_price": 925_92, "extended": 1_111_111_10,
    }  # fmt: skip
    return QuoteLine(**(facts | given))


def pdf(
    of: Quote,
    *lines: QuoteLine,
    language: str = "en",
    sender: Sender | None = None,
    today: date = TODAY,
) -> bytes:
    with translation.override(language):
        said = document(of, lines or (line(),), sender=sender or Sender("Nile Systems"), today=today)
    return typeset(said, moment=MOMENT)


def words(content: bytes) -> str:
    """All text of a PDF in one line, without the marks of direction."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(
        "".join(sign for sign in " ".join(pages) if sign not in "\u2066\u2068\u2069\u200b").split()
    )


def sheet(of: Quote, *lines: QuoteLine, language: str = "en", today: date = TODAY) -> Worksheet:
    with translation.override(language):
        content = workbook(of, lines or (line(),), sender=Sender("Nile Systems"), today=today)
    return opened(content)


def opened(content: bytes) -> Worksheet:
    found = load_workbook(io.BytesIO(content)).active
    assert isinstance(found, Worksheet)
    return found


def beside(of: Worksheet, label: str) -> Any:
    """The value in the row of a label."""
    for row in of.iter_rows():
        for at, cell in enumerate(row):
            if cell.value == label:
                return next(other.value for other in row[at + 1 :] if other.value is not None)
    raise LookupError(label)
