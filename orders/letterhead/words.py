"""Sentences about letterheads that pages and refusals share."""

from django.utils.translation import gettext as _

from identity.privileges import Refusal


def only_resellers() -> Refusal:
    return Refusal(
        _("Quotes are made by resellers; only their papers have a letterhead."),
        _("The people of a reseller's site can do it."),
    )
