"""What a customer is mailed who asked a partner. Nothing that they wrote is in it: anybody can type any address."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.models import public_id
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..leads.content import Enquiry
from ..models import PublishedProfile

GROUP = _("Partner directory")

RECEIVED = register(
    NoticeKind(
        name="enquiry.received",
        group=GROUP,
        title=_("Your enquiry to a partner was passed on"),
        subject=_("Your enquiry to %(partner)s"),
        body=_(
            "Thank you for your enquiry to %(partner)s. It was passed on, and the partner answers you by this address"
            " or by phone.\n\nIf it was not you who wrote to them, you need not do anything."
        ),
        action=_("See the partner's profile"),
        icon="mail-check",
        tone="good",
        kinds=frozenset(),  # nobody with an account is concerned
    )
)
TURNED_AWAY = register(
    NoticeKind(
        name="enquiry.turned_away",
        group=GROUP,
        title=_("A partner does not work with companies of your size"),
        subject=_("Your enquiry to %(partner)s"),
        body=_(
            "Thank you for your enquiry to %(partner)s. This partner works with companies of another size, so that it"
            " probably does not answer. Others can help you: look in the partner directory.\n\nIf it was not you who"
            " wrote to them, you need not do anything."
        ),
        action=_("See the partner's profile"),
        icon="mail",
        tone="info",
        kinds=frozenset(),
    )
)


def confirm(profile: PublishedProfile, enquiry: Enquiry, *, served: bool, by: Actor, now: datetime) -> None:
    """One mail to the address that was typed, in the language in which the form was read."""
    kind = RECEIVED if served else TURNED_AWAY
    tell(
        kind,
        to=[Audience.address(enquiry.email, enquiry.language)],
        by=by,
        now=now,
        href=reverse("directory:partner", args=[profile.public_id]),
        dedupe_key=f"{kind.name}:{public_id()}",
        context={"partner": profile.name},
    )
