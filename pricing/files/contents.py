"""What stands in a price file: the same columns in CSV, XLSX and Parquet, under English names that programs rely on.

A file has the editions of its window one after the other, each ordered by part number. A price list has its own price
columns only, and whatever is said of changes is judged by them alone: a file without partner cost does not tell that
the cost changed.

**CSV** is UTF-8 without a byte order mark, commas, CRLF; amounts are plain decimals with a point, dates ISO 8601. Text
that a spreadsheet would take for a formula begins with an apostrophe. **XLSX** has real numbers and dates. **Parquet**
has decimals and dates as types; a row group for each edition.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import rustpy_xlsxwriter as xlsx
from babel.numbers import get_currency_precision
from django.db import connection

from ..models import PriceBook, PriceEdition, columns_of

BEFORE = (
    "part_number", "part_description", "product_id", "product_name", "part_type", "charge_metric", "term_months",
    "points", "country", "currency",
)  # fmt: skip
AFTER = (
    "effective_from", "effective_to", "price_status", "change_code", "pct_change", "replacement_part",
    "announcement_no",
)  # fmt: skip
DATES = ("effective_from", "effective_to")
WIDTHS = {"part_description": 48, "product_name": 28}


@dataclass(frozen=True, slots=True)
class Segment:
    """One edition in a file: what it is compared with, when it ends, and whether it is in effect."""

    edition: PriceEdition
    previous: PriceEdition | None
    ends_on: date | None  # the first day on which it is no longer in effect
    is_current: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a price list's files."""

    book: PriceBook
    prices: tuple[str, ...]

    @classmethod
    def of(cls, book: PriceBook, price_list: str, *, with_cost: bool) -> Layout:
        return cls(book, columns_of(price_list, with_cost=with_cost))

    @property
    def columns(self) -> tuple[str, ...]:
        return (*BEFORE, *self.prices, *AFTER)

    @property
    def places(self) -> int:
        return int(get_currency_precision(self.book.currency))


# ---------------------------------------------------------------------------------------------- CSV

# What a spreadsheet begins a formula with, in full width as well; and what it ignores before one.
FORMULA_SIGNS = "=+-@＝＋－＠"
IGNORED = " \t\v\f\u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"


def header_of(layout: Layout) -> bytes:
    return ",".join(layout.columns).encode() + b"\r\n"


def write_csv(layout: Layout, segment: Segment, out: IO[bytes], *, harmless: bool = True) -> int:
    """Write an edition's rows, without a header; returns how many. `harmless` text is no formula for anybody."""
    with connection.cursor() as cursor:
        query = _query(layout, segment, harmless)
        buffer = io.BytesIO()
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, ENCODING 'utf8')", buffer)
        out.write(buffer.getvalue().replace(b"\n", b"\r\n"))  # no text has a line break of its own
        return int(cursor.cursor.rowcount)


def _query(layout: Layout, segment: Segment, harmless: bool) -> str:
    """The rows of an edition: its prices, and what was in the one before and is no longer."""
    edition, previous = segment.edition, segment.previous
    prices = [f"{_amount(f'p.{column}', layout.places)} AS {column}" for column in layout.prices]
    these, those = (", ".join(f"{side}.{column}" for column in layout.prices) for side in ("p", "o"))
    changed, percent = "NULL", "NULL"
    if previous is not None:
        changed = (
            "CASE WHEN p.part_id IS NULL THEN 'D' WHEN o.part_id IS NULL THEN 'N'"
            f" WHEN ({these}) IS DISTINCT FROM ({those}) THEN 'U' END"
        )
        percent = "CASE WHEN p.srp <> o.srp AND o.srp > 0 THEN round((p.srp - o.srp) * 100.0 / o.srp, 2) END"
    texts = {
        "number": "part.number",
        "description": _text("part.description", harmless),
        "line": _text("line.code", harmless),
        "name": _text("line.name", harmless),
    }
    return f"""
        SELECT {texts["number"]}, {texts["description"]}, {texts["line"]}, {texts["name"]}, part.type,
            part.metric, part.term_months, part.points,
            {_literal(layout.book.country)}, {_literal(layout.book.currency)}, {", ".join(prices)},
            {_literal(edition.effective_on)}, {_literal(segment.ends_on)},
            {_literal("current" if segment.is_current else "future")}, {changed}, {percent},
            p.replacement, {_text(_literal(edition.name), harmless)}
        FROM {_joined(edition, previous)}
        ORDER BY part.number"""  # noqa: S608 - made of our own names, and of literals


def _joined(edition: PriceEdition, previous: PriceEdition | None) -> str:
    parts = "JOIN pricing_part part ON part.id = {id} JOIN pricing_productline line ON line.id = part.line_id"
    this = f"(SELECT * FROM pricing_price WHERE edition_id = {int(edition.id)}) p"  # noqa: S608
    if previous is None:
        return f"{this} {parts.format(id='p.part_id')}"
    that = f"(SELECT * FROM pricing_price WHERE edition_id = {int(previous.id)}) o"  # noqa: S608
    return f"{this} FULL JOIN {that} USING (part_id) {parts.format(id='part_id')}"


def _amount(column: str, places: int) -> str:
    return f"{column} * {10**-places:.{places}f}" if places else column


def _text(text: str, harmless: bool) -> str:
    """Text of one line; behind an apostrophe where a spreadsheet would take it for a formula."""
    line = f"translate({text}, E'\\r\\n', '  ')"
    if not harmless:
        return line
    first = f"left(ltrim({line}, {_literal(IGNORED)}), 1)"
    return (
        f"CASE WHEN {first} <> '' AND (strpos({_literal(FORMULA_SIGNS)}, {first}) > 0 OR left({line}, 1) = E'\\t')"
        f" THEN '''' || {line} ELSE {line} END"
    )


def _literal(value: str | date | None) -> str:
    with connection.cursor() as cursor:
        written: bytes = cursor.cursor.mogrify(
            "%s", [value.isoformat() if isinstance(value, date) else value]
        )
    return written.decode() + ("" if value is None else "::text")


# ---------------------------------------------------------------------------------------------- Parquet, XLSX


def schema_of(layout: Layout) -> pa.Schema:
    """The types of the columns."""
    types: dict[str, pa.DataType] = dict.fromkeys(layout.columns, pa.string())
    types |= dict.fromkeys(layout.prices, pa.decimal128(18, layout.places))
    types |= dict.fromkeys(DATES, pa.date32())
    types |= {"term_months": pa.int16(), "points": pa.decimal128(7, 2)}
    types["pct_change"] = pa.decimal128(12, 2)
    return pa.schema(types.items())


def table_of(layout: Layout, segment: Segment) -> pa.Table:
    """An edition's rows with their types."""
    schema = schema_of(layout)
    content = io.BytesIO()
    write_csv(layout, segment, content, harmless=False)
    if not content.tell():
        return schema.empty_table()
    content.seek(0)
    return arrow_csv.read_csv(
        content,
        read_options=arrow_csv.ReadOptions(column_names=layout.columns),
        convert_options=arrow_csv.ConvertOptions(
            column_types=schema, strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=True
        ),
    )


def write_parquet(layout: Layout, tables: Sequence[pa.Table], path: Path) -> None:
    """A row group for each edition."""
    with parquet.ParquetWriter(path, schema_of(layout), compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)


def write_xlsx(layout: Layout, tables: Iterable[pa.Table], path: Path) -> None:
    """A workbook of one sheet, written row by row."""
    amount = xlsx.Format().set_num_format("#,##0." + "0" * layout.places if layout.places else "#,##0")
    formats = dict.fromkeys(layout.prices, amount)
    formats |= {name: xlsx.Format().set_num_format("yyyy-mm-dd") for name in DATES}
    formats["points"] = xlsx.Format().set_num_format("0.00")
    formats["pct_change"] = xlsx.Format().set_num_format("0.00")
    xlsx.write_worksheet(
        _records(layout, tables),
        str(path),
        sheet_name="prices",
        freeze_row=1,
        autofilter=True,
        header_format=xlsx.Format().set_bold(),
        column_widths=[float(WIDTHS.get(name, 14)) for name in layout.columns],
        column_formats=formats,
    )


def _records(layout: Layout, tables: Iterable[pa.Table]) -> Iterator[dict[str, Any]]:
    found = False
    for table in tables:
        for batch in table.to_batches(max_chunksize=2_000):
            for row in batch.to_pylist():
                found = True
                yield row
    if not found:
        yield dict.fromkeys(layout.columns)  # the header is found in the first row: be there one
