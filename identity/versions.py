"""Which version of a thing a page showed, as its form says: what was changed meanwhile is then not overwritten."""

from __future__ import annotations

from django.http import HttpRequest


def seen_version(request: HttpRequest) -> int | None:
    """From the field `version`; None when the form says none, 0 (never right) when it says nonsense."""
    version = request.POST.get("version", "")
    if not version:
        return None
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
