"""What people want to be mailed, when, and to which address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.audit import record
from identity.models import User

from .actions import post_mail
from .kinds import NoticeKind, all_kinds
from .letters import full_address
from .models import Choice, Preference

ALWAYS = gettext_lazy("It concerns your access or your security, so it is always mailed at once.")


@dataclass(frozen=True, slots=True)
class Group:
    title: str | Promise
    kinds: list[NoticeKind]


def groups_for(actor: Actor) -> list[Group]:
    """The kinds that can concern this actor, as they are grouped on the page."""
    groups: dict[str, Group] = {}
    for kind in all_kinds():
        if kind.can_concern(actor):
            groups.setdefault(str(kind.group), Group(kind.group, [])).kinds.append(kind)
    return list(groups.values())


def choices_of(actor: Actor) -> dict[str, str]:
    """What the actor has chosen, by the kind's name, where it differs from the default."""
    return dict(Preference.objects.filter(user_id=actor.user_id).values_list("kind", "choice"))


@transaction.atomic
def choose(choices: dict[str, str], *, by: Actor) -> None:
    """Remember when the actor wants mail, by the kind's name; mandatory kinds stay as they are."""
    open_kinds = {kind.name: kind for group in groups_for(by) for kind in group.kinds if not kind.mandatory}
    chosen = {name: choice for name, choice in choices.items() if name in open_kinds}
    Preference.objects.filter(user_id=by.user_id, kind__in=chosen).delete()
    Preference.objects.bulk_create(
        Preference(user_id=by.user_id, kind=name, choice=Choice(choice))
        for name, choice in chosen.items()
        if choice != open_kinds[name].default
    )


# ------------------------------------------------------------------------------------------------ the address

SALT = "notifications.address"
LINK_LIVES = timedelta(days=3)
LINKS_PER_HOUR = 5


class TooManyLinks(Exception):
    """Five links an hour are enough for honest typing mistakes."""


class LinkNotValid(Exception):
    """The link is too old, was used, was made for somebody else, or was not made by us."""


def propose_address(address: str, *, by: Actor, now: datetime) -> None:
    """Mail a link to an address that the actor wants notifications at; nothing changes until it is opened.

    The address in use is told as well. Raises TooManyLinks.
    """
    user = User.objects.get(id=by.user_id)
    _count_link(by)
    link = full_address(reverse("notifications:confirm_address", args=[_token(user, address)]))
    words = {"name": by.name, "address": address, "portal": settings.PORTAL_NAME}
    post_mail(
        address,
        subject=_("Confirm that your notifications should come here"),
        paragraphs=[
            _("%(name)s wants the notifications of %(portal)s to be sent to this address.") % words,
            _("If that is you, open the link while signed in. It works for three days."),
            _("If it is not, do nothing: this address will not be used."),
        ],
        action=(_("Use this address"), link),
        language=get_language() or settings.LANGUAGE_CODE,
        sensitive=True,
    )
    post_mail(
        user.preferred_email or user.email,
        subject=_("Your notifications may soon go to another address"),
        paragraphs=[
            _("You asked for your notifications to be sent to %(address)s instead of here.") % words,
            _("This happens once the link that we sent there is opened."),
            _("If it was not you, change your password now and tell customer care."),
        ],
        action=(_("Look at your notification settings"), full_address(reverse("notifications:preferences"))),
        language=get_language() or settings.LANGUAGE_CODE,
    )


def _count_link(by: Actor) -> None:
    key = f"notifications.address:{by.user_id}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > LINKS_PER_HOUR:
        raise TooManyLinks


def _token(user: User, address: str) -> str:
    # With the address in use: once another is, the link has done its work and is worth nothing.
    return signing.dumps([user.id, address, user.preferred_email], salt=SALT)


def address_in(token: str, *, by: Actor) -> str:
    """The address that a link confirms. Raises LinkNotValid."""
    try:
        user_id, address, before = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except (signing.BadSignature, ValueError):
        raise LinkNotValid from None
    if not User.objects.filter(id=by.user_id).filter(id=user_id, preferred_email=before).exists():
        raise LinkNotValid
    return address


@transaction.atomic
def confirm_address(token: str, *, by: Actor, now: datetime) -> str:
    """Send the actor's notifications to the address in the link from now on. Raises LinkNotValid."""
    address = address_in(token, by=by)
    _change_address(address, by=by, now=now)
    return address


@transaction.atomic
def remove_address(*, by: Actor, now: datetime) -> None:
    """Send the actor's notifications to the address they sign in with again."""
    _change_address("", by=by, now=now)


def _change_address(address: str, *, by: Actor, now: datetime) -> None:
    user = User.objects.get(id=by.user_id)
    before = user.preferred_email
    if before == address:
        return
    User.objects.filter(id=by.user_id).update(preferred_email=address)
    record("address.preferred", by=by, now=now, object_type="user", object_id=user.public_id)
    for told in {before or user.email, address or user.email, user.email}:
        post_mail(
            told,
            subject=_("Your notifications go to another address now"),
            paragraphs=[
                _("Your notifications are sent to %(address)s from now on.")
                % {"address": address or user.email},
                _("If it was not you, change your password now and tell customer care."),
            ],
            action=(
                _("Look at your notification settings"),
                full_address(reverse("notifications:preferences")),
            ),
            language=get_language() or settings.LANGUAGE_CODE,
        )
