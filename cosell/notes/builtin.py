"""The writer that is built in: sentences that are translated, put together from the five facts alone.

Which of the sentences are taken depends on the facts and on nothing else: the same deal gets the same notes, another
one others. Names are kept from scrambling a sentence that runs the other way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import sha256

from babel.lists import format_list
from django.utils import translation
from django.utils.translation import gettext_noop

from .generating import Facts

# Marked for the catalogues here, translated when they are chosen. All of them know all names.
OPENINGS = (
    gettext_noop(
        "%(partner)s proposes %(solutions)s to %(customer)s in %(country)s. The deal is estimated at "
        "%(value)s."
    ),
    gettext_noop(
        "%(customer)s, in %(country)s, is considering %(solutions)s with %(partner)s. The deal is worth"
        " about %(value)s."
    ),
    gettext_noop(
        "This deal is about %(solutions)s for %(customer)s in %(country)s. %(partner)s leads it and "
        "expects a value of %(value)s."
    ),
)
AIMS = (
    gettext_noop(
        "The aim is that %(customer)s sees early what changes in its daily work, and has an offer it "
        "can decide on."
    ),
    gettext_noop(
        "What matters now is to agree with %(customer)s by what it will recognise success, and to put "
        "that in writing."
    ),
    gettext_noop(
        "%(partner)s wants to show %(customer)s the use of it on one case of its own before talking "
        "about the whole."
    ),
)
STEPS = (
    gettext_noop(
        "Next: confirm need, budget and time frame with whoever decides at %(customer)s, and show "
        "%(solutions)s on an example from its business."
    ),
    gettext_noop(
        "Next: a first meeting on requirements, then a demonstration of %(solutions)s, then an offer "
        "with a clear validity."
    ),
    gettext_noop(
        "Next: list what %(customer)s uses today, plan the change to %(solutions)s, and agree on a date"
        " for the decision."
    ),
)
QUESTIONS = (
    gettext_noop(
        "Still open: who decides at %(customer)s, what else is being compared, and which rules in "
        "%(country)s have to be kept."
    ),
    gettext_noop(
        "To be clarified: which systems are already there, who will look after them, and whether "
        "%(value)s covers the first year or more."
    ),
    gettext_noop(
        "Worth asking: what happens at %(customer)s if nothing changes, and who would notice it first."
    ),
)  # fmt: skip
SECTIONS = (OPENINGS, AIMS, STEPS, QUESTIONS)
# For a writer that is asked again about the same deal: another choice each time.
VARIANTS = len(OPENINGS)


class BuiltInWriter:
    """Writes in the portal itself; nothing leaves it. `variant` chooses other sentences for the same facts."""

    name = "built-in"
    host = ""

    def __init__(self, variant: int = 0) -> None:
        self.variant = variant

    def write(self, facts: Facts, language: str) -> Iterator[str]:
        with translation.override(language):
            paragraphs = [
                translation.gettext(_chosen(section, facts, number, self.variant)) % _words(facts, language)
                for number, section in enumerate(SECTIONS)
            ]
        for number, paragraph in enumerate(paragraphs):
            yield ("\n\n" if number else "") + paragraph


def _chosen(sentences: Sequence[str], facts: Facts, number: int, variant: int) -> str:
    """One of the sentences, by the facts: always the same for them."""
    said = "\0".join((facts.value, *facts.solutions, facts.customer, facts.partner, facts.country))
    return sentences[(sha256(said.encode()).digest()[number] + variant) % len(sentences)]


def _words(facts: Facts, language: str) -> dict[str, str]:
    """The facts as they stand in a sentence, each of them kept apart from the direction of the others."""
    locale = translation.to_locale(language)
    return {
        "value": _apart(facts.value),
        "solutions": format_list([_apart(name) for name in facts.solutions], locale=locale),
        "customer": _apart(facts.customer),
        "partner": _apart(facts.partner),
        "country": _apart(facts.country),
    }


def _apart(text: str) -> str:
    """The text as it is, or between signs that keep its direction to itself where the sentence runs the other way."""
    to_the_left = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    return text if to_the_left is translation.get_language_bidi() else f"\u2068{text}\u2069"
