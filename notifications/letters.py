"""What a mail says: put into words once, then laid out as plain text and as HTML."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def one_line(text: str, limit: int = 200) -> str:
    """Text that is safe in a header: no line breaks or other control characters, and not endless."""
    line = " ".join(CONTROL.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the reader's language. `action` is (what the button says, the full address it leads to)."""

    subject: str
    paragraphs: list[str]
    action: tuple[str, str] | None = None
    code: str | None = None
    site: str = ""  # which site it concerns, for people with several
    why: str = ""  # why one gets it, in a sentence
    preferences: bool = False  # whether its reader can choose not to get it
    sections: list[dict[str, Any]] = field(default_factory=list)  # of a daily mail

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Letter:
        action = data.get("action")
        return cls(**(data | {"action": tuple(action) if action else None}))
