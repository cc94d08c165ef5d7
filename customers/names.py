"""How names of companies are compared: spelling, accents, punctuation and legal form aside."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a letter and a sign.
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss",
        "þ": "th",
        # Arabic letters that one writes for another: forms of alef, final ya, and ta marbuta
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None,
    }
)  # fmt: skip
# What says how a company is constituted, not who it is. Compared after folding; letters may stand apart ("s
# p a").
LEGAL_FORMS = [
    "ag", "bv", "co", "company", "corp", "corporation", "eireli", "gmbh", "inc", "incorporated", "limitada",
    "limited", "llc", "llp", "ltd", "ltda", "nv", "plc", "sa", "sae", "sarl", "sas", "se", "snc", "spa",
    "spolkazoo", "spzoo", "srl", "wll", "fzco", "fzllc", "ذمم", "شمم", "شمك",
]  # fmt: skip
_FORM = "|".join(" ?".join(form) for form in sorted(LEGAL_FORMS, key=len, reverse=True))
_AT_THE_END = re.compile(f"(?: (?:{_FORM}))+$")
_NOT_WORD = re.compile(r"[^\w]+")


def fold(text: str) -> str:
    """The text in small letters without accents, marks and variants of letters; words kept apart by one
    space.
    """
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    return _NOT_WORD.sub(" ", text.replace("_", " ")).strip()


def search_name(name: str) -> str:
    """What a company's name is found and compared by: folded, with the legal form at its end left out.

    "Zakłady Łąka Sp. z o.o." and "ZAKLADY LAKA" are the same; a name that is nothing but a legal form stays.
    """
    folded = fold(name)
    return _AT_THE_END.sub("", folded)[:200].strip()


def search_code(text: str) -> str:
    """A tax id as it is compared: letters and digits only, in capitals."""
    # Capitals and compatible forms may be longer than what was typed ("ß"): no longer than the column.
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())[:30]


def search_domain(text: str) -> str:
    """A web address's domain as it is compared: no scheme, no `www.`, no path."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower())
    # Small letters may be longer than what was typed ("İ"): no longer than the column.
    return re.split(r"[/?#:]", host)[0].removeprefix("www.")[:100].strip(".")
