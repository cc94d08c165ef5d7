"""What is no table is refused with a reason, soon, and without taking memory, however it was made."""

from __future__ import annotations

import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from feeds.reading import Refused, open_table

from .messy import (
    CONTENT_TYPES,
    HEADER,
    LINK,
    MAIN,
    ROW,
    TYPES,
    WORKBOOK,
    WORKBOOK_RELATIONS,
    sheet,
    workbook,
    written,
)

SECONDS = 30  # what takes them would take hours or never end
MEBIBYTES = 100
MEBIBYTE = 1024 * 1024

Make = Callable[[Path], object]
SHEET = "xl/worksheets/sheet1.xml"


def part(name: str, content: str | bytes | None) -> Make:
    return lambda path: workbook(path, {name: content})


def text(content: str | bytes) -> Make:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


def archive(parts: dict[str, str | bytes]) -> Make:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name, content in parts.items():
                out.writestr(name, content)

    return make


LAUGHS = (
    """<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>"""
)
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
OUTSIDE = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>"""


def declared(prologue: str, content: str) -> str:
    head, _, rest = content.partition("?>")
    return f"{head}?>{prologue}{rest}"


def zeros(path: Path) -> None:
    """200 MiB of nothing in 200 KiB."""
    workbook(path, {SHEET: None})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as out, out.open(SHEET, "w") as packed:
        for _block in range(200):
            packed.write(b"\0" * MEBIBYTE)


def lying(path: Path) -> None:
    """200 MiB of nothing that the archive says is a thousand bytes."""
    zeros(path)
    content = path.read_bytes()
    true, said = struct.pack("<L", 200 * MEBIBYTE), struct.pack("<L", 1000)
    path.write_bytes(content.replace(true, said))


def boasting(path: Path) -> None:
    """A small workbook of which the archive says that it comes to gigabytes."""
    workbook(path)
    content = path.read_bytes()
    at = content.index(b"PK\1\2")
    path.write_bytes(content[: at + 24] + struct.pack("<L", 0xFFFFFFF0) + content[at + 28 :])


def overlapping(path: Path) -> None:
    """An archive whose list names one file again and again."""
    workbook(path)
    with zipfile.ZipFile(path) as there:
        entry = there.getinfo(SHEET)
    with zipfile.ZipFile(path, "a") as out:
        out.filelist += [entry] * 1000
        out._didModify = True


def crowd(path: Path) -> None:
    workbook(path)
    with zipfile.ZipFile(path, "a") as out:
        for number in range(30_000):
            out.writestr(f"xl/media/{number}.txt", "")


def nested(path: Path) -> None:
    content = b"\0" * MEBIBYTE
    for _level in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
            for number in range(10):
                box.writestr(f"{number}.zip", content)
        content = out.getvalue()
    path.write_bytes(content)


def locked(path: Path) -> None:
    """An archive whose entries are marked as encrypted."""
    workbook(path)
    content = bytearray(path.read_bytes())
    at = -1
    while (at := content.find(b"PK\1\2", at + 1)) >= 0:
        content[at + 8] |= 1
    path.write_bytes(content)


def strings(path: Path) -> None:
    """A million and a half different texts."""
    rng = random.Random(4)
    texts = "".join(f"<si><t>{rng.getrandbits(48)}</t></si>" for _text in range(1_400_000))
    workbook(path, {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>'})


def sparse(path: Path) -> None:
    with path.open("wb") as out:
        out.write(b"part,price\n")
        out.truncate(3 * 1024 * MEBIBYTE)


def garbage(size: int) -> bytes:
    return random.Random(3).randbytes(size)


def formula_below(rows: int) -> str:
    filling = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(2, rows))
    return sheet(HEADER + filling + f'<row r="{rows}"><c r="B{rows}"><f>A2*2</f><v>2</v></c></row>')


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
LONG = "x" * MEBIBYTE
MUCH = garbage(10 * MEBIBYTE).hex()

BOMBS: dict[str, tuple[str, Make]] = {
    "an archive that unpacks to a thousand times its size": ("bomb", zeros),
    "an archive that lies about the size of a file": ("damaged", lying),
    "an archive that says it comes to gigabytes": ("bomb", boasting),
    "an archive that names a file a thousand times": ("damaged", overlapping),
    "an archive of 30,000 files": ("bomb", crowd),
    "archives in archives": ("archive", nested),
    "entities in a sheet": ("bomb", part(SHEET, declared(LAUGHS, sheet()))),
    "entities in the texts": (
        "bomb",
        part("xl/sharedStrings.xml", declared(LAUGHS, "<?xml version='1.0'?><sst/>")),
    ),
    "entities in the list of sheets": ("bomb", part("xl/workbook.xml", declared(LAUGHS, WORKBOOK))),
    "entities in the list of types": ("bomb", part("[Content_Types].xml", declared(LAUGHS, CONTENT_TYPES))),
    "an entity from outside": ("bomb", part(SHEET, declared(OUTSIDE, sheet()))),
    "elements a million deep": ("bomb", part(SHEET, sheet("<row>" * 1_000_000))),
    "texts a million deep": ("bomb", part("xl/sharedStrings.xml", "<sst>" + "<si>" * 1_000_000)),
    "a list of sheets a million deep": ("bomb", part("xl/workbook.xml", "<workbook>" * 1_000_000)),
    "an attribute of 20 MiB": ("bomb", part(SHEET, sheet(f'<row r="{MUCH}">'))),
    "a cell of 20 MiB": ("long_row", part(SHEET, sheet(f'<row><c t="str"><v>{MUCH}</v></c></row>'))),
    "a text of 20 MiB": ("long_row", part("xl/sharedStrings.xml", f"<sst><si><t>{MUCH}</t></si></sst>")),
    "more texts than memory is for": ("too_large", strings),
    "a row far beyond the end of any sheet": ("damaged", part(SHEET, sheet('<row r="2000000000"/>'))),
    "rows that go back": ("damaged", part(SHEET, sheet('<row r="9"/><row r="8"/>'))),
    "a cell far beyond the last column": (
        "damaged",
        part(SHEET, sheet('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>')),
    ),
    "a cell in the last column there is": (
        "columns",
        part(SHEET, sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
    ),
    "a million columns in a sheet": (
        "columns",
        part(SHEET, sheet("<row>" + "".join(f"<c><v>{number}</v></c>" for number in range(1_000_000)))),
    ),
    "a million columns in a text": ("columns", text("a," * (MEBIBYTE // 2 - 10) + "\n" + "1,2\n")),
    "a million columns below the header": ("columns", text("part,price\n" * 200 + "," * 1_000_000 + "\n")),
    "a million columns in a row of many lines": ("long_row", text('part,price\n"a","' + '\n","' * 5_000_000)),
    "a row of 20 MiB in lines that are never closed": ("quotes", text('part,price\n"' + "x,y\n" * 5_000_000)),
    "a line of 50 MiB": ("long_line", text(LONG * 50)),
    "a row of 50 MiB": ("long_line", text("part,price\n" + LONG * 50)),
    "three million rows, all of them blank": ("rows", text("part,price\na,b\n" + "\n" * 3_000_001)),
    "a file of three gibibytes": ("too_large", sparse),
}

OTHERS: dict[str, tuple[str, Make]] = {
    "a workbook with macros": ("macros", part("xl/vbaProject.bin", b"macros")),
    "a workbook that is said to have macros": (
        "macros",
        part("[Content_Types].xml", CONTENT_TYPES.replace(f"{TYPES}.sheet.main+xml", MACRO_TYPE)),
    ),
    "a workbook with macros of the oldest kind": ("macros", part("xl/macrosheets/sheet1.xml", sheet())),
    "a workbook that refers to others": ("external", part("xl/externalLinks/externalLink1.xml", "<externalLink/>")),
    "a workbook that refers to others elsewhere": (
        "external",
        part(
            "xl/_rels/workbook.xml.rels",
            WORKBOOK_RELATIONS.replace(
                "</Rel", f'<Relationship Id="r9" Type="{LINK}/externalLink" Target="e.xml"/></Rel', 1
            ),
        ),
    ),
    "a workbook that counts days from 1904": (
        "date1904",
        part("xl/workbook.xml", WORKBOOK.replace("<workbookPr/>", '<workbookPr date1904="1"/>')),
    ),
    "a workbook with a formula": ("formula", part(SHEET, sheet(HEADER + '<row r="2"><c r="B2"><f>1+1</f></c></row>'))),
    "a workbook with a formula further down": ("formula", part(SHEET, formula_below(5000))),
    "a workbook with a password": ("encrypted", text(OLD + "EncryptedPackage".encode("utf-16-le"))),
    "an archive with a password": ("encrypted", locked),
    "an old workbook": ("xls", text(OLD)),
    "a binary workbook": ("xlsb", archive({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": b"1"})),
    "an OpenDocument sheet": ("opendocument", archive({"mimetype": "x", "content.xml": "<x/>"})),
    "a letter": ("archive", part("[Content_Types].xml", CONTENT_TYPES.replace("spreadsheetml", "wordprocessingml"))),
    "an archive of tables": ("archive", archive({"prices.csv": "part,price\n1,2\n"})),
    "half a workbook": ("damaged", lambda path: path.write_bytes(workbook(path).read_bytes()[:-400])),
    "a workbook without its sheet": ("damaged", part(SHEET, None)),
    "a workbook with half a sheet": ("damaged", part(SHEET, sheet()[:200])),
    "a workbook with texts that are not there": (
        "damaged",
        part("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>part</t></si></sst>'),
    ),
    "a workbook with nothing in it": ("empty", part(SHEET, sheet(""))),
    "a PDF": ("binary", text("%PDF-1.7\n" + "x" * 100)),
    "a picture": ("binary", text(b"\x89PNG\r\n\x1a\n" + garbage(2000))),
    "something packed": ("binary", text(b"\x1f\x8b" + garbage(2000))),
    "two megabytes of chance": ("binary", text(b"x" + garbage(2 * MEBIBYTE))),
    "three hundred bytes of chance": ("binary", text(b"x" + garbage(300))),
    "a text with a NUL in it": ("binary", text(b"part,price\nD0ABC\0L,1\n")),
    "a text in UTF-16 with a NUL in it": ("binary", text("\ufeffpart,price\nD0\0,1\n".encode("utf-16-le"))),
    "a text in UTF-32": ("encoding", text("part,price\n1,2\n".encode("utf-32"))),
    "half a letter of UTF-16": ("encoding", text("\ufeffpart,price\n1,2\n".encode("utf-16-le") + b"1")),
    "UTF-8 with something else in between": ("mixed_encoding", text("part\nLöffel\n".encode() + b"L\xf6ffel\n")),
    "UTF-8 that ends within a letter": ("mixed_encoding", text("part\nLöffel\nLö".encode()[:-1])),
    "a web page": ("markup", text("<!DOCTYPE html><table><tr><td>part</td></tr></table>")),
    "XML": ("markup", text('\ufeff<?xml version="1.0"?><Workbook/>')),
    "a quotation mark that is never closed": ("quotes", text('part,price\n"D0ABCLL,1\nD0ABCLM,2\n')),
    "nothing": ("empty", text("")),
    "nothing but blanks": ("empty", text("\r\n ; ;\r\n\r\n")),
}  # fmt: skip


LONG_ONES: dict[str, Make] = {
    "two hundred thousand rows": text(
        "part,price\n" + "".join(f"D{at:06d},{at}.99\n" for at in range(200_000))
    ),
    "two hundred thousand rows that stand there twice": text(
        "part,price\n" + "".join(f"{at:06d},1\n" for at in range(100_000)) * 2
    ),
    "a hundred thousand wrong rows": text("part,price\n" + f"{'x' * 201},1\n" * 100_000),
    "a workbook of a hundred thousand rows": part(
        SHEET,
        sheet(
            HEADER + "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c></row>' for at in range(2, 100_002))
        ),
    ),
}


def alone(paths: list[Path]) -> list[dict[str, object]]:
    """What became of each of the files, read in a process of its own that starts with nothing."""
    reader = subprocess.run(
        [sys.executable, "-m", "tests.feeds.reading_alone", *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        timeout=1800,
    )
    return list(map(json.loads, reader.stdout.splitlines()))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What became of every file."""
    folder = tmp_path_factory.mktemp("refused")
    names = [*BOMBS, *OTHERS]
    paths = [folder / f"{number}.csv" for number in range(len(names))]
    for path, (_code, make) in zip(paths, (BOMBS | OTHERS).values(), strict=True):
        make(path)
    results = alone(paths)
    for path in paths:
        path.unlink()
    return dict(zip(names, results, strict=True))


class TestAFileThatIsNoTable:
    @pytest.mark.parametrize("name", OTHERS)
    def test_is_refused_with_a_reason(self, name, found):
        assert found[name]["code"] == OTHERS[name][0], found[name]
        assert found[name]["reason"]

    @pytest.mark.parametrize("name", OTHERS)
    def test_takes_neither_time_nor_memory(self, name, found):
        assert found[name]["seconds"] < SECONDS
        assert found[name]["mebibytes"] < MEBIBYTES


class TestAFileMadeToUseUpTheMachine:
    @pytest.mark.parametrize("name", BOMBS)
    def test_is_refused_with_a_reason(self, name, found):
        assert found[name]["code"] == BOMBS[name][0], found[name]
        assert found[name]["reason"]

    @pytest.mark.parametrize("name", BOMBS)
    def test_takes_neither_time_nor_memory(self, name, found):
        assert found[name]["seconds"] < SECONDS
        assert found[name]["mebibytes"] < MEBIBYTES


class TestALongFile:
    @pytest.mark.parametrize("name", LONG_ONES)
    def test_takes_no_more_memory_than_a_short_one(self, name, tmp_path):
        LONG_ONES[name](tmp_path / "long.csv")

        (found,) = alone([tmp_path / "long.csv"])

        assert found["code"] == ""
        assert found["rows"] >= 100_000
        assert found["mebibytes"] < MEBIBYTES


class TestAFileThatIsATable:
    def test_is_read_whatever_it_is_called(self, tmp_path):
        """A workbook called .csv is a workbook, a text called .xlsx a text."""
        book, table = (
            workbook(tmp_path / "a.csv"),
            written(tmp_path / "b.xlsx", "part,price\nD0ABCLL,19.99\n"),
        )

        for path in (book, table):
            assert list(open_table(path, path.name).rows()) == [(2, ["D0ABCLL", "19.99"])]

    def test_may_be_a_workbook_of_any_program(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["part", "price"])
        book.active.append(["D0ABCLL", 19.99])
        book.save(tmp_path / "a.xlsx")

        assert list(open_table(tmp_path / "a.xlsx", "a.xlsx").rows()) == [(2, ["D0ABCLL", "19.99"])]

    def test_may_have_text_that_looks_like_a_formula(self, tmp_path):
        row = '<row r="2"><c r="A2" t="inlineStr"><is><t>=1+1</t></is></c></row>'
        path = workbook(tmp_path / "a.xlsx", {SHEET: sheet(HEADER + row)})

        assert list(open_table(path, "a.xlsx").rows()) == [(2, ["=1+1", ""])]

    def test_may_be_packed_well(self, tmp_path):
        """A hundred thousand rows that are all alike are no bomb."""
        rows = "".join(
            ROW.replace('"2"', f'"{n}"').replace("A2", f"A{n}").replace("B2", f"B{n}")
            for n in range(2, 100_000)
        )
        path = workbook(tmp_path / "a.xlsx", {SHEET: sheet(HEADER + rows)})

        assert sum(len(piece.numbers) for piece in open_table(path, "a.xlsx").batches(1000)) == 99_998


class TestAFormula:
    def test_is_named_by_its_cell(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", {SHEET: formula_below(40)})

        with pytest.raises(Refused) as refused:
            open_table(path, "a.xlsx")

        assert "B40" in str(refused.value)
