"""Countries by their ISO 3166-1 code, in the reader's words (CLDR's)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language

from .names import fold

# In CLDR's list, but no country one could be in: unions, outlying oceans, "unknown", test regions.
_NOT_A_COUNTRY = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
)


@lru_cache(maxsize=16)
def _countries(language: str) -> dict[str, str]:
    names = Locale.parse(language.replace("-", "_")).territories
    found = {
        code: str(name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_A_COUNTRY
    }
    return dict(sorted(found.items(), key=lambda item: fold(item[1])))


def countries() -> dict[str, str]:
    """Every country's code and name, sorted by name."""
    return _countries(get_language() or "en")


def country_name(code: str) -> str:
    """A country's name; the code itself for one that is not known."""
    return countries().get(code, code)
