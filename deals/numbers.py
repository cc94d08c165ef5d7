"""The numbers a deal is quoted by. identity/numbering.py tells how they are made.

Deal registration number, from approval on: `DR-2026-004217-T`, with the year of approval. Submission reference, before
that: `S-` and seven random signs.
"""

from __future__ import annotations

import secrets

from identity import numbering
from identity.numbering import SIGNS, as_typed, check_character

__all__ = ["SIGNS", "as_typed", "check_character", "is_number", "new_number", "new_reference"]

PREFIX = "DR"


def new_number(year: int, digits: int = 6) -> str:
    """A registration number at random. Unique only with the database's help: who stores it tries again."""
    return numbering.new_number(PREFIX, year, digits)


def new_reference() -> str:
    """A submission reference at random."""
    return "S-" + "".join(secrets.choice(SIGNS) for _ in range(7))


def is_number(text: str) -> bool:
    """Whether this is a well-formed registration number with the right check character."""
    return numbering.is_number(PREFIX, text)
