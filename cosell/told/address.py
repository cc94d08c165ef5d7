"""One address for all co-sell mail of a partner (C11): keeping it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege, Refusal, Role
from notifications.actions import post_mail
from notifications.letters import full_address

from ..models import CosellAddress, RoleScope
from ..rights.granting import reach_of

#: One of these keeps the address, where it is had for the whole company.
KEEPERS = (Privilege.REFERRAL_MANAGE, Privilege.ROLE_GRANT)
OF_SOME = Refusal(
    _("All co-sell mail of the company goes to this address, and your role holds at some locations."),
    _("A primary or secondary contact, or an account administrator of the whole company, can do it."),
)
LOOKERS = (Privilege.REFERRAL_WORK, Privilege.ROLE_GRANT)


class AddressChanged(Exception):
    """Somebody changed the address since it was shown. `address` is as it is now."""

    def __init__(self, address: CosellAddress) -> None:
        super().__init__(address.version)
        self.address = address


class NotAnAddress(Exception):
    """What was given is no e-mail address."""


class NotYours(Exception):
    """Who asks may not keep the address. `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal.reason))
        self.refusal = refusal


def why_not_keep(actor: Actor) -> Refusal | None:
    """Why this actor cannot change the address; None when they can."""
    if not actor.is_partner:
        return Refusal(
            _("Where a partner has its co-sell mail sent is the partner's to say."),
            _("The referrals and account administrators of the company can change it."),
        )
    if any(actor.may(privilege) for privilege in KEEPERS):
        return None if _for_the_company(actor) else OF_SOME
    return Refusal(
        _("Only referrals administrators and account administrators change where co-sell mail goes."),
        _("Your account administrator or primary contact can change it, or give you the role."),
    )


def _for_the_company(actor: Actor) -> bool:
    """Whether one of the roles by which they may holds company-wide: all mail goes to the address, also of deals at
    locations at which somebody sees none.
    """
    if actor.may(Privilege.ROLE_GRANT) and reach_of(actor) is None:
        return True
    narrowed = RoleScope.objects.filter(membership_id=actor.membership_id, role=Role.REFERRALS_ADMIN)
    return actor.may(Privilege.REFERRAL_MANAGE) and not narrowed.exists()


def own_address(actor: Actor) -> CosellAddress | None:
    """What the actor's company keeps; None where it never kept one."""
    return CosellAddress.objects.filter(site_id=actor.site_id).first()


@transaction.atomic
def keep_address(
    email: str, language: str, *, version: int | None, by: Actor, now: datetime
) -> CosellAddress:
    """Have all co-sell mail of the actor's company sent to one address from now on; "" ends that.

    Who reads mail there is told so. `version` is that of the row the caller saw, 0 for none, None for whichever.
    Raises NotYours, NotAnAddress, AddressChanged.
    """
    if refused := why_not_keep(by):
        raise NotYours(refused)
    email = email.strip()
    if email:
        _demand_address(email)
    CosellAddress.objects.bulk_create(
        [CosellAddress(site_id=by.site_id, language=language, set_by_name="", set_at=now, version=0)],
        ignore_conflicts=True,
    )
    kept = CosellAddress.objects.select_for_update(no_key=True).get(site_id=by.site_id)
    if version is not None and kept.version != version:
        raise AddressChanged(kept)
    before = kept.email
    kept.email, kept.language, kept.set_by_name, kept.set_at = email, language, by.name[:120], now
    kept.version += 1
    kept.save()
    if email.lower() != before.lower():
        _tell_of(kept, before, by=by, now=now)
    return kept


def _demand_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise NotAnAddress from None


def _tell_of(kept: CosellAddress, before: str, *, by: Actor, now: datetime) -> None:
    """Note the change, and tell whoever reads mail at the address that is new, and at the one that was."""
    record(
        "cosell_address.kept", by=by, now=now, object_type="site", object_id=by.site_number, label=kept.email
    )
    words = {"name": by.name, "site": by.site_name, "portal": settings.PORTAL_NAME}
    with translation.override(kept.language):
        action = (gettext("See the setting"), full_address(reverse("cosell_told:address")))
        if kept.email:
            post_mail(
                kept.email,
                subject=gettext("Co-sell mail of %(site)s comes here from now on") % words,
                paragraphs=[
                    gettext(
                        "%(name)s has all co-sell mail of %(site)s sent to this address by %(portal)s from now on."
                    ) % words,
                    gettext("If that is a mistake, ask %(name)s to change it.") % words,
                ],
                action=action, language=kept.language,
            )  # fmt: skip
        if before:
            post_mail(
                before,
                subject=gettext("Co-sell mail of %(site)s does not come here any more") % words,
                paragraphs=[
                    gettext("%(name)s changed where %(portal)s sends the co-sell mail of %(site)s.") % words
                ],
                action=action, language=kept.language,
            )  # fmt: skip
