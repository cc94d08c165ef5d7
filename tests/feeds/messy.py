"""Files as they come: workbooks put together part by part, so that any part of them can be wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TypeVar

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

CONTENT_TYPES = f"""<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>
</Types>"""
RELATIONS = f"""<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
WORKBOOK = f"""<?xml version="1.0"?>
<workbook xmlns="{MAIN}" xmlns:r="{LINK}"><workbookPr/><sheets><sheet name="Prices" sheetId="1" r:id="r1"/></sheets>
</workbook>"""
WORKBOOK_RELATIONS = f"""<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{LINK}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="{LINK}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>"""
STRINGS = f'<?xml version="1.0"?><sst xmlns="{MAIN}"><si><t>part</t></si><si><t>price</t></si></sst>'
HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>D0ABCLL</t></is></c><c r="B2"><v>19.99</v></c></row>'


Place = TypeVar("Place", Path, BytesIO)


def sheet(rows: str = HEADER + ROW) -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def workbook(path: Place, parts: Mapping[str, str | bytes | None] | None = None) -> Place:
    """A workbook with one price in it, and some of its parts as given (left out where None)."""
    contents: dict[str, str | bytes | None] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": WORKBOOK_RELATIONS,
        "xl/sharedStrings.xml": STRINGS,
        "xl/worksheets/sheet1.xml": sheet(),
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file, its line breaks as given."""
    path.write_bytes(text.encode(encoding))
    return path
