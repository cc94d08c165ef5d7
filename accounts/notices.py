"""What people are told about access and membership. Registered when the app starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Kind
from identity.privileges import Privilege
from notifications.kinds import NoticeKind, Words, register

ACCESS = _("Access and users")
CANNOT_BE_CHOSEN = _("It is about your own access.")


def _about_you(name: str, **words: Words) -> NoticeKind:
    """Something about the reader's own access: always mailed."""
    return register(
        NoticeKind(name=name, group=ACCESS, mandatory=True, mandatory_reason=CANNOT_BE_CHOSEN, **words)  # type: ignore[arg-type]
    )


PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
STAFF = frozenset({Kind.STAFF})

# -- requests

REQUEST_SENT = _about_you(
    "access.sent",
    title=_("Your request for access was sent"),
    subject=_("Your request for access to site %(number)s"),
    body=_(
        "We have your request for access to the site with the number %(number)s.\n\n"
        "It is with the people who decide about it. If nobody has decided by %(due)s, our customer care "
        "takes over."
    ),
    action=_("Look at your request"),
    icon="send",
)
REQUEST_APPROVED = _about_you(
    "access.approved",
    title=_("Your request for access was approved"),
    subject=_("You have access to %(site)s"),
    body=_(
        "Your request for access to %(site)s (%(number)s) was approved. Sign in, and you are in.\n\nTools: "
        "%(tools)s\n\nRoles: %(roles)s"
    ),
    action=_("Open the portal"),
    tone="good",
    icon="circle-check",
)
REQUEST_REJECTED = _about_you(
    "access.rejected",
    title=_("Your request for access was rejected"),
    subject=_("Your request for access to site %(number)s was rejected"),
    body=_(
        "Your request for access to the site with the number %(number)s was rejected: %(reason)s.\n\n"
        "%(text)s\n\n"
        "You can correct it and ask again, or ask our customer care."
    ),
    action=_("See what you can do"),
    tone="bad",
    icon="circle-x",
)
REQUEST_TO_DECIDE = register(
    NoticeKind(
        name="access.to_decide",
        group=ACCESS,
        title=_("Somebody asks for access to your site"),
        subject=_("%(name)s asks for access to your site"),
        body=_(
            "%(name)s (%(email)s) says they work for %(site)s and asks for access.\n\n"
            "Please decide by %(due)s; after that our customer care may decide in your place."
        ),
        action=_("Decide"),
        icon="user-plus",
        kinds=PARTNERS,
        privilege=Privilege.MEMBER_MANAGE,
    )
)
CASE_TO_DECIDE = register(
    NoticeKind(
        name="access.care_to_decide",
        group=ACCESS,
        title=_("A request for access waits for customer care"),
        subject=_("Request for access to decide: %(name)s, %(number)s"),
        body=_("%(name)s (%(email)s) asks for access to site %(number)s. A decision is promised by %(due)s."),
        action=_("Decide"),
        icon="user-plus",
        kinds=STAFF,
        privilege=Privilege.REQUEST_DECIDE,
    )
)
CASE_OVERDUE = register(
    NoticeKind(
        name="access.overdue",
        group=ACCESS,
        title=_("A site did not decide about a request in time"),
        subject=_("Nobody at %(site)s decided about %(name)s"),
        body=_(
            "%(name)s (%(email)s) asked for access to %(site)s (%(number)s). Its contacts have not decided "
            "by "
            "%(due)s, so the request is now in your queue as well."
        ),
        action=_("Decide"),
        tone="warn",
        icon="clock-exclamation",
        kinds=STAFF,
        privilege=Privilege.REQUEST_DECIDE,
    )
)
DECIDED_ELSEWHERE = register(
    NoticeKind(
        name="access.decided_elsewhere",
        group=ACCESS,
        title=_("A request for access to your site was decided"),
        subject=_("%(by)s decided about the request of %(name)s"),
        body=_("The request of %(name)s for access to %(site)s: %(outcome)s, by %(by)s."),
        action=_("See the users"),
        default="none",
        kinds=PARTNERS,
        privilege=Privilege.MEMBER_MANAGE,
    )
)

# -- members: the person concerned

YOU_WERE_ADDED = _about_you(
    "member.you_were_added",
    title=_("You were added to a site"),
    subject=_("You have access to %(site)s"),
    body=_("%(by)s added you to %(site)s (%(number)s). Sign in with your vendor ID."),
    action=_("Open the portal"),
    tone="good",
    icon="user-check",
)
YOU_WERE_CHANGED = _about_you(
    "member.you_were_changed",
    title=_("Your rights or details at a site were changed"),
    subject=_("What you may do at %(site)s was changed"),
    body=_(
        "%(by)s changed your entry at %(site)s (%(number)s). This is how it stands now.\n\n"
        "Standing: %(standing)s\n\nTools: %(tools)s\n\nRoles: %(roles)s"
    ),
    action=_("See your entry"),
    icon="user-edit",
)
YOU_WERE_REMOVED = _about_you(
    "member.you_were_removed",
    title=_("You were removed from a site"),
    subject=_("Your access to %(site)s has ended"),
    body=_(
        "%(by)s removed you from %(site)s (%(number)s). Your API keys for it no longer work. Your vendor ID "
        "stays "
        "yours, and so does your access to other sites.\n\n"
        "If you think this is a mistake, ask the site's primary contact or our customer care."
    ),
    action=_("Ask for access again"),
    tone="warn",
    icon="user-minus",
)
YOU_ARE_PRIMARY = _about_you(
    "member.you_are_primary",
    title=_("You became the primary contact of a site"),
    subject=_("You are the primary contact of %(site)s"),
    body=_(
        "%(by)s made you the primary contact of %(site)s (%(number)s). You answer for the site: you decide "
        "who has "
        "access, and what they may use."
    ),
    action=_("See the users"),
    tone="good",
    icon="star",
)
YOU_ARE_NOT_PRIMARY = _about_you(
    "member.you_are_not_primary",
    title=_("You are no longer the primary contact of a site"),
    subject=_("%(new)s is now the primary contact of %(site)s"),
    body=_(
        "%(by)s made %(new)s the primary contact of %(site)s (%(number)s). Your standing is now: "
        "%(standing)s.\n\n"
        "The reason given: %(reason)s\n\n"
        "If you disagree, answer to our customer care at %(care)s."
    ),
    action=_("See the users"),
    tone="warn",
    icon="star-off",
)

# -- members: the site's primary contact


def _for_primary(name: str, **words: Words) -> NoticeKind:
    return register(
        NoticeKind(
            name=name,
            group=ACCESS,
            action=_("See the users"),
            kinds=PARTNERS,
            privilege=Privilege.MEMBER_MANAGE,
            **words,  # type: ignore[arg-type]
        )
    )


MEMBER_ADDED = _for_primary(
    "member.added",
    title=_("A user was added to your site"),
    subject=_("%(name)s now has access to %(site)s"),
    body=_("%(by)s gave %(name)s (%(email)s) access to %(site)s."),
    icon="user-check",
)
MEMBER_CHANGED = _for_primary(
    "member.changed",
    title=_("A user of your site was changed"),
    subject=_("%(by)s changed what %(name)s may do"),
    body=_(
        "%(by)s changed the entry of %(name)s at %(site)s. This is how it stands now.\n\n"
        "Standing: %(standing)s\n\nTools: %(tools)s\n\nRoles: %(roles)s"
    ),
    icon="user-edit",
)
MEMBER_REMOVED = _for_primary(
    "member.removed",
    title=_("A user of your site was removed"),
    subject=_("%(name)s no longer has access to %(site)s"),
    body=_("%(by)s removed %(name)s (%(email)s) from %(site)s."),
    icon="user-minus",
)
MEMBER_LEFT = _for_primary(
    "member.left",
    title=_("A user left your site"),
    subject=_("%(name)s has left %(site)s"),
    body=_("%(name)s (%(email)s) gave up their access to %(site)s."),
    icon="user-minus",
)
INVITATION_SENT = _for_primary(
    "member.invited",
    title=_("Somebody was invited to your site"),
    subject=_("%(by)s invited %(name)s to %(site)s"),
    body=_("%(by)s invited %(name)s (%(email)s) to %(site)s. The invitation is open until %(until)s."),
    icon="mail-forward",
)
PRIMARY_CHANGED = _for_primary(
    "member.primary_changed",
    title=_("The primary contact of your site was changed"),
    subject=_("%(new)s is now the primary contact of %(site)s"),
    body=_("%(by)s made %(new)s the primary contact of %(site)s, in place of %(old)s."),
    icon="star",
)
