"""What the roles are for, in a sentence each (C2)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import Role

ALLOWS: dict[str, str | Promise] = {
    Role.REFERRALS_ADMIN: _(
        "Sees and works on all deals of their locations; begins new ones; keeps leads, solutions, registrations and"
        " business profiles."
    ),
    Role.REFERRALS_USER: _(
        "Sees the deals of their locations on whose team they are, and answers, changes and closes these."
    ),
    Role.PROFILE_ADMIN: _("Keeps the business profiles that customers find, and nothing else."),
    Role.ACCOUNT_ADMIN: _("Gives roles to others and takes them, and keeps the list of locations."),
}
