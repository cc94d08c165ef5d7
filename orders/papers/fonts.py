"""The typefaces of our pages, as the typesetter takes them: unpacked from the packages that browsers get them from.

A web font is an OpenType font whose tables are compressed one by one, and each holds the letters of one script.
The files of one face all bear its name, and the typesetter would pick one of them for all letters: here each gets
a name of its own, and `families` says which is for which letters.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from hashlib import sha256
from pathlib import Path

import typst
from django.conf import settings

PACKAGES = Path("node_modules/@fontsource")
WEIGHTS = (400, 600)
# Package and script of each file; those letters that it alone is for, as a regular expression.
FACES = {
    # Before Latin, which would put ć together of a c and an accent: what is copied from the paper is then no ć.
    ("ibm-plex-sans", "latin-ext"): "[\u0100-\u02ba\u1e00-\u1e9f\u1ef2-\u1eff]",
    ("ibm-plex-sans", "vietnamese"): "[\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]",
    ("ibm-plex-sans", "latin"): "",
    ("ibm-plex-sans-arabic", "arabic"): "",
    ("ibm-plex-sans", "greek"): "",
    ("ibm-plex-sans", "cyrillic"): "",
    ("ibm-plex-sans", "cyrillic-ext"): "",
}
HEAD, TABLE = struct.Struct(">4sIIHHI"), struct.Struct(">4sIIII")
ENGLISH = (3, 1, 0x409)  # as Windows numbers platform, encoding and language


class FontsMissing(Exception):
    """The packages with the typefaces are not there: `npm ci` has not run."""


@cache
def fonts() -> typst.Fonts:
    """What the typesetter may set with, and nothing of this machine: everywhere the same paper. Raises FontsMissing."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_unpacked())])


def families() -> list[dict[str, str]]:
    """The faces in the order in which a letter is looked for: a name, and which letters alone it is for ("": all)."""
    return [{"name": _family(script), "covers": letters} for (_, script), letters in FACES.items()]


def _family(script: str) -> str:
    return f"Paper {script}"


def _unpacked() -> Path:
    """A folder of the fonts as they are needed, made by whoever comes first; named by what is in it."""
    files = {}
    for package, script in FACES:
        for weight in WEIGHTS:
            name = f"{package}-{script}-{weight}-normal"
            path = Path(settings.BASE_DIR) / PACKAGES / package / "files" / f"{name}.woff"
            try:
                files[f"{name}.ttf"] = opened(path.read_bytes(), _family(script), weight)
            except OSError as error:
                raise FontsMissing(f"{path} cannot be read (has `npm ci` run?)") from error
    content = sha256(b"".join(files.values())).hexdigest()[:16]
    folder = Path(settings.VAR_DIR) / "fonts" / content
    folder.mkdir(parents=True, exist_ok=True)
    for name, font in files.items():
        if not (folder / name).exists():
            _write_whole(folder / name, font)
    return folder


def _write_whole(path: Path, content: bytes) -> None:
    """Another process may be at it too: each writes its own, and the last one stays."""
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def opened(woff: bytes, family: str, weight: int) -> bytes:
    """A WOFF file as a TrueType font of that name."""
    signature, flavour, _, count, _, _ = HEAD.unpack_from(woff)
    if signature != b"wOFF":
        raise ValueError("This is no WOFF file.")
    tables = {}
    for number in range(count):
        tag, start, packed, length, _ = TABLE.unpack_from(woff, 44 + number * TABLE.size)
        content = woff[start : start + packed]
        tables[tag] = zlib.decompress(content) if packed < length else content
    tables[b"name"] = _names(family, "Regular" if weight == 400 else "Bold")
    return _font(flavour, tables)


def _font(flavour: int, tables: dict[bytes, bytes]) -> bytes:
    """A font of these tables: a directory, sorted, and the tables, each on a full word."""
    power = len(tables).bit_length() - 1
    searched = 16 << power
    directory = struct.pack(">IHHHH", flavour, len(tables), searched, power, 16 * len(tables) - searched)
    start, body = len(directory) + 16 * len(tables), b""
    for tag, content in sorted(tables.items()):
        padded = content + b"\0" * (-len(content) % 4)
        words = struct.unpack(f">{len(padded) // 4}I", padded)
        directory += struct.pack(">4sIII", tag, sum(words) & 0xFFFFFFFF, start + len(body), len(content))
        body += padded
    return directory + body


def _names(family: str, style: str) -> bytes:
    """A table of names: family, style, full name, and name in PostScript."""
    full = f"{family} {style}"
    texts = {1: family, 2: style, 4: full, 6: full.replace(" ", "")}
    records, storage = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", *ENGLISH, number, len(encoded), len(storage))
        storage += encoded
    return struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + storage
