"""What somebody is told of a draft that failed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cosell.models import NotesFailure


def told_of(failure: str) -> str:
    """The reason, and what they can do, in the current language."""
    return _("%(reason)s Write the notes yourself, or try again in a moment.") % {
        "reason": NotesFailure(failure).label
    }
