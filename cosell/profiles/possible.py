"""What somebody may do with a profile now; of the rest why not, and who can change that."""

from __future__ import annotations

from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, why_not

from ..models import Profile, ProfileState
from .content import missing

P = Privilege
S = ProfileState


def why_not_editing(actor: Actor) -> Refusal | None:
    """Why somebody keeps no profiles at all."""
    if actor.is_staff:
        return Refusal(
            _("A partner writes its profile itself."), _("The people of the site can do it; you can stop it.")
        )
    return why_not(actor, P.PROFILE_EDIT)


def why_not_deciding(actor: Actor) -> Refusal | None:
    """Why somebody decides on no profile at all."""
    return why_not(actor, P.COSELL_DECIDE)


def why_not_edit(profile: Profile, actor: Actor) -> Refusal | None:
    """A profile can always be changed: what waits is then handed in anew."""
    return why_not_editing(actor)


def why_not_publish(profile: Profile, actor: Actor) -> Refusal | None:
    if refused := why_not_editing(actor):
        return refused
    if profile.state == S.WAITING:
        return Refusal(_("It was published already, and waits to go live."), _("Nothing has to be done."))
    if profile.state == S.LIVE:
        return Refusal(_("What it says is live already."), _("Change it, and publish the changes."))
    if profile.state == S.STOPPED:
        return Refusal(
            _("The vendor stopped it as it is."), _("Change what is asked for; then you can publish it.")
        )
    lacking = missing(profile)
    if lacking:
        listed = ", ".join(str(need.label) for need in lacking)
        return Refusal(
            _("This is missing: %(listed)s.") % {"listed": listed}, _("Change the profile, and add it.")
        )
    closed = profile.locations.filter(location__closed_at__isnull=False).select_related("location").first()
    if closed is not None:
        return Refusal(
            _("%(name)s is closed, so customers cannot be sent there.") % {"name": closed.location.name},
            _("Change the profile, and take another location."),
        )
    return None


def why_not_take_back(profile: Profile, actor: Actor) -> Refusal | None:
    if refused := why_not_editing(actor):
        return refused
    if profile.state != S.WAITING:
        return Refusal(_("Only what waits to go live is taken back."), _("Nothing has to be done."))
    return None


def why_not_withdraw(profile: Profile, actor: Actor) -> Refusal | None:
    if refused := why_not_editing(actor):
        return refused
    if not profile.is_public:
        return Refusal(_("Customers do not find this profile: it is not live."), _("Nothing has to be done."))
    return None


def why_not_delete(profile: Profile, actor: Actor) -> Refusal | None:
    if refused := why_not_editing(actor):
        return refused
    if profile.state != S.DRAFT or profile.published_at is not None:
        return Refusal(
            _("A profile that was published once is kept, since enquiries may name it."),
            _("You can withdraw it: customers do not find it then."),
        )
    return None


def why_not_approve(profile: Profile, actor: Actor) -> Refusal | None:
    if refused := why_not_deciding(actor):
        return refused
    if profile.state != S.WAITING:
        return Refusal(_("This profile does not wait to go live."), _("The partner can publish it."))
    return None


def why_not_stop(profile: Profile, actor: Actor) -> Refusal | None:
    if refused := why_not_deciding(actor):
        return refused
    if profile.state not in (S.WAITING, S.LIVE, S.CHANGED):
        return Refusal(
            _("There is nothing to stop: it neither waits nor is live."), _("The partner can publish it.")
        )
    return None
