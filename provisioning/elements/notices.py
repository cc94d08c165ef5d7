"""What people are told about provisioning forms. Registered when the app starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import SetupLine
from ..notices import SETUP

LISTED = 5  # lines that a notice names

MISSING = register(
    NoticeKind(
        name="setup.form_missing",
        group=SETUP,
        title=_("Something is missing on provisioning forms"),
        subject=ngettext_lazy(
            "Something is missing on %(count)s provisioning form",
            "Something is missing on %(count)s provisioning forms",
            "count",
        ),
        body=_(
            "These services cannot be set up as they should before you fill in what is missing.\n\n%(lines)s"
        ),
        action=_("See the forms"),
        tone="warn",
        icon="forms",
        kinds=frozenset({Kind.RESELLER}),
        privilege=Privilege.ORDER_PLACE,
    )
)
IN_VAIN = register(
    NoticeKind(
        name="setup.form_in_vain",
        group=SETUP,
        title=_("A partner was asked in vain for what is missing on provisioning forms"),
        subject=_("%(reseller)s has not filled in what is missing on provisioning forms"),
        body=_(
            "%(reseller)s was reminded several times, and is not reminded again. Please call.\n\n%(lines)s"
        ),
        action=_("See the forms"),
        tone="warn",
        icon="phone",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.ORDER_DECIDE,
    )
)


def tell_missing(site_id: int, lines: Sequence[SetupLine], *, times: int, now: datetime) -> None:
    """Tell a reseller's people of all its forms that are to be asked about now."""
    tell(
        MISSING, to=[Audience.site(site_id, Privilege.ORDER_PLACE)], by=Actor.system(), now=now,
        dedupe_key=f"setup.form_missing:{site_id}:{lines[0].public_id}:{times}:{now.timestamp()}",
        href=_address(lines, "missing"), context={"count": len(lines), "lines": _listed(lines)},
    )  # fmt: skip


def tell_in_vain(site_id: int, lines: Sequence[SetupLine], *, now: datetime) -> None:
    """Tell the vendor's channel operations that asking by itself comes to an end."""
    tell(
        IN_VAIN, to=[Audience.staff(StaffRole.CHANNEL_OPERATIONS)], by=Actor.system(), now=now,
        dedupe_key=f"setup.form_in_vain:{site_id}:{lines[0].public_id}:{now.timestamp()}",
        href=_address(lines, "left"),
        context={"reseller": lines[0].reseller_name, "lines": _listed(lines)},
    )  # fmt: skip


def _address(lines: Sequence[SetupLine], tab: str) -> str:
    if len(lines) == 1:
        return reverse("setup_forms:form", args=[lines[0].public_id])
    return f"{reverse('setup_forms:list')}?show={tab}"


def _listed(lines: Sequence[SetupLine]) -> str:
    names = [f"{line.customer_name} – {line.description} ({line})" for line in lines[:LISTED]]
    return "\n".join([*names, *(["…"] if len(lines) > LISTED else [])])
