"""Words about who is told what: for notices, and for the page that says who would be mailed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .recipients import Dropped, Group

THE_VENDOR = _("The vendor")  # begins a sentence
BY_THE_VENDOR = _("the vendor")  # within one
NO_REASON = _("No reason is given for deals that are worth less than USD 25,000.")

GROUPS: dict[Group, Any] = {
    Group.PREFERRED: _("The one address for all co-sell mail"),
    Group.TEAM: _("On the team of the deal"),
    Group.LOCATION: _("Contact of the location"),
    Group.ADMINS: _("Referrals administrator"),
}

#: Why somebody is mailed, by the group that they are mailed as.
MAILED: dict[Group, Any] = {
    Group.PREFERRED: _(
        "Your company keeps one address for all co-sell mail. It takes the place of everybody else."
    ),
    Group.TEAM: _("They are on the team of the deal."),
    Group.LOCATION: _("The deal has no team, so the contact of its location is mailed."),
    Group.ADMINS: _(
        "The deal has no team and its location has no contact, so the referrals administrators are mailed."
    ),
}

#: Why somebody is not, and what changes that.
DROPPED: dict[Dropped, Any] = {
    Dropped.LEFT: _("They do not work for your company any more."),
    Dropped.NOT_NEEDED: _(
        "Somebody closer to the deal is mailed: its team comes first, then the contact of its location."
    ),
    Dropped.DEED: _("They did it themself."),
    Dropped.UNTICKED: _(
        "“Is mailed” is not ticked for them on the team. Whoever edits the deal can tick it."
    ),
    Dropped.PREFERS_NOT: _(
        "They chose not to be mailed of this. They find it among their notifications on the portal."
    ),
    Dropped.OVERRIDDEN: _("Your company keeps one address for all co-sell mail, and this goes there."),
    Dropped.SAME_ADDRESS: _(
        "Somebody else in this list has the same address, and an address is mailed once."
    ),
}

#: Why one gets this mail, at its end.
WHY: dict[Group, Any] = {
    Group.PREFERRED: _("You get this mail because %(site)s has its co-sell mail sent to this address."),
    Group.TEAM: _("You get this mail because you are on the team of this deal of %(site)s."),
    Group.LOCATION: _(
        "You get this mail because you are the contact of the location of %(site)s that this deal is of."
    ),
    Group.ADMINS: _("You get this mail because you administer the co-sell deals of %(site)s."),
}
