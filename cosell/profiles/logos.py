"""The logos of business profiles: read, judged and written anew as those of papers are, and at most 300 pixels wide."""

from __future__ import annotations

from typing import IO

from identity.filestore import Store
from orders.letterhead.logos import LARGEST, TYPES, Logo, LogoRefused, made_anew

from ..models import Profile, PublishedProfile
from ..models.profiles import WIDEST_LOGO

__all__ = ["LARGEST", "LOGOS", "TYPES", "Logo", "LogoRefused", "logo_in", "unnamed"]

LOGOS = Store("profilelogos")
_KEPT = (WIDEST_LOGO, WIDEST_LOGO)  # pixels, at most


def logo_in(file: IO[bytes], size: int) -> Logo:
    """The logo in a file of `size` bytes. Raises LogoRefused."""
    return made_anew(file, size, kept=_KEPT)


def unnamed(names: list[str]) -> list[str]:
    """Which of these files no profile bears any more, neither the partner's copy nor the public one."""
    named = {
        *Profile.objects.filter(logo__in=names).values_list("logo", flat=True),
        *PublishedProfile.objects.filter(logo__in=names).values_list("logo", flat=True),
    }
    return [name for name in names if name not in named]
