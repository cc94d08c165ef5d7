"""From a file to rows of texts: the readers of feeds (CSV of any kind, XLSX), and which column is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from feeds.reading import Refused, open_table
from feeds.reading.matching import match
from feeds.reading.sheet import Sheet
from feeds.reading.styles import OPEN, Style, decide
from feeds.values import Invalid
from reports.csv_files import FORMULA_SIGNS, IGNORED

from .columns import BY_NAME, COLUMNS, REPEATED, Repeated, known_headers

MOST_ROWS = 1_000
AT_ONCE = 50  # rows in memory


@dataclass(frozen=True)
class Table:
    """A file of deals: where each column stands in it, and how it writes numbers and dates."""

    sheet: Sheet
    places: dict[str, int]  # by the column's name
    repeated: dict[str, list[tuple[int, int]]]  # by the name: number and place, by number
    styles: dict[str, Style] = field(default_factory=dict)

    def rows(self) -> Iterator[list[Row]]:
        """The rows in pieces of AT_ONCE, from the start. Raises Refused for what turns out not to be readable."""
        width = len(self.sheet.headers)
        for numbers, cells in self.sheet.batches(AT_ONCE):
            yield [
                Row(number, [*texts[:width], *[""] * (width - len(texts))])
                for number, texts in zip(numbers, cells, strict=True)
            ]

    def has(self, name: str) -> bool:
        return name in self.places

    def says(self, row: Row) -> tuple[str, ...]:
        """What a row says, without what is not read: two rows that say the same are one."""
        unread = {self.places.get(column.name) for column in COLUMNS if column.read_only}
        return tuple(cell.strip() for at, cell in enumerate(row.cells) if at not in unread)


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as a person counts, titles and header included
    cells: list[str]  # one for each header


@dataclass
class Read:
    """What a row says: values by column, None where a cell is blank; and what is wrong, by the column's title."""

    values: dict[str, Any] = field(default_factory=dict)
    repeated: dict[str, list[tuple[str, str]]] = field(
        default_factory=dict
    )  # name → title and text of filled cells
    flaws: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, title: str, text: Any) -> None:
        self.flaws.append((title, str(text)))

    @property
    def flawed(self) -> set[str]:
        return {title for title, _text in self.flaws}


# ------------------------------------------------------------------------------------------------ the file


def open_file(path: Path, name: str, styles: Mapping[str, list[str]] | None = None) -> Table:
    """The table in a file that somebody called `name`.

    `styles` are those found when the file was sent; else they are found now. Raises Refused, also for columns that
    are missing or there twice.
    """
    sheet = open_table(path, name, known_headers())
    repeated = _repeated(sheet.headers)
    taken = {place for found in repeated.values() for _number, place in found}
    single = [("" if place in taken else header) for place, header in enumerate(sheet.headers)]
    found = match(single, COLUMNS)
    if found.clashes:
        raise Refused(
            _("More than one column is called “%(name)s”. Leave one of them."), "column_twice",
            name=BY_NAME[next(iter(found.clashes))].label,
        )  # fmt: skip
    _demand(found.missing, repeated)
    places = {column: place for column, place in found.mapping.items() if place is not None}
    table = Table(sheet, places, repeated)
    if styles is None:
        table.styles.update(decide(sheet, COLUMNS, found.mapping).styles)
    else:
        table.styles.update({name: Style(*given) for name, given in styles.items()})  # type: ignore[arg-type]
    return table


def _repeated(headers: list[str]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {each.name: [] for each in REPEATED}
    for place, header in enumerate(headers):
        for each in REPEATED:
            if (number := each.number_in(header)) is not None:
                if any(number == other for other, _place in found[each.name]):
                    raise Refused(
                        _("More than one column is called “%(name)s”. Leave one of them."), "column_twice",
                        name=each.title(number),
                    )  # fmt: skip
                found[each.name].append((number, place))
    return {name: sorted(places) for name, places in found.items()}


def _demand(missing: tuple[str, ...], repeated: dict[str, list[tuple[int, int]]]) -> None:
    titles = [str(BY_NAME[name].label) for name in missing]
    titles += [each.title(1).removesuffix(" *") for each in REPEATED if not repeated[each.name]]
    if titles:
        raise Refused(
            _("These columns are missing: %(names)s. Download the empty file, which has them all."), "columns_missing",
            names=", ".join(titles),
        )  # fmt: skip


def count(table: Table) -> int:
    """How many rows there are. Raises Refused for none, for too many, and for what is not readable further on."""
    rows = 0
    for piece in table.rows():
        rows += len(piece)
        if rows > MOST_ROWS:
            raise Refused(
                _("A file may have up to %(most)s rows, and this has more. Nothing of it was taken: send it in parts."),
                "too_many_rows", most=f"{MOST_ROWS:,}",
            )  # fmt: skip
    if not rows:
        raise Refused(_("There is no row below the header."), "no_rows")
    return rows


# ------------------------------------------------------------------------------------------------ a row


def read(table: Table, row: Row) -> Read:
    """What a row says, each cell judged by its column."""
    found = Read()
    currency = None
    for name in ("currency", *(column.name for column in COLUMNS if column.name != "currency")):
        column, place = BY_NAME[name], table.places.get(name)
        if column.read_only or place is None:
            continue
        text = row.cells[place]
        if not text.strip():
            found.values[name] = None
            if column.required:
                found.wrong(str(column.label), _("Fill this in."))
            continue
        try:
            beside = currency if column.kind.beside else None
            value = column.kind.parser(table.styles.get(name, OPEN), beside)(unharmed(text))
        except Invalid as invalid:
            found.wrong(str(column.label), invalid)
            continue
        found.values[name] = value
        if name == "currency":
            currency = value
    for each in REPEATED:
        found.repeated[each.name] = _filled(each, table.repeated[each.name], row)
    return found


def _filled(each: Repeated, places: list[tuple[int, int]], row: Row) -> list[tuple[str, str]]:
    return [
        (str(each.label) % {"number": number}, unharmed(text))
        for number, place in places
        if (text := row.cells[place].strip())
    ]


def unharmed(text: str) -> str:
    """Text without the apostrophe by which a download kept it from being taken for a formula."""
    if text[:1] == "'" and text[1:].lstrip(IGNORED)[:1] in frozenset(FORMULA_SIGNS):
        return text[1:]
    return text
