"""Thousands of damaged files: each is refused, or gives rows in which everything is valid; nothing else happens."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from feeds.declared import FeedColumn
from feeds.reading import Refused, open_table
from feeds.reading.checking import check
from feeds.reading.matching import match, names_of
from feeds.reading.styles import decide
from feeds.values import Amount, Currency, Day, Pattern, Text

from .messy import sheet, workbook

COLUMNS = (
    FeedColumn("part_number", "Part number", Pattern("[0-9A-Z]{7}", "Give 7 letters and digits.")),
    FeedColumn("description", "Description", Text(40)),
    FeedColumn("currency", "Currency", Currency()),
    FeedColumn("price", "Price", Amount(), required=False),
    FeedColumn("since", "Since", Day(), required=False),
)
NAMES = [column.name for column in COLUMNS]
ROWS = [
    [f"D0ABC{at:02d}", f"Lizenz für „{at}“", "EUR", f"1.{at:03d},50", f"{1 + at % 28:02d}.12.2026"]
    for at in range(30)
]
# What is put into files besides chance: what files are made of, and what has broken readers before.
TOKENS = [
    b'"', b'""', b";", b",", b"\t", b"\r", b"\n", b"\r\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\xa0",
    b"\x80", b"<c>", b"</c>", b"<v>", b"</row>", b"<row>", b"<f>1</f>", b"<!DOCTYPE x>", b"&a;", b"&#0;",
    b"<![CDATA[x]]>", b' r="A1"', b' r="1"', b' t="s"', b' t="b"', b' t="d"', b' s="-1"', b"-1", b"1e400", b"nan",
    b"99999999999999999999", b"_x0000_", b"<?x?>", b"<!--", b"PK\1\2", b"PK\5\6", b"PK\6\7",
]  # fmt: skip


@cache
def texts() -> list[bytes]:
    """One table in several dialects."""
    lines = [["Preisliste"], [], NAMES, *ROWS]
    plain = "\r\n".join(";".join(cells) for cells in lines)
    quoted = "\n".join("\t".join(f'"{cell}\n"' for cell in cells) for cells in lines)
    return [
        plain.encode(),
        plain.encode("utf-8-sig"),
        plain.encode("cp1252"),
        plain.encode("utf-16"),
        quoted.encode(),
    ]


@cache
def parts() -> dict[str, bytes]:
    """The parts of a workbook with the same table."""
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{"ABCDE"[at]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for at, cell in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate([NAMES, *ROWS], 1)
    )
    path = workbook(BytesIO(), {"xl/worksheets/sheet1.xml": sheet(rows)})
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def mutant(content: bytes, rng: random.Random) -> bytes:
    """The content with a few things wrong with it."""
    found = bytearray(content)
    for _time in range(rng.choice([1, 1, 1, 2, 3, 10])):
        at = rng.randrange(len(found) + 1)
        end = min(len(found), at + rng.choice([1, 1, 2, 4, 30, 300]))
        found[at:end] = rng.choice(
            [
                rng.randbytes(end - at),
                b"",
                found[at:end] * 2,
                rng.choice(TOKENS),
                rng.choice(TOKENS) + found[at:end],
                found[rng.randrange(len(found) + 1) :][: end - at],
            ]
        )
    return bytes(found)


def mutant_of_text(rng: random.Random) -> bytes:
    return mutant(rng.choice(texts()), rng)


def mutant_of_archive(rng: random.Random) -> bytes:
    return b"PK" + mutant(packed(parts()), rng)[2:]


def mutant_of_part(rng: random.Random) -> bytes:
    contents = parts()
    name = rng.choice([*contents, "xl/worksheets/sheet1.xml"])
    return packed({**contents, name: mutant(contents[name], rng)})


def read(path: Path) -> int:
    """How many rows came out. Fails if anything did that is not valid."""
    table = open_table(path, path.name, names_of(COLUMNS))
    mapping = match(table.headers, COLUMNS).mapping
    styles = decide(table, COLUMNS, mapping).styles
    rows = 0
    for batch in check(table, COLUMNS, mapping, styles, key=("part_number",)):
        wrong = {(error.row, error.column) for error in batch.errors}
        for name, values in batch.columns.items():
            assert len(values) == len(batch.numbers)
            for number, value in zip(batch.numbers, values, strict=True):
                assert value is None or ((number, name) not in wrong and is_valid(name, value))
        rows += len(batch.numbers)
    return rows


def is_valid(name: str, value: object) -> bool:
    if name == "price":
        return type(value) is int and 0 <= value <= 10**15
    if name == "since":
        return type(value) is date
    return type(value) is str and 0 < len(value) <= 40 and value == value.strip()


class TestADamagedFile:
    @pytest.mark.parametrize("make", [mutant_of_text, mutant_of_archive, mutant_of_part])
    @pytest.mark.parametrize("share", range(4))
    def test_is_refused_or_gives_valid_rows(self, make: Callable[[random.Random], bytes], share, tmp_path):
        path, refused, rows = tmp_path / "mutant", 0, 0
        for seed in range(share * 500, share * 500 + 500):
            path.write_bytes(make(random.Random(seed)))
            try:
                rows += read(path)
            except Refused as refusal:
                refused += bool(refusal.code and str(refusal))
            except Exception as crash:
                crash.add_note(f"{make.__name__}, seed {seed}")
                raise

        assert rows, "some are read"
        assert refused, "some are refused"

    def test_was_a_table_before(self, tmp_path):
        for content in [*texts(), packed(parts())]:
            (tmp_path / "whole").write_bytes(content)

            assert read(tmp_path / "whole") == len(ROWS)
