"""What a subdomain or a meeting site may be called: a DNS label that neither looks like another one nor offends.

Nothing here asks the database; see `availability.py` for whether a name is free.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST = 63  # characters of a DNS label
#: Pairs that the eye takes for one letter. What takes their place begins no such pair itself, so that once is enough.
PAIRS = (("rn", "m"), ("vv", "w"))
ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "-": None})
ALLOWED = re.compile(r"[a-z0-9-]+")


class NameFlaw(TextChoices):
    """Why nobody can have a name; its label is said at the field."""

    EMPTY = "empty", _("Enter a name.")
    LONG = "long", _("A name has at most 63 characters.")
    CHARACTERS = "characters", _("Use only the letters a to z, digits and hyphens.")
    HYPHEN = "hyphen", _("A name neither begins nor ends with a hyphen.")
    PUNYCODE = "punycode", _("A name has no two hyphens as its third and fourth characters.")
    DIGITS = "digits", _("A name has at least one letter.")
    RESERVED = "reserved", _("This name is reserved. Choose another one.")
    OFFENSIVE = "offensive", _("This name contains a word that is not allowed. Choose another one.")
    TAKEN = "taken", _("This name, or one that looks like it, is taken. Choose another one.")


@dataclass(frozen=True, slots=True)
class Words:
    """What the vendor's people keep from being a name, each as it looks (see `skeleton`)."""

    reserved: Collection[str] = ()
    offensive: Collection[str] = ()


def normal(name: str) -> str:
    """A name as it is kept and shown: without spaces around it, in small letters.

    Letters of other scripts stay what they are: some have a small form that is ours, such as the sign of kelvin.
    """
    name = name.strip()
    return name.lower() if name.isascii() else name


def skeleton(name: str) -> str:
    """How a name looks: two names that are easily taken for each other have the same one."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())
    looks = plain.translate(ALIKE)
    for pair, letter in PAIRS:
        looks = looks.replace(pair, letter)
    return looks


def why_not_a_name(name: str, words: Words = Words()) -> NameFlaw | None:
    """What is wrong with a name; None when it can be somebody's."""
    looks, small = skeleton(name), normal(name)
    rules = (
        (NameFlaw.EMPTY, not small),
        (NameFlaw.LONG, len(small) > MOST),
        (NameFlaw.CHARACTERS, not ALLOWED.fullmatch(small)),
        (NameFlaw.HYPHEN, small.startswith("-") or small.endswith("-")),
        (NameFlaw.PUNYCODE, small[2:4] == "--"),
        (NameFlaw.DIGITS, small.replace("-", "").isdecimal()),
        (NameFlaw.RESERVED, looks in words.reserved),
        (NameFlaw.OFFENSIVE, any(word in looks for word in words.offensive)),
    )
    return next((flaw for flaw, broken in rules if broken), None)
