"""What may follow on what in the life of a profile, and what each state means to its readers.

Pure. The database has the same edges, and who may take each, as a trigger (migrations/0005).
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import ProfileState

S = ProfileState

#: By whom: "partner", "vendor" (the clock, or staff at once), "staff".
EDGES: dict[tuple[str, str], str] = {
    (S.DRAFT, S.WAITING): "partner",
    (S.WAITING, S.DRAFT): "partner",
    (S.WAITING, S.CHANGED): "partner",
    (S.WAITING, S.WITHDRAWN): "partner",
    (S.LIVE, S.CHANGED): "partner",
    (S.LIVE, S.WITHDRAWN): "partner",
    (S.CHANGED, S.WAITING): "partner",
    (S.CHANGED, S.WITHDRAWN): "partner",
    (S.STOPPED, S.DRAFT): "partner",
    (S.STOPPED, S.CHANGED): "partner",
    (S.STOPPED, S.WITHDRAWN): "partner",
    (S.WITHDRAWN, S.DRAFT): "partner",
    (S.WITHDRAWN, S.WAITING): "partner",
    (S.WAITING, S.LIVE): "vendor",
    (S.WAITING, S.STOPPED): "staff",
    (S.LIVE, S.STOPPED): "staff",
    (S.CHANGED, S.STOPPED): "staff",
}

TONES = {
    S.DRAFT: "neutral",
    S.WAITING: "info",
    S.LIVE: "good",
    S.CHANGED: "warn",
    S.STOPPED: "bad",
    S.WITHDRAWN: "neutral",
}

MEANS: dict[str, str | Promise] = {
    S.DRAFT: _("Only your site sees this profile. Publish it, and customers find you by it."),
    S.WAITING: _("It was published, and goes live by itself unless the vendor stops it."),
    S.LIVE: _("Everybody can read this profile in the partner directory, and send you an enquiry."),
    S.CHANGED: _("You changed this profile. Customers still read what was live before, until you publish."),
    S.STOPPED: _("The vendor did not let this go live. Change what is asked for, and publish it again."),
    S.WITHDRAWN: _("Customers do not find this profile any more. You can publish it again."),
}
MEANS_PUBLIC: dict[str, str | Promise] = {
    S.WAITING: _(
        "Your changes were published, and go live by themselves unless the vendor stops them. Until then customers"
        " read what was live before."
    ),
    S.STOPPED: _(
        "The vendor did not let your changes go live. Customers still read what was live before. Change what is asked"
        " for, and publish it again."
    ),
}


def state_before_changes(is_public: bool) -> ProfileState:
    """The state of a profile that its partner goes on changing."""
    return S.CHANGED if is_public else S.DRAFT


def meaning(state: str, is_public: bool) -> str | Promise:
    return MEANS_PUBLIC.get(state, MEANS[state]) if is_public else MEANS[state]
