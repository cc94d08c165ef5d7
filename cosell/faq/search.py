"""Finding questions by words: whole ones, beginnings, and words with a slip in them.

Everything is compared without accents, capitals, and the different forms of one Arabic letter, so that what somebody
types on any keyboard finds the same. The entries are few: they are looked through one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import get_language

from .entries import ENTRIES, Entry

LONGEST = 200  # characters of what is searched for
MOST_WORDS = 12
ALIKE = 0.3  # share of trigrams in common from which a word counts as the same one, misspelt
SHORTEST_ALIKE = 4  # letters; shorter words are alike by chance

# How much a word that is found there weighs, and how much each kind of match does.
IN_QUESTION, IN_GROUP, IN_ANSWER = 6.0, 2.0, 1.0
WHOLE, BEGINNING = 1.0, 0.8

# Letters that are plain ones to whoever searches, and do not come apart by normalisation.
_PLAIN = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ی": "ي",
        "ـ": None,  # only stretches a word
    }
)  # fmt: skip
_WORD = re.compile(r"\w+")
_ARABIC = re.compile(r"[\u0621-\u064a]")
# "The", "and", "for the" written onto the beginning of an Arabic word: longest first.
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")


def normalised(text: str) -> str:
    """A text as it is compared: without capitals, accents, vowel signs, variants of one letter or digit."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(_digit(sign) for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)


def _digit(sign: str) -> str:
    return str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign


def words_in(text: str) -> list[str]:
    """The words of a text, normalised; those of Arabic without an article before them."""
    return [_without_article(word) for word in _WORD.findall(normalised(text))]


def _without_article(word: str) -> str:
    if _ARABIC.match(word):
        for article in _ARTICLES:
            if word.startswith(article) and len(word) >= len(article) + 3:
                return word.removeprefix(article)
    return word


def find(text: str) -> list[Entry]:
    """The entries in which every word of the text is found, best first; in their own order where they are as good.

    Where none has all of the words, those that have most of them. An empty text finds all of them.
    """
    wanted = list(dict.fromkeys(words_in(text[:LONGEST])))[:MOST_WORDS]
    if not wanted:
        return list(ENTRIES)
    found = []
    for place, (entry, index) in enumerate(zip(ENTRIES, _indexed(get_language() or "en"), strict=True)):
        scores = [_score(word, index) for word in wanted]
        hits = sum(score > 0 for score in scores)
        if hits:
            found.append((-hits, -sum(scores), place, entry))
    found.sort(key=lambda each: each[:3])
    most = -found[0][0] if found else 0
    return [entry for hits, _score_, _place, entry in found if -hits == most]


Index = tuple[tuple[float, frozenset[str]], ...]


@lru_cache(maxsize=16)
def _indexed(language: str) -> tuple[Index, ...]:
    """The words of every entry by where they stand, in the current language; `language` is here for the cache."""
    return tuple(_index(entry) for entry in ENTRIES)


def _index(entry: Entry) -> Index:
    question, group = words_in(str(entry.question)), words_in(str(entry.group.value))
    answer = words_in(" ".join([*entry.paragraphs(), *(str(label) for _name, label in entry.related)]))
    return (
        (IN_QUESTION, frozenset(question)), (IN_GROUP, frozenset(group)), (IN_ANSWER, frozenset(answer)),
    )  # fmt: skip


def _score(word: str, index: Index) -> float:
    """How well one word is found in an entry; 0 where it is not."""
    exact = max(weight * _match(word, words) for weight, words in index)
    return exact or max(weight * _alike(word, words) for weight, words in index)


def _match(word: str, words: frozenset[str]) -> float:
    if word in words:
        return WHOLE
    # One letter begins half of all words.
    return BEGINNING if len(word) > 1 and any(each.startswith(word) for each in words) else 0.0


def _alike(word: str, words: Iterable[str]) -> float:
    """How much the most similar word is like this one, half as much as a match; 0 where none is similar enough."""
    if len(word) < SHORTEST_ALIKE:
        return 0.0
    ours = trigrams(word)
    best = max((likeness(ours, trigrams(each)) for each in words if len(each) >= SHORTEST_ALIKE), default=0.0)
    return best / 2 if best >= ALIKE else 0.0


@lru_cache(maxsize=16384)
def trigrams(word: str) -> frozenset[str]:
    """The word's pieces of three letters, with its beginning and its end marked."""
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of pieces that two words have in common: 0 to 1 (as PostgreSQL's pg_trgm reckons it)."""
    return len(one & other) / len(one | other)
