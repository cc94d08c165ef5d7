"""CSV, written by the database: `COPY (SELECT …) TO STDOUT` of the query itself, so that row policies hold as ever.

Strict RFC 4180: commas, CRLF, quotes only where they are needed. It begins with a byte order mark, since without one
spreadsheets take UTF-8 for something else and Arabic or Polish names are lost; programs read it as `utf-8-sig`.
Amounts are plain decimals with a point, dates ISO 8601. Text that a spreadsheet would take for a formula begins with
an apostrophe, as OWASP recommends. tests/reports/plain_csv.py says the same in Python, row by row, and is compared.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from babel.core import get_global
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from .columns import Column, Type, sources
from .files import BrokenOff, Count, Heading, headings, places, words_of

if TYPE_CHECKING:
    from .tables import Table

BOM = b"\xef\xbb\xbf"
# What a spreadsheet begins a formula with, in full width as well; and what it ignores before one.
FORMULA_SIGNS = "=+-@＝＋－＠"
IGNORED = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"
# The same as a regular expression of PostgreSQL; the minus stands last, where it is no range.
FORMULA = f"^[\t\r\n]|^[{IGNORED}]*[{FORMULA_SIGNS.replace('-', '')}-]"
BUFFER = 1024 * 1024
FEW = 6  # words that are looked for one after the other
Part = tuple[str, list[Any]]  # SQL, and what stands in for its placeholders


def write(table: Table, path: Path, count: Count) -> None:
    shown = headings(table.columns)
    with path.open("wb", buffering=BUFFER) as file:
        file.write(BOM + header(shown))
        try:
            statement = copy_statement(shown, table.rows)
        except EmptyResultSet:
            return  # Django knows that nothing fits
        with _in_readers_zone(), connection.wrap_database_errors, connection.cursor() as cursor:
            cursor.copy_expert(statement, _Lines(file, count))


class _Lines:
    """What COPY writes into: one whole row each time, as libpq promises. Its end becomes RFC 4180's."""

    def __init__(self, file: BinaryIO, count: Count) -> None:
        self._write, self._count = file.write, count

    def write(self, row: bytes) -> None:
        self._write(row[:-1] + b"\r\n")
        self._count.rows += 1
        if self._count.over:
            raise BrokenOff


def header(shown: Sequence[Heading]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([harmless(each.label) for each in shown])
    return line.getvalue().encode()


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    if text and (text[0] in "\t\r\n" or text.lstrip(IGNORED)[:1] in frozenset(FORMULA_SIGNS)):
        return f"'{text}"
    return text


# ---------------------------------------------------------------------------------------------- the statement


def copy_statement(shown: Sequence[Heading], rows: QuerySet[Any, Any]) -> bytes:
    """COPY of a query's rows, formatted. Raises EmptyResultSet where no query is needed."""
    fields = sources(each.column for each in shown)
    source, params = rows.values_list(*fields).query.sql_with_params()
    place = {field: f"t.c{number}" for number, field in enumerate(fields)}
    parts = [_part(each, place) for each in shown]
    if len(parts) == 1:  # a row with nothing in its only column is no empty line
        parts = [(f"coalesce(({parts[0][0]})::text, '')", parts[0][1])]
    names = ", ".join(f"c{number}" for number in range(len(fields)))
    select = ", ".join(sql for sql, _ in parts)
    given = [value for _, values in parts for value in values]
    # The subquery has an order of its own, which nothing above it disturbs.
    statement = f"COPY (SELECT {select} FROM ({source}) AS t ({names})) TO STDOUT WITH (FORMAT csv)"  # noqa: S608 - of our own names
    with connection.cursor() as cursor:
        return bytes(cursor.mogrify(statement, [*given, *params]))


def _part(heading: Heading, place: dict[str, str]) -> Part:
    """The expression of a file's column: what is written as it stands in the file; null where that is empty."""
    column = heading.column
    at = place[column.source]
    if column.type is Type.MONEY:
        currency = place[column.currency]
        if heading.is_currency:
            return f"CASE WHEN {at} IS NOT NULL THEN nullif({currency}::text, '') END", []
        return _amount(at, currency)
    if column.words is not None:
        return _word(at, column)
    match column.type:
        case Type.MOMENT:
            return f"left({at}::text, 19)", []
        case Type.DATE | Type.MONTH:  # of a moment, the reader's day
            return f"{at}::date", []
        case Type.NUMBER | Type.DECIMAL:
            return at, []
        case Type.PERCENT:
            return f"{at} * 0.01", []
        case _:
            return _harmless(at)


def _harmless(at: str) -> Part:
    """As `harmless`. Nearly all text begins with a letter or digit, which takes no regular expression to see."""
    text, first = f"{at}::text", f"ascii({at}::text)"
    sql = (
        f"CASE WHEN {first} BETWEEN 65 AND 159 OR {first} BETWEEN 48 AND 57 OR {first} BETWEEN 161 AND 8191"
        f" THEN {text} WHEN {text} = '' THEN NULL"
        f" WHEN {text} ~ %s THEN '''' || {text} ELSE {text} END"
    )
    return sql, [FORMULA]


def _word(at: str, column: Column) -> Part:
    """The reader's word for a stored value; a value without one as it is."""
    otherwise, params = _harmless(at)
    words = sorted((value, harmless(word)) for value, word in words_of(column).items())
    if not words:
        return otherwise, params
    found, given = _found_in(f"{at}::text", words)
    sql = f"coalesce({found}, {otherwise})"
    return (sql if all(word for _, word in words) else f"nullif({sql}, '')"), [*given, *params]


def _found_in(text: str, words: list[tuple[str, str]]) -> Part:
    """The word of a value among many, in order: looked up by halves, as in a dictionary."""
    if len(words) <= FEW:
        whens = "".join(" WHEN %s THEN %s" for _ in words)
        return f"CASE {text}{whens} END", [each for pair in words for each in pair]
    half = len(words) // 2
    (first, in_first), (second, in_second) = _found_in(text, words[:half]), _found_in(text, words[half:])
    middle = f'({text} COLLATE "C") < %s'
    return f"CASE WHEN {middle} THEN {first} ELSE {second} END", [words[half][0], *in_first, *in_second]


def _amount(at: str, currency: str) -> Part:
    """Minor units as a decimal of its currency. To multiply by 0.01 gives exactly two decimals."""
    unusual = _unusual()
    others = "".join(
        f" WHEN {currency} = ANY(%s) THEN {at} * {0.1**number:.{number}f}::numeric" for number in unusual
    )
    usual = f"{currency} IS NULL OR {currency} <> ALL(%s)"
    codes = [code for some in unusual.values() for code in some]
    return f"CASE WHEN {usual} THEN {at} * 0.01{others} END", [codes, *unusual.values()]


@cache
def _unusual() -> dict[int, list[str]]:
    """The currencies that do not have two decimals, by how many they have."""
    found: dict[int, list[str]] = {}
    for code in sorted(get_global("currency_fractions")):
        if places(code) != 2:
            found.setdefault(places(code), []).append(code)
    return found


@contextmanager
def _in_readers_zone() -> Iterator[None]:
    """The database writes moments in the reader's time zone, as Python otherwise would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [timezone.get_current_timezone_name()])
        yield
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [connection.timezone_name])
