"""The numbers a deal is quoted by. They tell nothing: neither how many deals there are, nor whose came
before.

Deal registration number, from approval on: `DR-2026-004217-T`, which is the year of approval, six random
digits (longer when six are used up) and a check character. The check character is the sum of the digits,
year first, each times its place (2 for the first, 3 for the second …), modulo 31, as a letter or digit of
`SIGNS`. 31 is prime, so any one wrong digit and any two neighbours swapped are noticed; `SIGNS` leaves out
what is misread aloud (0 1 I L O).

Submission reference, before that: `S-` and seven random signs.
"""

from __future__ import annotations

import re
import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_NUMBER = re.compile(r"DR-(\d{4})-(\d{6,9})-([2-9A-HJKMNP-Z])")


def check_character(year: int, serial: str) -> str:
    digits = f"{year:04d}{serial}"
    return SIGNS[sum(place * int(digit) for place, digit in enumerate(digits, start=2)) % 31]


def new_number(year: int, digits: int = 6) -> str:
    """A registration number at random. Unique only with the database's help: who stores it tries again."""
    serial = f"{secrets.randbelow(10**digits):0{digits}d}"
    return f"DR-{year:04d}-{serial}-{check_character(year, serial)}"


def new_reference() -> str:
    """A submission reference at random."""
    return "S-" + "".join(secrets.choice(SIGNS) for _ in range(7))


def is_number(text: str) -> bool:
    """Whether this is a well-formed registration number with the right check character."""
    match = _NUMBER.fullmatch(text)
    return match is not None and check_character(int(match[1]), match[2]) == match[3]


def as_typed(text: str) -> str:
    """What somebody typed or dictated, as a number is written: capitals, plain dashes, no spaces."""
    text = re.sub(r"[\s\u2010-\u2015]", lambda found: "" if found[0].isspace() else "-", text)
    return text.upper()
