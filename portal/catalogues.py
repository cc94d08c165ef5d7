"""Compiles locale/*/LC_MESSAGES/*.po into the .mo files that are read; run as `python -m portal.catalogues`.

With Babel rather than Django's compilemessages, which needs GNU gettext on the machine.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_catalogues(root: Path = ROOT) -> int:
    """Compile what is newer than its compiled file; returns how many that were."""
    stale = [po for po in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if _is_stale(po)]
    for po in stale:
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name)
        unfinished = po.with_suffix(f".mo.{os.getpid()}")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        os.replace(unfinished, po.with_suffix(".mo"))
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


if __name__ == "__main__":
    print(f"{compile_catalogues()} catalogues compiled")
