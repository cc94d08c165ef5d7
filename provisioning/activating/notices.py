"""What people are told about setting up itself. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Activation, Handing, SetupLine
from ..notices import SETUP

OF_PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
VENDOR = Audience.staff(StaffRole.CHANNEL_OPERATIONS)

DONE = register(
    NoticeKind(
        name="setup.done",
        group=SETUP,
        title=_("Something that was ordered is set up"),
        subject=_("%(description)s is set up for %(customer)s"),
        body=_(
            "%(description)s of order %(number)s is set up for %(customer)s and works. Billing has started, for"
            " %(quantity)s of it."
        ),
        action=_("See the line"),
        tone="good",
        icon="circle-check",
        kinds=OF_PARTNERS,
    )
)
#: To whoever asked for it, who may be nobody's account: there is no page to lead to.
DONE_ASKED = register(
    NoticeKind(
        name="setup.done_asked",
        group=SETUP,
        title=_("What I set up works"),
        subject=DONE.subject,
        body=DONE.body,
        tone="good",
        icon="circle-check",
        kinds=frozenset(),
    )
)
FAILED = register(
    NoticeKind(
        name="setup.failed",
        group=SETUP,
        title=_("Something that was ordered could not be set up"),
        subject=_("%(description)s could not be set up for %(customer)s"),
        body=_(
            "%(description)s of order %(number)s could not be set up for %(customer)s.\n\n%(problem)s %(todo)s\n\n"
            "Billing has not started."
        ),
        action=_("See the line"),
        tone="bad",
        icon="circle-x",
        kinds=frozenset({Kind.RESELLER, Kind.STAFF}),
        privilege=Privilege.ORDER_PLACE,
    )
)
FAILED_ASKED = register(
    NoticeKind(
        name="setup.failed_asked",
        group=SETUP,
        title=_("What I set up has failed"),
        subject=FAILED.subject,
        body=_("%(description)s of order %(number)s could not be set up for %(customer)s.\n\n%(problem)s %(todo)s\n\n"
               "Billing has not started. The link that you used shows how far it is."),
        tone="bad",
        icon="circle-x",
        kinds=frozenset(),
    )
)  # fmt: skip
FAILED_HERE = register(
    NoticeKind(
        name="setup.failed_here",
        group=SETUP,
        title=_("What a partner sets up has failed"),
        subject=_("%(reseller)s: %(description)s could not be set up for %(customer)s"),
        body=_(
            "%(description)s, which %(reseller)s ordered for %(customer)s (order %(number)s), could not be set up.\n\n"
            "%(problem)s\n\nThe backend said: %(said)s\n\n%(asked_by)s asked for it. Please look after it: on the"
            " line's page you can try again."
        ),
        action=_("See the line"),
        tone="bad",
        icon="circle-x",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.ORDER_DECIDE,
    )
)


def tell_done(activation: Activation, line: SetupLine, *, by: Actor, now: datetime) -> None:
    """The reseller, the distributor, and whoever asked for it."""
    sites = [id_ for id_ in (line.reseller_id, line.distributor_id) if id_ is not None]
    _tell(DONE, [Audience.site(id_) for id_ in sites], activation, line, by, now, href=_page(line))
    _tell(DONE_ASKED, [_asked(activation, line)], activation, line, by, now)


def tell_failed(activation: Activation, line: SetupLine, *, by: Actor, now: datetime) -> None:
    """The vendor's people, whoever asked for it, and the reseller, unless its customer sets up alone."""
    from .problems import advice_of

    advice = advice_of(activation)
    assert advice is not None
    words: dict[str, Any] = {"problem": advice.text, "todo": advice.todo, "said": _said(activation)}
    _tell(FAILED_HERE, [VENDOR], activation, line, by, now, href=_page(line), **words)
    _tell(FAILED_ASKED, [_asked(activation, line)], activation, line, by, now, **words)
    if line.reseller_id is not None and line.handed_to != Handing.CUSTOMER:
        to = [Audience.site(line.reseller_id, Privilege.ORDER_PLACE)]
        _tell(FAILED, to, activation, line, by, now, href=_page(line), **words)


def _said(activation: Activation) -> str:
    """For the vendor's people: code and words of whatever failed."""
    whole = [(activation.error_code, activation.error_text)] if activation.error_code else []
    each = [(known["code"], known["text"]) for known in activation.services.values() if known["code"]]
    return "; ".join(" ".join(filter(None, pair)) for pair in dict.fromkeys(whole + each)) or "–"


def _asked(activation: Activation, line: SetupLine) -> Audience:
    try:
        return Audience.address(activation.asked_by, line.contact_language)
    except ValidationError:  # a name, where somebody asked who has no link
        return Audience.address(line.contact_email, line.contact_language)


def _page(line: SetupLine) -> str:
    return reverse("provisioning:line", args=[line.public_id])


def _tell(
    kind: NoticeKind, to: list[Audience], activation: Activation, line: SetupLine, by: Actor, now: datetime, *,
    href: str = "", **words: Any,
) -> None:  # fmt: skip
    context = {
        "description": line.description, "customer": line.customer_name, "number": line.order_number,
        "reseller": line.reseller_name, "quantity": line.quantity, "asked_by": activation.asked_by, **words,
    }  # fmt: skip
    key = f"{kind.name}:{activation.key}:{activation.version}"
    tell(kind, to=to, by=by, now=now, dedupe_key=key, href=href, context=context)
