"""Countries and time zones, as people know them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from django.utils.translation import get_language

# In CLDR's list, but no country one could be in: unions, outlying oceans, "unknown", test regions.
_NOT_A_COUNTRY = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
)
_LETTERS = str.maketrans("łø", "lo")  # letters of their own that are sorted as their plain ones


@lru_cache(maxsize=16)
def _countries(language: str) -> dict[str, str]:
    names = Locale.parse(language.replace("-", "_")).territories
    found = {
        code: str(name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_A_COUNTRY
    }
    return dict(sorted(found.items(), key=lambda item: _plain(item[1])))


def _plain(name: str) -> str:
    """A name without accents and marks, to sort by."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def countries() -> dict[str, str]:
    """Every country's ISO 3166-1 code and its name in the reader's words (CLDR's), sorted by name."""
    return _countries(get_language() or "en")


def country_name(code: str) -> str:
    """A country's name; the code itself for one that is not known."""
    return countries().get(code, code)


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The zones that people know: UTC, and places."""
    names = available_timezones()
    return (
        "UTC",
        *sorted(name for name in names if "/" in name and not name.startswith(("Etc/", "System"))),
    )
