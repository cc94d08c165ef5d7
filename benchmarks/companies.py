"""A million companies that there are not, the same each time, and what people type to find them.

Needs Django: the patterns of the names are the demo's.
"""
# ruff: noqa: SIM905 - lists of words read better so

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from customers.demo import NAMINGS
from customers.names import search_name

CONSONANTS = dict(
    zip("b d f h j k l m n r s t z sh gh kh".split(), "ب د ف ه ج ك ل م ن ر س ت ز ش غ خ".split(), strict=True)
)
VOWELS = {"a": "ا", "i": "ي", "u": "و"}
ARABIC = ("EG", "SA", "AE", "MA")


@dataclass(frozen=True, slots=True)
class Company:
    """A row of the directory; `otherwise` is how its name may be written in the other script, if it may."""

    name: str
    otherwise: str
    country: str
    tax_id: str
    web_domain: str


def companies(number: int) -> Iterator[Company]:
    """So many companies, the same each time; some words are in many names, most in few."""
    rng = random.Random(3)
    words = _words(rng)
    countries = list(NAMINGS)
    weights = [naming.number for naming in NAMINGS.values()]
    taken: set[tuple[str, str]] = set()
    made = 0
    while made < number:
        country = rng.choices(countries, weights)[0]
        naming = NAMINGS[country]
        pattern, form = rng.choice(naming.patterns), rng.choice(naming.forms)
        chosen = [words[int(len(words) * rng.random() ** 2)] for _ in range(rng.choice((1, 1, 2)))]
        latin = " ".join(word.title() for word, _ in chosen)
        arabic = " ".join(f"ال{word}" for _, word in chosen)
        own, other = (arabic, latin) if country in ARABIC else (latin, arabic)
        name = pattern.format(own) + form
        # With no tax id, a country has each name once.
        taxed = (country, search_name(name)) in taken or rng.random() < 0.7
        taken.add((country, search_name(name)))
        made += 1
        yield Company(
            name,
            other,
            country,
            f"{country}9999{made:08d}" if taxed else "",
            f"{chosen[0][0]}-{made}.example" if rng.random() < 0.8 else "",
        )


def _words(rng: random.Random, number: int = 30_000) -> list[tuple[str, str]]:
    """Invented words in Latin and in Arabic letters."""
    sounds = [(c + v, CONSONANTS[c] + VOWELS[v]) for c, v in product(CONSONANTS, VOWELS)]
    found: dict[str, str] = {}
    while len(found) < number:
        parts = rng.choices(sounds, k=rng.choice((2, 3, 3)))
        end = rng.choice(["", *CONSONANTS])
        latin, arabic = "".join(part[0] for part in parts) + end, "".join(part[1] for part in parts)
        found.setdefault(latin, arabic + CONSONANTS.get(end, ""))
    return list(found.items())


# ------------------------------------------------------------------------------------------ what is looked for


def queries(known: list[Company]) -> dict[str, list[tuple[str, str]]]:
    """What people type, by kind: the text, and the name that is meant by it (or "")."""
    rng = random.Random(7)
    found: dict[str, list[tuple[str, str]]] = {}

    def add(kind: str, text: str, meant: str = "") -> None:
        found.setdefault(kind, []).append((text, meant))

    for company in known[:150]:
        name = company.name
        add("typing", name[: rng.randint(3, len(name))], name)
        add("whole name", name, name)
        words = name.split()
        own = max(words, key=len)
        add("second word", own[: rng.randint(3, len(own))], name)
        add("typo", name.replace(own, _mistyped(own, rng)), name)
        add("other script", company.otherwise, name)
        add("reordered", " ".join(reversed(search_name(name).split())), name)
        if company.tax_id:
            add("tax id", company.tax_id[: rng.choice((9, 12, 14))], name)
            add("tax digits", company.tax_id[2:], name)
        if company.web_domain:
            add("domain", company.web_domain, name)
    patterns = [pattern for naming in NAMINGS.values() for pattern in naming.patterns]
    for pattern in patterns:
        for word in pattern.replace("{}", "").split():
            add("common word", word)
    for _ in range(100):
        add("miss", "".join(rng.choices("bcdfghjklmnpqrstvwxzaeiou", k=rng.randint(4, 14))))
    return found


def _mistyped(word: str, rng: random.Random) -> str:
    """With a letter left out, doubled, changed, or two in each other's place."""
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + rng.choice("abdeikmnorst") + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
    )
