"""What people are told about registrations of won deals. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register
from notifications.values import Amount

from ..models import Incentive, RegistrationStatus, WonRegistration
from ..rights.notices import PARTNERS
from ..rights.scopes import administrators_of

GROUP = _("Co-sell: registrations of won deals")
S = RegistrationStatus

RECEIVED = register(
    NoticeKind(
        name="won_registration.received",
        group=GROUP,
        title=_("A won deal was registered for an incentive"),
        subject=_("%(site)s registered “%(deal)s” for %(incentive)s"),
        body=_(
            "%(site)s registered the won deal “%(deal)s” with %(customer)s: a contract worth %(value)s.\n\n"
            "Please answer by %(answer_by)s: approve it, say what is to be corrected, or why it is not eligible."
        ),
        action=_("See the registration"),
        icon="award",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.COSELL_DECIDE,
    )
)


def _of_partners(name: str, **words: Any) -> NoticeKind:
    return register(
        NoticeKind(
            name=f"won_registration.{name}", group=GROUP, action=_("See the registration"), kinds=PARTNERS,
            privilege=Privilege.REFERRAL_MANAGE, **words,
        )
    )  # fmt: skip


KINDS: dict[str, NoticeKind] = {
    S.ACTION_REQUIRED: _of_partners(
        "action_required",
        title=_("A registration of yours has to be corrected"),
        subject=_("Action required: the registration of “%(deal)s”"),
        body=_(
            "The vendor looked at the registration of “%(deal)s” for %(incentive)s and says:\n\n%(note)s\n\n"
            "Correct it and send it again."
        ),
        tone="warn",
        icon="alert-triangle",
    ),
    S.APPROVED: _of_partners(
        "approved",
        title=_("A registration of yours is approved"),
        subject=_("The registration of “%(deal)s” is approved"),
        body=_(
            "The vendor approved the registration of “%(deal)s” for %(incentive)s: a contract worth %(value)s."
        ),
        tone="good",
        icon="circle-check",
    ),
    S.FAILED: _of_partners(
        "failed",
        title=_("A registration of yours is not eligible"),
        subject=_("The registration of “%(deal)s” is not eligible"),
        body=_(
            "The vendor looked at the registration of “%(deal)s” for %(incentive)s. It is not eligible:\n\n%(note)s\n\n"
            "If this can be put right, you can register the deal again."
        ),
        tone="bad",
        icon="circle-x",
    ),
    S.CLOSED: _of_partners(
        "closed",
        title=_("A registration of yours was closed"),
        subject=_("The registration of “%(deal)s” was closed"),
        body=_(
            "The vendor closed the registration of “%(deal)s”:\n\n%(note)s\n\nYou can register the deal again."
        ),
        tone="warn",
        icon="x",
    ),
}


def tell_received(registration: WonRegistration, *, by: Actor, now: datetime) -> None:
    tell(
        RECEIVED, to=[Audience.staff(StaffRole.CHANNEL_OPERATIONS)], by=by, now=now, href=_href(registration),
        dedupe_key=f"{RECEIVED.name}:{registration.public_id}:{registration.version}", context=_words(registration),
    )  # fmt: skip


def tell_decided(registration: WonRegistration, *, by: Actor, now: datetime) -> None:
    """Tell the referrals administrators of its location: nobody else sees it."""
    kind = KINDS[registration.status]
    people = administrators_of(registration.location)
    if people:
        tell(
            kind, to=[Audience.user(member.user_id, member.site_id) for member in people], by=by, now=now,
            href=_href(registration), dedupe_key=f"{kind.name}:{registration.public_id}:{registration.version}",
            context=_words(registration),
        )  # fmt: skip


def _href(registration: WonRegistration) -> str:
    return reverse("registrations:registration", args=[registration.public_id])


def _words(registration: WonRegistration) -> dict[str, Any]:
    return {
        "site": registration.site_name,
        "deal": registration.referral_name,
        "customer": registration.customer_name,
        "incentive": Incentive(registration.incentive).label,
        "value": Amount(registration.contract_value, registration.currency),
        "answer_by": registration.answer_by,
        "note": registration.note,
    }
