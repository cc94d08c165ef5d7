"""What happened to profiles, in a reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.history import Titles

TITLES: Titles = {
    "profile.made": (_("The draft was begun"), "neutral", "plus"),
    "profile.edited": (_("The profile was changed"), "neutral", "pencil"),
    "profile.published": (_("The profile was published"), "neutral", "send"),
    "profile.taken_back": (_("The profile was taken back"), "neutral", "arrow-back-up"),
    "profile.live": (_("The profile went live"), "neutral", "circle-check"),
    "profile.stopped": (_("The vendor stopped the profile"), "neutral", "circle-x"),
    "profile.withdrawn": (_("The profile was withdrawn"), "neutral", "eye-off"),
}


def sentences(detail: dict[str, Any]) -> Iterator[str]:
    if detail.get("reason"):
        yield str(detail["reason"])
