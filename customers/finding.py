"""Search as one types among the customers, in steps from what is surely meant to what may be.

Each step reads a bounded piece of one index, and the next is only taken while there are too few. So a search costs
about the same among a thousand customers and among a million.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, Q, QuerySet, TextField
from django.db.models.functions import Substr

from . import lookups  # noqa: F401 - makes `__begins` known
from .models import Customer
from .names import (
    domain_key,
    is_arabic,
    is_latin,
    own_words,
    search_code,
    search_domain,
    search_name,
    skeleton,
    tokens,
    without_begun_form,
)

# How many of those that fit a word are looked at to find the best of them.
CANDIDATES = 100
IN_ORDER = ("search_name", "country", "public_id")  # not the id, which tells who was entered first


@dataclass(frozen=True)
class Asked:
    """What is looked for, as each of the steps compares it."""

    text: str

    @cached_property
    def name(self) -> str:
        return search_name(self.text)

    @cached_property
    def words(self) -> list[str]:
        return self.name.split()

    @cached_property
    def skeleton(self) -> str:
        return skeleton(self.text)

    @cached_property
    def beginnings(self) -> list[str]:
        """Keys of a customer in whose name each word, or one that begins so, is. Shorter ones say too little."""
        return [word[:8] for word in self.words if len(word) > 2]

    @cached_property
    def tokens(self) -> list[str]:
        """Keys of a customer in whose name each word is, in any script."""
        return [
            token if token[0] == "=" else f"~{token[:6]}" for token in tokens(self.name) if len(token) > 1
        ]


def find(text: str, limit: int) -> list[Customer]:
    """The customers that fit best, the best first: README.md has the order. The same for everybody."""
    asked = Asked(text)
    if not asked.name:
        return []
    found: dict[int, Customer] = {}
    for step in STEPS:
        if len(found) >= limit or (found and step in LAST_RESORTS):
            break
        if found and step is _by_beginning:
            break  # a number, tax id or domain is no name
        for customer in step(asked, limit):
            found.setdefault(customer.id, customer)
    return list(found.values())[:limit]


# ------------------------------------------------------------------------------------------ the steps


def _by_code(asked: Asked, limit: int) -> Iterable[Customer]:
    """By the vendor's number, and by the beginning of a tax id, with or without its country."""
    code = search_code(asked.text)
    if sum(sign.isdigit() for sign in code) < 5:
        return
    if len(code) == 7:
        yield from Customer.objects.filter(number=code)
    known = Customer.objects.exclude(tax_key="")
    yield from known.filter(tax_key__begins=code).order_by("tax_key", "public_id")[:limit]
    yield from (
        known.alias(digits=Substr("tax_key", 3))
        .filter(digits__begins=code)
        .order_by("digits", "public_id")[:limit]
    )


def _by_domain(asked: Asked, limit: int) -> Iterable[Customer]:
    if not re.fullmatch(r"\S+\.\S+", asked.text.strip()):
        return
    domain = domain_key(asked.text) or search_domain(asked.text)
    known = Customer.objects.exclude(domain_key="")
    yield from known.filter(domain_key__begins=domain).order_by("domain_key", "public_id")[:limit]


def _by_beginning(asked: Asked, limit: int) -> Iterable[Customer]:
    """Names that begin so: the very name first."""
    return Customer.objects.filter(search_name__begins=asked.name).order_by(*IN_ORDER)[:limit]


def _by_word(asked: Asked, limit: int) -> Iterable[Customer]:
    """Names in which every word is, or one that begins so; whole words first."""
    if not asked.beginnings:
        return []
    fitting = (c for c in _with_keys(limit, keys__contains=asked.beginnings) if _in_words(asked.words, c))
    return sorted(fitting, key=lambda c: (not set(asked.words) <= set(c.search_name.split()), *_order(c)))


def _by_skeleton(asked: Asked, limit: int) -> Iterable[Customer]:
    """Names that are the same in another script or spelling, or begin so."""
    if len(asked.skeleton) < 2 or len(asked.name) < 3 or asked.skeleton[0] == "=":
        return []
    found = Customer.objects.filter(skeleton__begins=asked.skeleton).order_by(
        "skeleton", "country", "public_id"
    )
    return (customer for customer in found[:limit] if _sounds_like(asked, customer))


def _by_token(asked: Asked, limit: int) -> Iterable[Customer]:
    """Names in which every word is in another script, spelling or language."""
    if not asked.tokens or len(asked.name) < 3:
        return []
    fitting = (c for c in _with_keys(limit, keys__contains=asked.tokens) if _sounds_like(asked, c))
    return sorted(fitting, key=_order)


def _with_form(asked: Asked, limit: int) -> Iterable[Customer]:
    """Names of which more is typed than is compared: the beginning of a legal form."""
    name = without_begun_form(asked.name)
    return _by_beginning(Asked(name), limit) if name else []


def _by_typo(asked: Asked, limit: int) -> Iterable[Customer]:
    """Names with a letter too many, too few, another or in another place in each of the words."""
    meant = [
        Q(keys__overlap=_with_a_letter_amiss(word)) if len(word) > 4 else Q(keys__contains=[word])
        for word in asked.words
        if len(word) > 2
    ]
    if not any(len(word) > 4 for word in asked.words):
        return []
    near = [(_nearness(asked.name, c.search_name), c) for c in _with_keys(limit, *meant)]
    return [
        c for _, c in sorted((each for each in near if each[0] > 0.4), key=lambda e: (-e[0], *_order(e[1])))
    ]


# ------------------------------------------------------------------------------------------ what they share


def _with_keys(limit: int, *conditions: Q, **more: object) -> QuerySet[Customer]:
    """Customers by the keys of the index `customer_by_search_keys`; in no order, lest all be read to be put in one."""
    keys = Func(
        "search_name", "skeleton", function="customers_search_keys", output_field=ArrayField(TextField())
    )
    return Customer.objects.alias(keys=keys).filter(*conditions, **more)[: max(limit, CANDIDATES)]


def _order(customer: Customer) -> tuple[str, str, str]:
    return customer.search_name, customer.country, customer.public_id


def _in_words(typed: list[str], customer: Customer) -> bool:
    """Whether each word typed begins one of the name's."""
    words = customer.search_name.split()
    return all(any(word.startswith(begun) for word in words) for begun in typed)


def _sounds_like(asked: Asked, customer: Customer) -> bool:
    """Within a script, vowels count too: "Delta" is not meant by "Tilda"."""
    if _scripts(asked.name) != _scripts(customer.search_name) or all(_scripts(asked.name)):
        return True
    return all(
        any(_nearness(typed, word[: len(typed) + 2]) > 0.35 for word in customer.search_name.split())
        for typed in own_words(asked.name)
    )


def _scripts(name: str) -> tuple[bool, bool]:
    return is_latin(name), is_arabic(name)


def _nearness(one: str, other: str) -> float:
    """How many pairs of letters two names share: 0 none, 1 all."""
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


def _pairs(name: str) -> set[str]:
    return {f" {word} "[at : at + 2] for word in name.split() for at in range(len(word) + 1)}


def _with_a_letter_amiss(word: str) -> list[str]:
    word = word[:7]
    return [f"-{word}", *(f"-{word[:at]}{word[at + 1 :]}" for at in range(len(word)))]


STEPS = (_by_code, _by_domain, _by_beginning, _by_word, _by_skeleton, _by_token, _with_form, _by_typo)
LAST_RESORTS = (_with_form, _by_typo)  # which bring what is hardly meant when something else fits
