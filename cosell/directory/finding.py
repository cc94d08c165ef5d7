"""What customers look for among live profiles: by country, tags, size and words. The database shows what is live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import translation

from customers.names import fold
from identity.lists import typed
from identity.places import countries

from .. import tags as known
from ..models import PublishedProfile
from ..states import CompanySize
from ..tags import TagKind

#: By name: what is first says nothing about how good it is, and nobody can buy a place.
ORDER = ("sort_name", "pk")
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; what is empty does not narrow.

    Of the tags of one kind one is enough; of each kind that is named there is one. `size` is the customer's own.
    """

    text: str = ""
    country: str = ""
    tags: tuple[str, ...] = ()
    size: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> Wanted:
        """What of an address's query makes sense; the rest is left out."""
        country, size = asked.get("country", ""), asked.get("size", "")
        return cls(
            typed(asked),
            country if country in countries() else "",
            tuple(known.in_order(asked.getlist("tag")[:60])),
            size if size in CompanySize.values else "",
        )


EVERYTHING = Wanted()


def live_profiles(wanted: Wanted = EVERYTHING) -> QuerySet[PublishedProfile]:
    """The live profiles that fit. Order them by ORDER."""
    found = PublishedProfile.objects.all()
    if wanted.country:
        found = found.filter(country=wanted.country)
    for kind in TagKind:
        if of_kind := known.of_kind(wanted.tags, kind):
            found = found.filter(tags__overlap=of_kind)
    if wanted.size:
        found = found.filter(Q(sizes=[]) | Q(sizes__contains=[wanted.size]))
    for word in fold(wanted.text).split()[:MOST_WORDS]:
        found = found.filter(_says(word))
    return found


def _says(word: str) -> Q:
    """A word of the name or of a skill begins so, or one of a tag's name in any language; never the description."""
    said = Q(words__contains=f" {word}")
    codes = tags_named(word)
    return said | Q(tags__overlap=codes) if codes else said


def tags_named(word: str) -> list[str]:
    """The tags in whose name, in any language of the portal, a word begins with this folded one."""
    return [code for code, words in _tag_words() if f" {word}" in words]


@lru_cache(maxsize=1)
def _tag_words() -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = dict.fromkeys(known.NAMES, "")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, name in known.NAMES.items():
                found[code] += f" {fold(str(name))}"
    return tuple(found.items())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to look for. `kind` is "partner", "tag" or "skill"."""

    text: str
    kind: str


def suggestions(text: str, *, limit: int = 8) -> list[Suggestion]:
    """As one types: tags and skills whose words begin so, and partners; of live profiles alone."""
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return []
    found = [Suggestion(name, "tag") for name in known.names_of(_tags_of_all(words))]
    live = live_profiles(Wanted(text=text)).order_by(*ORDER).only("name", "skills")[:50]
    for profile in live:
        if _begin(words, profile.name):
            found.append(Suggestion(profile.name, "partner"))
        found += [Suggestion(skill, "skill") for skill in profile.skills if _begin(words, skill)]
    return list(dict.fromkeys(found))[:limit]


def _tags_of_all(words: Iterable[str]) -> set[str]:
    return set.intersection(*(set(tags_named(word)) for word in words))


def _begin(words: Iterable[str], text: str) -> bool:
    folded = f" {fold(text)}"
    return all(f" {word}" in folded for word in words)


def countries_with_partners() -> dict[str, str]:
    """The countries for which there is a live profile, with their names, by name."""
    there = set(PublishedProfile.objects.order_by().values_list("country", flat=True).distinct())
    return {code: name for code, name in countries().items() if code in there}
