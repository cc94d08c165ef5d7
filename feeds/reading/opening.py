"""The one door to files: what they are is judged by their content, never by their name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .sheet import Sheet


def open_table(
    path: Path, name: str, known: Iterable[str] = (), *, encoding: str = "", sheet: str = ""
) -> Sheet:
    """The table in a file that somebody called `name`.

    `known` are names that headers may have (`matching.names_of(columns)`): by them the header is told from titles
    above it, and the sheet with data from its neighbours. `encoding` and `sheet` overrule what would be found.
    Raises Refused, within seconds and a few megabytes whatever the file is.
    """
    raise NotImplementedError
