"""What a partner says in a profile, and what is wrong with it: for page, API and publishing alike.

Pure, but for names of countries and languages in the reader's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .. import tags as known
from ..models import Location, Profile
from ..models.profiles import LONGEST_DESCRIPTION, MOST_LOCATIONS
from ..states import CompanySize
from ..tags import LONGEST_SKILL, MOST_OF_A_KIND, MOST_SKILLS, TagKind

MOST_LANGUAGES = 12
#: Languages of customers that one may say to speak, by ISO 639.
LANGUAGES = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id",
    "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw", "ta", "th",
    "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """`website` may be empty; `tags` are codes of cosell.tags, `sizes` values of CompanySize (none: any size)."""

    name: str
    description: str = ""
    website: str = ""
    locations: tuple[Location, ...] = ()
    tags: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    turns_away: bool = False

    def columns(self) -> dict[str, object]:
        """What of it stands in the profile's row: lists in the order in which everybody reads them."""
        return {
            "name": self.name,
            "description": self.description,
            "website": self.website,
            "tags": known.in_order(self.tags),
            "skills": list(self.skills),
            "languages": sorted(set(self.languages)),
            "sizes": [size for size in CompanySize.values if size in self.sizes],
            "turns_away": self.turns_away,
        }


def problems_of(content: ProfileContent) -> dict[str, list[str]]:
    """What keeps this from being saved, by field. A draft may still lack what publishing takes: see `missing`."""
    found = {
        "name": _name(content.name),
        "description": _description(content.description),
        "website": _website(content.website),
        "locations": _locations(content.locations),
        "tags": _tags(content.tags),
        "skills": _skills(content.skills),
        "languages": _languages(content.languages),
        "sizes": _sizes(content.sizes),
        "turns_away": _turns_away(content),
    }
    return {field: problems for field, problems in found.items() if problems}


def _name(name: str) -> list[str]:
    if not name.strip():
        return [_("Customers know you by a name. Write it here.")]
    return [_("A name has up to 120 characters.")] if len(name) > 120 else []


def _description(text: str) -> list[str]:
    if len(text) <= LONGEST_DESCRIPTION:
        return []
    return [
        _("This has %(count)s characters; there is room for %(most)s.")
        % {"count": len(text), "most": LONGEST_DESCRIPTION}
    ]


def _website(address: str) -> list[str]:
    if not address:
        return []
    wrong = [_("Write the whole address, as in https://www.example.com.")]
    try:
        URLValidator(schemes=["https", "http"])(address)
        parts = urlsplit(address)
    except (ValidationError, ValueError):
        return wrong
    # What stands before an @ looks like the place it leads to, and is not.
    return wrong if len(address) > 300 or parts.username is not None else []


def _locations(locations: tuple[Location, ...]) -> list[str]:
    if len(locations) > MOST_LOCATIONS:
        return [_("A profile names up to %(most)s locations.") % {"most": MOST_LOCATIONS}]
    closed = [location.name for location in locations if location.closed_at]
    return [_("%(name)s is closed. Take another location.") % {"name": name} for name in closed]


def _tags(codes: tuple[str, ...]) -> list[str]:
    unknown = [code for code in codes if code not in known.NAMES]
    if unknown:
        return [_("“%(code)s” is in none of the lists.") % {"code": code[:40]} for code in unknown[:3]]
    many = [kind for kind in TagKind if len(known.of_kind(codes, kind)) > MOST_OF_A_KIND]
    return [
        _("Choose up to %(most)s of each kind. There are more of this kind: %(kind)s.")
        % {"most": MOST_OF_A_KIND, "kind": kind.label}
        for kind in many
    ]


def _skills(skills: tuple[str, ...]) -> list[str]:
    problems = []
    if len(skills) > MOST_SKILLS:
        problems.append(_("A profile has up to %(most)s skills.") % {"most": MOST_SKILLS})
    long = next((skill for skill in skills if len(skill) > LONGEST_SKILL), None)
    if long is not None:
        problems.append(
            _("“%(skill)s…” is too long: a skill has up to %(most)s characters.")
            % {"skill": long[:20], "most": LONGEST_SKILL}
        )
    return problems


def _languages(codes: tuple[str, ...]) -> list[str]:
    if any(code not in LANGUAGES for code in codes):
        return [_("One of these languages is not in the list.")]
    if len(codes) > MOST_LANGUAGES:
        return [_("Choose up to %(most)s languages.") % {"most": MOST_LANGUAGES}]
    return []


def _sizes(sizes: tuple[str, ...]) -> list[str]:
    return [_("One of these sizes is not in the list.")] if set(sizes) - set(CompanySize.values) else []


def _turns_away(content: ProfileContent) -> list[str]:
    if not content.turns_away or content.sizes:
        return []
    return [_("Choose the sizes that you work with first: without them nobody can be turned away.")]


def as_skills(text: str) -> tuple[str, ...]:
    """Skills as somebody types them: one a line, or between commas."""
    return each_once(text.replace("،", ",").replace(";", ",").replace("\n", ",").split(","))


def each_once(skills: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its capitals, as it was first written."""
    found: dict[str, str] = {}
    for part in skills:
        if skill := " ".join(part.split()):
            found.setdefault(skill.casefold(), skill)
    return tuple(found.values())


# ------------------------------------------------------------------------------------------ what publishing takes


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a profile has before customers read it."""

    label: str | Promise
    field: str
    met: bool


def needs(profile: Profile) -> list[Need]:
    """The checklist that leads to publishing, as it stands."""
    tags = profile.tags
    return [
        Need(gettext_lazy("A description of what you do"), "description", bool(profile.description.strip())),
        Need(gettext_lazy("At least one location"), "locations", profile.locations.exists()),
        Need(
            gettext_lazy("At least one product or service"),
            "products",
            any(known.of_kind(tags, kind) for kind in (TagKind.PRODUCT, TagKind.SERVICE)),
        ),
        Need(gettext_lazy("At least one language that you speak"), "languages", bool(profile.languages)),
    ]


def missing(profile: Profile) -> list[Need]:
    return [need for need in needs(profile) if not need.met]


# ------------------------------------------------------------------------------------------ names of languages


@lru_cache(maxsize=16)
def _names(language: str) -> dict[str, str]:
    names = Locale.parse(language.replace("-", "_")).languages
    found = {code: str(names.get(code, code)) for code in LANGUAGES}
    return dict(sorted(found.items(), key=lambda item: item[1].casefold()))


def languages() -> dict[str, str]:
    """The codes with their names in the reader's words, sorted by name."""
    return _names(get_language() or "en")


def language_names(codes: Iterable[str]) -> list[str]:
    """By name; what is not in the list is left out."""
    wanted = set(codes)
    return [name for code, name in languages().items() if code in wanted]
