"""Why a partner declines or lost (C8)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ...states import PartnerReason
from .ground import BadContent

LONGEST = 1000


def given(reason: str, text: str) -> tuple[str, str]:
    """One of the reasons there are, and what was written besides. Raises BadContent.

    "Another reason" says nothing without words of its own.
    """
    errors: dict[str, list[str]] = {}
    text = text.strip()
    if reason not in PartnerReason.values:
        errors["reason"] = [_("Choose a reason.")]
    elif reason == PartnerReason.OTHER and not text:
        errors["text"] = [_("Say what the other reason is.")]
    if len(text) > LONGEST:
        errors["text"] = [_("This is longer than %(longest)s characters.") % {"longest": LONGEST}]
    if errors:
        raise BadContent(errors)
    return reason, text
