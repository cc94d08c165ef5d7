"""The people of a site: the list, one member's page, adding and removing, invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import open_to_all, requires, signed_in
from identity.actors import Actor
from identity.history import Event
from identity.models import AuditEvent, Membership, MembershipStatus
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege, Role

from .. import actions, history, queries, rules
from ..forms import AddForm, DetailsForm, MemberFilter, MemberPrivilegesForm, StandingForm
from ..models import Invitation
from .boxes import Boxes, kept

LIST_SIZE = 50
HISTORY_SIZE = 50


@requires(Privilege.MEMBER_VIEW)
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Everybody at the site; account administrators are found by a filter (C3)."""
    form = MemberFilter(request.GET)
    form.is_valid()
    found = page(_narrowed(form.cleaned_data, request.actor), ("name", "id"), request, size=LIST_SIZE)
    context = {
        "members": found.items,
        "page": found,
        "filter": form,
        "role_labels": _role_labels,
        "filtered": any(form.cleaned_data.values()),
        "add_refusal": rules.why_not_manage(request.actor),
        **counts(request),
    }
    return render(request, "accounts/users.html", context)


def _narrowed(wanted: dict[str, Any], actor: Actor) -> QuerySet[Membership]:
    """The people of the actor's site. One's own places at other sites are seen too, hence the filter by site."""
    removed = wanted.get("status") == "removed"
    members = Membership.objects.filter(
        site_id=actor.site_id, status=MembershipStatus.REMOVED if removed else MembershipStatus.ACTIVE
    )
    if wanted.get("standing"):
        members = members.filter(standing=wanted["standing"])
    if wanted.get("role"):
        members = members.filter(roles__contains=[wanted["role"]])
    if wanted.get("tool"):
        members = members.filter(tools__contains=[wanted["tool"]])
    if wanted.get("q"):
        members = members.filter(Q(name__icontains=wanted["q"]) | Q(email__icontains=wanted["q"]))
    return members


def _role_labels(member: Membership) -> list[str | Promise]:
    return [Role(role).label for role in member.roles]


def counts(request: HttpRequest) -> dict[str, Any]:
    """How much waits behind the tabs; only for those who manage users."""
    if rules.why_not_manage(request.actor):
        return {"managing": False}
    return {
        "managing": True,
        "waiting": queries.cases_to_decide(request.actor).count(),
        "invited": queries.open_invitations().count(),
    }


# -- one member


def _member(request: HttpRequest, public_id: str) -> Membership:
    """A member of the actor's own site; elsewhere there is none, not even oneself at another site."""
    members = Membership.objects.select_related("site").filter(site_id=request.actor.site_id)
    return get_object_or_404(members, public_id=public_id)


@requires(Privilege.MEMBER_VIEW)
@require_GET
def member_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return _member_page(request, _member(request, public_id))


def _member_page(
    request: HttpRequest,
    member: Membership,
    *,
    details: DetailsForm | None = None,
    privileges: MemberPrivilegesForm | None = None,
    changed: list[Event] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = request.actor
    privileges = privileges or MemberPrivilegesForm(
        initial={"tools": member.tools, "roles": member.roles, "version": member.version}
    )
    fields = ("name", "job_title", "phone", "version")
    context = {
        "member": member,
        "itself": member.id == by.membership_id,
        "details": details or DetailsForm(initial={name: getattr(member, name) for name in fields}),
        "privileges": privileges,
        "boxes": Boxes.of(member, by, privileges),
        "refusals": {
            "edit": rules.why_not_edit(by, member),
            "tools": rules.why_not_privileges(by, member),
            "roles": rules.why_not_privileges(by, member, roles_only=True),
            "standing": rules.why_not_standing(by, member),
            "remove": rules.why_not_remove(by, member),
        },
        "events": _history(request, member),
        "changed": changed,
    }
    return render(request, "accounts/member.html", context, status=status)


def _history(request: HttpRequest, member: Membership) -> list[Event]:
    """For those who manage users, and for the person themselves."""
    if rules.why_not_manage(request.actor) and member.id != request.actor.membership_id:
        return []
    return history.told(queries.history_of(member)[:HISTORY_SIZE])


def _stale(request: HttpRequest, member: Membership, form: Any, **shown: Any) -> HttpResponse:
    """Somebody was quicker: what they changed, and the form as it was filled in, ready to be sent again."""
    events = queries.changed_since(member, form.cleaned_data["version"])
    form.data = _merged(form, member, events)
    return _member_page(request, member, changed=history.told(events), status=409, **shown)


def _merged(form: Any, member: Membership, events: list[AuditEvent]) -> Any:
    """What was filled in, on top of what others changed: a field one has not touched shows what it is now."""
    data = form.data.copy()
    data["version"] = str(member.version)
    before: dict[str, Any] = {}
    for event in events:
        for field, (was, _became) in event.detail.get("changes", {}).items():
            before.setdefault(field, was)
    for field, was in before.items():
        if field not in form.fields:
            continue
        if isinstance(was, list):
            typed, now = set(data.getlist(field)), set(getattr(member, field))
            data.setlist(field, sorted((now | (typed - set(was))) - (set(was) - typed)))
        elif data.get(field, "") == was:
            data[field] = getattr(member, field)
    return data


def _change(
    request: HttpRequest,
    public_id: str,
    form: Any,
    change: Callable[[dict[str, Any]], Any],
    slot: str | None = None,
) -> HttpResponse:
    """The shape of every change to a member: check, do, and say what stood in the way.

    `slot` is where the page shows the form again, for those that have something to fill in.
    """
    member = _member(request, public_id)
    shown = {slot: form} if slot else {}
    if not form.is_valid():
        return _member_page(request, member, **shown, status=422)
    try:
        change(form.cleaned_data)
    except Membership.DoesNotExist:
        raise Http404 from None
    except actions.MemberChanged as stale:
        return _stale(request, stale.member, form, **shown)
    messages.success(request, _("Your change is made. %(name)s was told.") % {"name": member.name})
    return redirect("accounts:member", public_id)


@requires(Privilege.MEMBER_VIEW)
@require_POST
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    def change(data: dict[str, Any]) -> None:
        actions.edit_member(public_id, **data, by=request.actor, now=timezone.now())

    return _change(request, public_id, DetailsForm(request.POST), change, "details")


@requires(Privilege.MEMBER_MANAGE, Privilege.ROLE_GRANT)
@require_POST
def grant(request: HttpRequest, public_id: str) -> HttpResponse:
    member = _member(request, public_id)

    def change(data: dict[str, Any]) -> None:
        by = request.actor
        only_roles = rules.why_not_privileges(by, member) is not None
        actions.grant_privileges(
            public_id,
            version=data["version"],
            tools=member.tools if only_roles else kept(data["tools"], member.tools, by),
            roles=kept(data["roles"], member.roles, by),
            by=by,
            now=timezone.now(),
        )

    return _change(request, public_id, MemberPrivilegesForm(request.POST), change, "privileges")


@requires(Privilege.MEMBER_MANAGE)
@require_POST
def standing(request: HttpRequest, public_id: str) -> HttpResponse:
    def change(data: dict[str, Any]) -> None:
        actions.set_standing(public_id, **data, by=request.actor, now=timezone.now())

    return _change(request, public_id, StandingForm(request.POST), change)


@requires(Privilege.MEMBER_MANAGE)
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once more, saying what ends; then end it."""
    member = _member(request, public_id)
    if not member.is_active:
        raise Http404
    actions.demand(rules.why_not_remove(request.actor, member))
    if request.method == "GET":
        return render(request, "accounts/remove.html", {"member": member})
    try:
        version = int(request.POST.get("version", ""))
        actions.remove_member(public_id, version=version, by=request.actor, now=timezone.now())
    except Membership.DoesNotExist:
        raise Http404 from None
    except ValueError:
        return render(request, "accounts/remove.html", {"member": member}, status=422)
    except actions.MemberChanged as stale:
        changed = history.told(queries.changed_since(stale.member, version))
        context = {"member": stale.member, "changed": changed}
        return render(request, "accounts/remove.html", context, status=409)
    messages.success(request, _("%(name)s no longer has access.") % {"name": member.name})
    return redirect("accounts:users")


# -- adding people


@requires(Privilege.MEMBER_MANAGE)
@require_http_methods(["GET", "POST"])
@once
def add(request: HttpRequest) -> HttpResponse:
    by = request.actor
    form = (
        AddForm(request.POST)
        if request.method == "POST"
        else AddForm(initial={"tools": rules.usual_tools(by)})
    )
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_member(**form.cleaned_data, by=by, now=timezone.now())
        except actions.AlreadyMember:
            form.add_error("email", _("Whoever has this address has access already."))
        except actions.TooManyToday:
            form.add_error(None, _("That is as many people as one can add in a day. Try again tomorrow."))
        else:
            return _added(request, added)
    context = {"form": form, "boxes": Boxes.to_grant(by, form)}
    return render(request, "accounts/add.html", context, status=422 if form.errors else 200)


def _added(request: HttpRequest, added: Membership | Invitation) -> HttpResponse:
    if isinstance(added, Membership):
        messages.success(request, _("%(name)s has access now, and was told.") % {"name": added.name})
        return redirect("accounts:member", added.public_id)
    messages.success(request, _("An invitation to %(email)s is on its way.") % {"email": added.email})
    return redirect("accounts:invitations")


@requires(Privilege.MEMBER_MANAGE)
@require_GET
def invitations(request: HttpRequest) -> HttpResponse:
    found = page(Invitation.objects.filter(status="open"), ("-created_at", "-id"), request, size=LIST_SIZE)
    context = {"invitations": found.items, "page": found, "now": timezone.now(), **counts(request)}
    return render(request, "accounts/invitations.html", context)


def _on_invitation(request: HttpRequest, public_id: str, act: Callable[..., Any], done: str) -> HttpResponse:
    try:
        act(public_id, by=request.actor, now=timezone.now())
    except Invitation.DoesNotExist:
        raise Http404 from None
    except actions.InvitationEnded:
        messages.warning(request, _("This invitation was used or taken back meanwhile."))
    except actions.AlreadyMember:
        messages.info(request, _("Whoever has this address has access already."))
    except actions.TooManyToday:
        messages.warning(request, _("That is as many people as one can add in a day. Try again tomorrow."))
    else:
        messages.success(request, done)
    return redirect("accounts:invitations")


@requires(Privilege.MEMBER_MANAGE)
@require_POST
def revoke_invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    return _on_invitation(
        request,
        public_id,
        actions.revoke_invitation,
        _("The invitation was taken back; its link no longer works."),
    )


@requires(Privilege.MEMBER_MANAGE)
@require_POST
def resend_invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    return _on_invitation(request, public_id, actions.resend_invitation, _("A new link is on its way."))


# -- whoever was invited


@open_to_all
@require_GET
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What is offered, by whom, and how to take it: signing in or up with the address it was sent to.

    Its address is the secret, which the portal's referrer policy tells no other site. One that told nobody at all would
    make browsers hide where the page's form comes from, and it would be refused.
    """
    offer = queries.invitation_by_secret(actions.digest(secret))
    is_open = offer is not None and offer.is_open(timezone.now())
    context = {"offer": offer if is_open else None, "secret": secret}
    return render(request, "accounts/invitation.html", context, status=200 if is_open else 410)


@signed_in
@require_POST
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        member = actions.accept_invitation(secret, by=request.actor, now=timezone.now())
    except actions.InvitationEnded:
        return render(request, "accounts/invitation.html", {"offer": None, "secret": secret}, status=410)
    except actions.WrongAddress:
        offer = queries.invitation_by_secret(actions.digest(secret))
        context = {"offer": offer, "secret": secret, "wrong_address": True}
        return render(request, "accounts/invitation.html", context, status=403)
    except actions.AlreadyMember:
        messages.info(request, _("You have access to this site already."))
        return redirect("home")
    messages.success(request, _("Welcome to %(site)s.") % {"site": member.site.name})
    return redirect("home")
