"""What happened to profiles, in a reader's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: By event of the audit trail: the words, and the icon.
HAPPENED: dict[str, tuple[str | Promise, str]] = {
    "profile.made": (_("The draft was begun"), "plus"),
    "profile.edited": (_("The profile was changed"), "pencil"),
    "profile.published": (_("The profile was published"), "send"),
    "profile.taken_back": (_("The profile was taken back"), "arrow-back-up"),
    "profile.live": (_("The profile went live"), "circle-check"),
    "profile.stopped": (_("The vendor stopped the profile"), "circle-x"),
    "profile.withdrawn": (_("The profile was withdrawn"), "eye-off"),
}
