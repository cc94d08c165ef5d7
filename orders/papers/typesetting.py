"""From a paper's words to a PDF. The same words and moment give the same bytes."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from .fonts import fonts

TEMPLATE = Path(__file__).with_name("quote.typ")


def typeset(paper: dict[str, Any], *, moment: datetime, pictures: Path | None = None) -> bytes:
    """The paper as PDF, dated `moment`. `pictures` is the only folder that files may be read from.

    Raises fonts.FontsMissing, and typst.TypstError if a picture cannot be read.
    """
    made = _compiler(pictures).compile(
        input=_template(),
        format="pdf",
        sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
        timestamp=int(moment.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def _compiler(pictures: Path | None) -> typst.Compiler:
    # Without pictures it may read nothing: the folder is one that holds fonts alone. Packages come from nowhere.
    root = pictures or Path(settings.VAR_DIR) / "fonts"
    return typst.Compiler(
        _template(),
        root=str(root),
        font_paths=fonts(),
        ignore_system_fonts=True,
        package_path=str(root / "none"),
        package_cache_path=str(root / "none"),
    )


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
