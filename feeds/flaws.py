"""What is wrong with a file, row by row: a file of its own in the store, and its first lines with the delivery."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .declared import Feed, Flaw
from .sentences import Kept, kept, told

SHOWN = 100  # are kept with the delivery
LISTED = 100_000  # stand in the file; more are only counted
REMEMBERED = 5_000  # rules at a time: "as in row 17" is another rule for each row
LONGEST = 200  # letters of a value that are shown
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula


@dataclass(frozen=True, slots=True)
class Told:
    """A flaw for one reader. `column` is the column's name, `label` what the reader calls it."""

    row: int
    column: str
    label: str
    value: str
    rule: str
    code: str


class Flaws:
    """Takes flaws one by one and writes them to a file, a JSON value a line: `{number: …}` where a rule comes for
    the first time, with its words in every language, and `[row, column, value, number]` for each flaw.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self.first: list[dict[str, Any]] = []
        self._file: IO[str] = path.open("w", encoding="utf-8")
        self._rules: dict[tuple[str, str], tuple[int, Kept]] = {}
        self._next = 0

    def add(
        self,
        row: int,
        column: str,
        value: str,
        rule: str | Promise,
        code: str,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.count += 1
        if self.count > LISTED:
            return
        number, words = self._rule(rule, code, params)
        value = value[:LONGEST]
        self._write([row, column, value, number])
        if len(self.first) < SHOWN:
            self.first.append({"row": row, "column": column, "value": value, "code": code, "rule": words})

    def add_all(self, flaws: Iterable[Flaw]) -> None:
        for flaw in flaws:
            self.add(flaw.row, flaw.column, flaw.value, flaw.rule, flaw.code, flaw.params)

    def close(self) -> None:
        self._file.close()

    def _rule(self, rule: str | Promise, code: str, params: Mapping[str, Any] | None) -> tuple[int, Kept]:
        known = (code, str(rule) % params if params else str(rule))
        if known not in self._rules:
            if len(self._rules) >= REMEMBERED:
                self._rules.clear()
            words = kept(rule, params)
            self._rules[known] = self._next, words
            self._write({"number": self._next, "code": code, "words": words})
            self._next += 1
        return self._rules[known]

    def _write(self, value: Any) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False) + "\n")


def first_flaws(feed: Feed | None, found: Iterable[Mapping[str, Any]]) -> list[Told]:
    """The flaws kept with a delivery, in the reader's language."""
    labels = _labels(feed)
    return [
        Told(
            flaw["row"],
            flaw["column"],
            labels.get(flaw["column"], flaw["column"]),
            flaw["value"],
            told(flaw["rule"]),
            flaw["code"],
        )
        for flaw in found
    ]


def all_flaws(feed: Feed | None, path: Path) -> Iterator[Told]:
    """The flaws of a file that `Flaws` wrote, in the reader's language; memory bounded."""
    labels = _labels(feed)
    rules: dict[int, tuple[str, str]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            if isinstance(said, dict):
                rules[said["number"]] = (said["code"], told(said["words"]))
                rules.pop(said["number"] - 2 * REMEMBERED, None)
                continue
            row, column, value, number = said
            code, rule = rules[number]
            yield Told(row, column, labels.get(column, column), value, rule, code)


def page_of_flaws(feed: Feed | None, path: Path, *, after: int, size: int) -> list[Told]:
    """`size` flaws of a file, without the first `after`."""
    return list(islice(all_flaws(feed, path), after, after + size))


def as_csv(flaws: Iterable[Told]) -> Iterator[bytes]:
    """The error file: in the reader's language, with what looks like a formula made harmless."""
    yield "\ufeff".encode()  # spreadsheets take it for UTF-8 then
    yield _lines([[_("Row"), _("Column"), _("Value"), _("Rule")]])
    while piece := list(islice(flaws := iter(flaws), 1000)):
        yield _lines([flaw.row, _safe(flaw.label), _safe(flaw.value), _safe(flaw.rule)] for flaw in piece)


def _lines(rows: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _labels(feed: Feed | None) -> dict[str, str]:
    return {column.name: str(column.label) for column in feed.columns} if feed else {}
