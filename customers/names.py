"""How names of companies are compared: spelling, accents, punctuation, legal form, script and language aside.

`search_name` is the name as one reads it, for "the same name". `skeleton` is what is left of it in any script: for
"the same name, spelt or translated differently". README.md has the rules in prose.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .words import LEGAL_FORMS, SHARED_DOMAINS, SMALL_WORDS, TRADES, VAT_PREFIXES, WIDE_DOMAINS

# Letters that Unicode does not take apart into a letter and a sign.
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss",
        "þ": "th",
        # Arabic letters that one writes for another: forms of alef, final ya, and ta marbuta
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None,
    }
)  # fmt: skip
_FORM = "|".join(" ?".join(form) for form in sorted(LEGAL_FORMS, key=len, reverse=True))
_AT_THE_END = re.compile(f"(?: (?:{_FORM}))+$")
_NOT_WORD = re.compile(r"[^\w]+")

LONGEST = 200  # letters of a name, and of everything that is made of one


def fold(text: str) -> str:
    """The text in small letters without accents, marks and variants of letters; words kept apart by one
    space.
    """
    # What is taken apart may be a capital ("㎊").
    text = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LETTERS)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    return _NOT_WORD.sub(" ", text.replace("_", " ")).strip()


def search_name(name: str) -> str:
    """What a company's name is found and compared by: folded, with the legal form at its end left out.

    "Zakłady Łąka Sp. z o.o." and "ZAKLADY LAKA" are the same; a name that is nothing but a legal form stays.
    """
    folded = fold(name)
    return _AT_THE_END.sub("", folded)[:LONGEST].strip()


def without_begun_form(name: str) -> str:
    """A folded name without the legal form that is being typed at its end ("laka sp z"); "" when there is none."""
    words = name.split()
    for number in range(min(4, len(words) - 1), 0, -1):
        begun = "".join(words[-number:])
        if any(form.startswith(begun) for form in LEGAL_FORMS):
            return " ".join(words[:-number])
    return ""


def search_code(text: str) -> str:
    """A tax id as it is compared: letters and digits only, in capitals."""
    # Capitals and compatible forms may be longer than what was typed ("ß"): no longer than the column.
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())[:30]


def search_domain(text: str) -> str:
    """A web address's domain as it is compared: no scheme, no `www.`, no path."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower())
    # Small letters may be longer than what was typed ("İ"): no longer than the column.
    return re.split(r"[/?#:]", host)[0].removeprefix("www.")[:100].strip(".")


# ------------------------------------------------------------------------------------------ in any script

# Arabic letters by the Latin consonant that stands for them in any of the usual spellings. Long vowels, hamza and
# ain are vowels to whoever writes Latin; other languages' additional letters go with the nearest.
_ARABIC = str.maketrans(
    dict(zip("بپتثجچحخدذرزسشصضطظغفڤقكکگلمنه", "bbttgshkttrzssstttgffkkkglmnh", strict=True))
    | dict.fromkeys("اعءىيیوؤئ", "a")
)
# Latin spellings of one sound, longer ones first; what is left over is folded letter by letter below.
_SOUNDS = (
    (re.compile(r"^ou(?=[aeiou])"), "w"),  # "Ouarda" and "Warda"
    (re.compile(r"sch|sh|ch|sz|cz"), "s"),
    (re.compile(r"kh|ck"), "k"),
    (re.compile(r"gh|dj"), "g"),
    (re.compile(r"th|dh"), "t"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"c(?=[eiy])"), "s"),
)  # fmt: skip
_LATIN = str.maketrans("cqpvdj", "kkbftg")
_VOWELS = re.compile(r"[aeiouwy]+")
_TWICE = re.compile(r"([^\W\d])\1+")
_LATIN_ARTICLE = re.compile(r"^[ae]l(?=[b-df-hj-np-tv-z]\w{4})")
_ARABIC_ARTICLE = re.compile(r"^(?:[وبفك]?ال|لل)(?=\w{2})")
_IS_ARABIC = re.compile(r"[\u0600-\u06ff]")
_IS_LATIN = re.compile(r"[a-z]")
_SUN_LETTERS = {"an": "n", "ar": "r", "as": "s", "ash": "sh", "ad": "d", "at": "t", "az": "z"}


ARABIC_LETTER = _IS_ARABIC.pattern


def is_arabic(text: str) -> bool:
    """Whether there is an Arabic letter in it."""
    return bool(_IS_ARABIC.search(text))


def is_latin(text: str) -> bool:
    """Whether there is a Latin letter in it; folded text is meant."""
    return bool(_IS_LATIN.search(text))


@lru_cache(maxsize=50_000)
def bones(word: str) -> str:
    """What a folded word has in common with the same word in another script: its consonants, some of them folded.

    A word that begins with a vowel keeps an "a" in its place; a word of another script keeps its letters.
    """
    word = "".join(str(unicodedata.digit(sign, sign)) for sign in word)  # ٣ is 3
    if is_arabic(word):
        word = _ARABIC_ARTICLE.sub("", word)
        first = {"و": "w", "ي": "y"}.get(word[0], "")
        found = first + word[1 if first else 0 :].translate(_ARABIC)
    else:
        word = _LATIN_ARTICLE.sub("", word)
        for spelling, sound in _SOUNDS:
            word = spelling.sub(sound, word)
        found = word.translate(_LATIN)
    # "Manarah" is "Manara", and ta marbuta is folded to ha; in Arabic, a letter written twice is written once.
    found = _TWICE.sub(r"\1", found[:1] + found[1:].removesuffix("h"))
    return ("a" if found[0] in "aeiou" else found[0]) + _VOWELS.sub("", found[1:])


def tokens(folded: str) -> list[str]:
    """The words of a folded name as they are compared in any script, in their order.

    Words of trade that are translated rather than transliterated are "=" and their English name; those that say
    nothing ("the", "company", articles) are left out, unless nothing else is there.
    """
    words = folded.split()
    pairs = zip(words, [*words[1:], ""], strict=False)
    found = [_token(word) for word, following in pairs if not _is_small(word, following)]
    return [token for token in found if token] or [token for word in words if (token := bones(word))]


def _is_small(word: str, following: str) -> bool:
    return word in SMALL_WORDS or (word in _SUN_LETTERS and following.startswith(_SUN_LETTERS[word]))


def own_words(folded: str) -> list[str]:
    """The words of a folded name that are transliterated: neither trades nor small words."""
    return [word for word in folded.split() if word not in SMALL_WORDS and _token(word)[:1] not in ("", "=")]


@lru_cache(maxsize=50_000)
def _token(word: str) -> str:
    bare = _ARABIC_ARTICLE.sub("", word)
    trade = TRADES.get(bare) or TRADES.get(word)
    if trade is None:
        return bones(word)
    return "" if trade == "company" else f"={trade}"


def skeleton(name: str) -> str:
    """What a company's name has in common with the same name in another script, spelling or word order.

    "مستشفى النخيل", "Al Nakheel Hospital" and "Szpital Nakhil" are the same. What tells the company from others
    comes first, its trade after it.
    """
    found = set(tokens(search_name(name)))
    return " ".join(sorted(found, key=lambda token: (token[0] == "=", token)))[:LONGEST].strip()


def contact_words(name: str, email: str) -> str:
    """The words that a person is found by: of the name and of the address, each after a space."""
    return f" {fold(name)} {fold(email)}"[:400].rstrip()


def contact_sounds(name: str) -> str:
    """What a person's name has in common with the same name in another script, each word between spaces."""
    found = "".join(f" {bones(word)}" for word in fold(name).split())[: LONGEST - 1]
    return found and f"{found} "


# ------------------------------------------------------------------------------------------ what else tells


def tax_key(tax_id: str, country: str) -> str:
    """A tax id with the country that gave it: "123-456-78-90" in Poland and "PL1234567890" anywhere are the same.

    Empty when it is too short to tell anybody from anybody else.
    """
    code = search_code(tax_id)
    if code[:2] == country or (code[:2] in VAT_PREFIXES and code[2:].isdigit()):
        country, code = code[:2], code[2:]
    return f"{country}{code}" if sum(sign.isdigit() for sign in code) >= 5 else ""


def domain_key(domain: str) -> str:
    """The part of a web domain that one company has to itself: "shop.laka.example" is "laka.example".

    Empty for domains that anybody's page or mailbox may be at.
    """
    labels = search_domain(domain.rpartition("@")[2]).split(".")
    if len(labels) < 2 or not all(labels):
        return ""
    size = 3 if len(labels[-1]) == 2 and labels[-2] in WIDE_DOMAINS else 2
    found = ".".join(labels[-size:])
    return "" if found in SHARED_DOMAINS or len(labels) < size else found
