"""A partner's business profiles, and what the vendor's people see of them before customers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from identity.access import PrivilegeMissing, requires
from identity.filestore import Stored
from identity.history import Event, told_in
from identity.lists import named
from identity.models import AuditEvent
from identity.once import once
from identity.paging import page
from identity.places import country_name
from identity.privileges import Privilege
from identity.serving import serve
from identity.uploads import receives_files
from identity.versions import seen_version

from .. import tags
from ..models import Profile, ProfileState, PublishedProfile
from ..states import CompanySize
from ..tags import TagKind
from . import actions, possible
from .content import language_names, needs
from .forms import ProfileForm, StopForm
from .listing import TABS
from .logos import LARGEST, LOGOS
from .states import TONES, meaning
from .words import TITLES, sentences

P = Privilege
SHOWN = 30  # events of its history


def _demand_partner(request: HttpRequest) -> None:
    """Whoever has the privilege and no site keeps none."""
    if refusal := possible.why_not_editing(request.actor):
        raise PrivilegeMissing(refusal, P.PROFILE_EDIT)


# ------------------------------------------------------------------------------------------ the partner's


@requires(P.PROFILE_EDIT)
@require_GET
def profile_list(request: HttpRequest) -> HttpResponse:
    """The site's profiles, one a country."""
    _demand_partner(request)
    profiles = sorted(Profile.objects.all(), key=lambda each: country_name(each.country))
    rows = [(each, country_name(each.country), TONES[ProfileState(each.state)]) for each in profiles]
    context = {"rows": rows, "hours": settings.COSELL_PROFILE_LIVE_HOURS}
    return render(request, "profiles/list.html", context)


@requires(P.PROFILE_EDIT)
@require_GET
def profile_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    _demand_partner(request)
    return _page(request, get_object_or_404(Profile, public_id=public_id))


def _page(
    request: HttpRequest, profile: Profile, *, problem: str | Promise = "", status: int = 200
) -> HttpResponse:
    actor = request.actor
    context = shown(profile) | {
        "problem": problem,
        "needs": needs(profile),
        "hours": settings.COSELL_PROFILE_LIVE_HOURS,
        "deeds": {
            "edit": possible.why_not_edit(profile, actor),
            "publish": possible.why_not_publish(profile, actor),
            "take_back": possible.why_not_take_back(profile, actor),
            "withdraw": possible.why_not_withdraw(profile, actor),
            "delete": possible.why_not_delete(profile, actor),
        },
    }
    return render(request, "profiles/profile.html", context, status=status)


def shown(profile: Profile) -> dict[str, Any]:
    """What a page says of a profile, the partner's and the vendor's alike."""
    places = profile.locations.select_related("location").order_by("position")
    return {
        "profile": profile,
        "state_label": ProfileState(profile.state).label,
        "tone": TONES[ProfileState(profile.state)],
        "means": meaning(profile.state, profile.is_public),
        "country": country_name(profile.country),
        "places": [each.location for each in places],
        "tag_groups": tag_groups(profile.tags),
        "spoken": language_names(profile.languages),
        "sizes": [CompanySize(size).label for size in profile.sizes],
        "logo_url": reverse("profiles:logo", args=[profile.public_id]) if profile.logo else "",
        "public_url": reverse("directory:partner", args=[profile.public_id]) if profile.is_public else "",
        "events": _history(profile),
    }


def tag_groups(codes: list[str]) -> list[tuple[str | Promise, list[str]]]:
    """The names of tags, kind by kind; kinds of which there are none are left out."""
    groups = [(kind.label, tags.names_of(tags.of_kind(codes, kind))) for kind in TagKind]
    return [(label, names) for label, names in groups if names]


def _history(profile: Profile) -> list[Event]:
    found = AuditEvent.objects.filter(object_type="profile", object_id=profile.public_id)
    return told_in(TITLES, sentences, found.order_by("-at", "-id")[:SHOWN])


@receives_files(LARGEST)
@requires(P.PROFILE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def make(request: HttpRequest) -> HttpResponse:
    """Begin a profile for another country."""
    _demand_partner(request)
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            profile = actions.make_profile(
                data["country"], form.content, logo=data["logo"], by=request.actor, now=timezone.now()
            )
        except actions.ProfileExists as exists:
            form.add_error("country", _("Your site has a profile for this country. Change that one."))
            return _form_page(request, form, None, existing=exists.profile)
        messages.success(
            request, _("The draft is kept. Publish it when it says what you want customers to read.")
        )
        return redirect("profiles:profile", profile.public_id)
    return _form_page(request, form, None)


@receives_files(LARGEST)
@requires(P.PROFILE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """What it says. What is live stays until the changes are."""
    _demand_partner(request)
    profile = get_object_or_404(Profile, public_id=public_id)
    form = _form(request, profile)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            edited = actions.edit_profile(
                profile,
                form.content,
                logo=data["logo"],
                without_logo=data.get("without_logo", False),
                version=data["version"],
                by=request.actor,
                now=timezone.now(),
            )
        except actions.ProfileChanged as changed:
            _say_changed(form, changed.profile)
            return _form_page(request, form, changed.profile)
        if edited.version == data["version"]:
            messages.info(request, _("You changed nothing, so the profile stays as it was."))
        else:
            messages.success(request, _("Your changes are kept. Publish them when they are ready."))
        return redirect("profiles:profile", public_id)
    return _form_page(request, form, profile)


def _form(request: HttpRequest, profile: Profile | None) -> ProfileForm:
    sent = request.method == "POST"
    return ProfileForm(
        request.POST if sent else None, request.FILES if sent else None, profile=profile,
        site_id=request.actor.site_id or 0,
    )  # fmt: skip


def _say_changed(form: ProfileForm, profile: Profile) -> None:
    """What was entered stays; sent once more it counts."""
    text = _("%(name)s changed this meanwhile. What you entered is still here; look at both, and save again.")
    form.add_error(None, text % {"name": profile.changed_by_name or profile.decided_by_name})
    entered = form.data.copy()  # type: ignore[attr-defined]
    entered["version"] = str(profile.version)
    form.data = entered


def _form_page(
    request: HttpRequest, form: ProfileForm, profile: Profile | None, *, existing: Profile | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "profile": profile,
        "country": country_name(profile.country) if profile else "",
        "existing": existing,
    }
    return render(request, "profiles/form.html", context, status=422 if form.errors else 200)


@requires(P.PROFILE_EDIT, P.COSELL_DECIDE)
@require_safe
def logo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The logo of the partner's copy: for its own people, and for the vendor's."""
    return serve_logo(request, get_object_or_404(Profile, public_id=public_id))


def serve_logo(request: HttpRequest, found: Profile | PublishedProfile) -> HttpResponseBase:
    if not found.logo:
        raise Http404
    stored = Stored(found.logo, found.logo_size, found.logo_sha256)
    suffix = found.logo_type.rpartition("/")[2]
    return serve(request, LOGOS, stored, name=f"logo.{suffix}", content_type=found.logo_type)


DONE: dict[str, tuple[Callable[..., Any], str | Promise]] = {
    "publish": (actions.publish, gettext_lazy("Published. The page says when it goes live.")),
    "take_back": (actions.take_back, gettext_lazy("Taken back. It does not go live.")),
    "withdraw": (
        actions.withdraw,
        gettext_lazy("Withdrawn. Customers do not find this profile any more."),
    ),
    "delete": (actions.delete_draft, gettext_lazy("The draft is gone.")),
}


@requires(P.PROFILE_EDIT)
@require_POST
@once
def do(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Publish it, take it back, withdraw it, or throw the draft away."""
    _demand_partner(request)
    profile = get_object_or_404(Profile, public_id=public_id)
    act, done = DONE[name]
    try:
        act(profile, version=seen_version(request), by=request.actor, now=timezone.now())
    except actions.ProfileChanged as changed:
        return _page(request, changed.profile, problem=_changed(), status=409)
    except actions.NotPossible as refused:
        found = get_object_or_404(Profile, public_id=public_id)
        problem = f"{refused.refusal.reason} {refused.refusal.who}"
        return _page(request, found, problem=problem, status=409)
    messages.success(request, str(done))
    if name == "delete":
        return redirect("profiles:list")
    return redirect("profiles:profile", public_id)


def _changed() -> str:
    return _("Somebody changed this profile since you opened it. Here is how it is now.")


# ------------------------------------------------------------------------------------------ the vendor's


@requires(P.COSELL_DECIDE)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Profiles that wait to go live, the next one first; others by tab."""
    tab = named(TABS, request.GET.get("show", ""))
    found = page(Profile.objects.filter(tab.where), tab.order, request)
    context = {
        "profiles": [
            (each, country_name(each.country), TONES[ProfileState(each.state)]) for each in found.items
        ],
        "page": found,
        "tab": tab,
        "tabs": [
            (each.label, f"{reverse('profiles:queue')}?show={each.name}", each is tab, None) for each in TABS
        ],
        "states": dict(ProfileState.choices),
    }
    return render(request, "profiles/queue.html", context)


@requires(P.COSELL_DECIDE)
@require_GET
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """What waits as customers would read it, and what they read now."""
    return _review(request, get_object_or_404(Profile, public_id=public_id))


def _review(
    request: HttpRequest,
    profile: Profile,
    *,
    form: StopForm | None = None,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    context = shown(profile) | {
        "problem": problem,
        "form": form or StopForm(initial={"version": profile.version}),
        "approve": possible.why_not_approve(profile, request.actor),
        "stop": possible.why_not_stop(profile, request.actor),
    }
    return render(request, "profiles/review.html", context, status=status)


@requires(P.COSELL_DECIDE)
@require_POST
@once
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Live at once."""
    profile = get_object_or_404(Profile, public_id=public_id)
    try:
        actions.approve(profile, version=seen_version(request), by=request.actor, now=timezone.now())
    except (actions.ProfileChanged, actions.NotPossible) as refused:
        return _refused(request, profile, refused)
    messages.success(request, _("The profile is live."))
    return redirect("profiles:queue")


@requires(P.COSELL_DECIDE)
@require_POST
@once
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """With a reason, which the partner reads."""
    profile = get_object_or_404(Profile, public_id=public_id)
    form = StopForm(request.POST)
    if not form.is_valid():
        return _review(request, profile, form=form, status=422)
    data = form.cleaned_data
    try:
        actions.stop(
            profile, reason=data["reason"], version=data["version"], by=request.actor, now=timezone.now()
        )
    except (actions.ProfileChanged, actions.NotPossible) as refused:
        return _refused(request, profile, refused, form=StopForm(initial=data))
    messages.success(request, _("The profile is stopped, and the partner is told why."))
    return redirect("profiles:queue")


def _refused(
    request: HttpRequest, profile: Profile, refused: Exception, *, form: StopForm | None = None
) -> HttpResponse:
    found = get_object_or_404(Profile, public_id=profile.public_id)
    if form is not None:
        form.initial["version"] = found.version
    if isinstance(refused, actions.NotPossible):
        text = f"{refused.refusal.reason} {refused.refusal.who}"
    else:
        text = _changed()
    return _review(request, found, form=form, problem=text, status=409)
