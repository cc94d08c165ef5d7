"""Sentences that are kept: written once, read by people in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

Kept = dict[str, str]  # by language


def kept(words: str | Promise, params: Mapping[str, Any] | None = None) -> Kept:
    """The sentence in every language of the portal, as JSON; `params` go where it says `%(name)s`."""
    if not isinstance(words, Promise):
        return {"": _filled(words, params)}
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = _filled(str(words), params)
    return said


def _filled(text: str, params: Mapping[str, Any] | None) -> str:
    return text % params if params else text


def told(said: Kept) -> str:
    """The sentence in the language of whoever reads."""
    language = translation.get_language() or "en"
    return said.get(language) or said.get("") or said.get("en", "")
