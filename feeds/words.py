"""Words as they are compared: in headers, and where a word stands for a code. And what of a text is kept."""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

# Letters of their own, which have no accent to take away.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """A word without what does not matter: case, accents, blanks, underscores, punctuation."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(sign for sign in apart if sign.isalnum())


def printable(text: str, *, besides: str = "") -> str:
    """A text without what cannot be printed, except the signs in `besides`.

    Blanks of every kind stay: Python calls the no-break space of “PLN 60,000” unprintable, but without it words and
    figures run together.
    """
    return "".join(
        sign for sign in text if sign.isprintable() or unicodedata.category(sign) == "Zs" or sign in besides
    )


def in_every_language(word: str | Promise) -> set[str]:
    """A text of ours in all the portal's languages."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(str(word))
    return found
