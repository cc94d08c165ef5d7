"""What a new portal's calendars are: `beginning.toml`, read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("beginning.toml")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def calendars() -> Iterator[tuple[dict[str, Any], dict[date, tuple[str, bool]]]]:
    """Each calendar's columns, and its holidays by their date: the name, and whether it is on it every year.

    Where two fall on one day, the one that moves gives the name.
    """
    content = tomllib.loads(FILE.read_text())
    for entry in content["calendar"]:
        every_year, once = entry.pop("every_year"), entry.pop("once")
        lines = [(f"{year}-{line}", True) for year in content["years"] for line in every_year]
        lines += [(line, False) for line in once]
        days = {date.fromisoformat(line[:10]): (line[11:], fixed) for line, fixed in lines}
        entry["weekend"] = [DAYS.index(day) for day in entry["weekend"]]
        yield entry, dict(sorted(days.items()))
