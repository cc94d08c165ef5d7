"""The public pages: finding a partner, reading what it says, asking it. For everybody, signed in or not.

All of them work as the door does, whoever reads: what the database shows nobody without an account is not here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from identity import tenancy
from identity.access import open_to_all
from identity.limits import seconds_left, within
from identity.paging import page
from identity.places import country_name

from .. import tags as known
from ..leads.actions import BadEnquiry, NotPublic, serves
from ..models import PublishedProfile
from ..profiles.content import language_names
from ..profiles.views import serve_logo, tag_groups
from ..states import CompanySize
from ..tags import TagKind
from . import asking, guards
from .finding import EVERYTHING, ORDER, Wanted, countries_with_partners, live_profiles, suggestions
from .forms import EnquiryForm

SIZE = 24  # partners a page
KINDS = {"partner": gettext_lazy("Partner"), "tag": gettext_lazy("Tag"), "skill": gettext_lazy("Skill")}


def at_the_door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """View decorator: read and write as somebody without an account, whoever is signed in."""

    @open_to_all
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with tenancy.door():
            return view(request, *args, **kwargs)

    return wrapped


@at_the_door
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Live profiles that fit what is looked for, by name."""
    wanted = Wanted.of(request.GET)
    found = page(live_profiles(wanted).prefetch_related("locations"), ORDER, request, size=SIZE)
    context = {
        "partners": [_card(each, wanted) for each in found.items],
        "page": found,
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        # A search engine keeps the list itself, and not every way of narrowing it.
        "indexed": not request.GET,
        "countries": countries_with_partners(),
        "sizes": CompanySize.choices,
        "kinds": [(kind.label, kind.value, known.LISTS[kind].choices) for kind in TagKind],
        "chosen": _chosen(wanted),
        "canonical": request.build_absolute_uri(reverse("directory:search")),
    }
    return render(request, "directory/search.html", context)


def _card(profile: PublishedProfile, wanted: Wanted) -> dict[str, Any]:
    """What a card says of a partner: the tags that were asked for first."""
    codes = known.in_order(profile.tags)
    places = sorted(profile.locations.all(), key=lambda each: each.position)
    codes.sort(key=lambda code: code not in wanted.tags)
    return {
        "profile": profile,
        "url": reverse("directory:partner", args=[profile.public_id]),
        "logo_url": logo_url(profile),
        "country": country_name(profile.country),
        "cities": list(dict.fromkeys(each.city for each in places)),
        "tags": [str(known.NAMES[code]) for code in codes[:5]],
        "more_tags": max(0, len(codes) - 5),
    }


def logo_url(profile: PublishedProfile) -> str:
    """The address changes with the picture, so that a browser may keep it."""
    if not profile.logo:
        return ""
    return f"{reverse('directory:logo', args=[profile.public_id])}?v={profile.logo_sha256[:12]}"


def _chosen(wanted: Wanted) -> list[tuple[str, str]]:
    """What the list is narrowed by, each with the address of the list without it."""
    chosen: list[tuple[str, str]] = []
    if wanted.text:
        chosen.append((f"“{wanted.text}”", _address(wanted, text="")))
    if wanted.country:
        chosen.append((country_name(wanted.country), _address(wanted, country="")))
    if wanted.size:
        label = _("Companies of %(size)s people") % {"size": CompanySize(wanted.size).label}
        chosen.append((label, _address(wanted, size="")))
    for code in wanted.tags:
        others = tuple(other for other in wanted.tags if other != code)
        chosen.append((str(known.NAMES[code]), _address(wanted, tags=others)))
    return chosen


def _address(wanted: Wanted, **changes: Any) -> str:
    kept = {
        "text": wanted.text,
        "country": wanted.country,
        "tags": wanted.tags,
        "size": wanted.size,
    } | changes
    query = {"q": kept["text"], "country": kept["country"], "size": kept["size"], "tag": kept["tags"]}
    text = urlencode({name: value for name, value in query.items() if value}, doseq=True)
    return f"{reverse('directory:search')}?{text}" if text else reverse("directory:search")


@at_the_door
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """While somebody types: `[{value, label, detail}]`."""
    now = timezone.now()
    limit = settings.SUGGESTIONS_PER_MINUTE
    if not within("directory-suggestions", _network_address(request), per_minute=limit, now=now):
        message = _("That was very quick. Wait a moment, then try again.")
        return JsonResponse({"message": message}, status=429, headers={"Retry-After": str(seconds_left(now))})
    found = suggestions(request.GET.get("q", "").replace("\0", "")[:200])
    rows = [{"value": each.text, "label": each.text, "detail": str(KINDS[each.kind])} for each in found]
    return JsonResponse(rows, safe=False)


@at_the_door
@require_safe
def partner(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a partner says of itself."""
    return render(request, "directory/partner.html", _told(request, _live(public_id)))


def _live(public_id: str) -> PublishedProfile:
    return get_object_or_404(PublishedProfile.objects.prefetch_related("locations"), public_id=public_id)


def _told(request: HttpRequest, profile: PublishedProfile) -> dict[str, Any]:
    places = [(each, country_name(each.country)) for each in profile.locations.all()]
    return {
        "profile": profile,
        "country": country_name(profile.country),
        "logo_url": logo_url(profile),
        "places": sorted(places, key=lambda place: place[0].position),
        "tag_groups": tag_groups(profile.tags),
        "spoken": language_names(profile.languages),
        "sizes": [CompanySize(size).label for size in profile.sizes],
        "canonical": request.build_absolute_uri(reverse("directory:partner", args=[profile.public_id])),
    }


@at_the_door
@require_safe
def logo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    return serve_logo(request, _live(public_id))


@at_the_door
@require_http_methods(["GET", "HEAD", "POST"])
def enquire(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask a partner. Whatever the guards think of it, its sender comes to the same page."""
    profile, now = _live(public_id), timezone.now()
    if request.method != "POST":
        form = EnquiryForm(profile=profile, initial={"stamp": guards.new_stamp(now), "wants_contact": True})
        return _enquiry_page(request, profile, form)
    address = _network_address(request)
    form = EnquiryForm(request.POST, profile=profile)
    if guards.floods(address, now=now):
        form.add_error(
            None, _("Very much was sent from your network just now. Wait a minute, then send it again.")
        )
        answer = _enquiry_page(request, profile, form, status=429)
        answer["Retry-After"] = str(seconds_left(now))
        return answer
    if not form.is_valid():
        return _enquiry_page(request, profile, form, status=422)
    trap, stamp = form.cleaned_data["homepage"], form.cleaned_data["stamp"]
    try:
        asking.ask(profile, form.enquiry, trap=trap, stamp=stamp, address=address, now=now)
    except BadEnquiry as bad:
        for field, problems in bad.errors.items():
            form.add_error(field if field in form.fields else None, [str(problem) for problem in problems])
        return _enquiry_page(request, profile, form, status=422)
    except NotPublic:
        return redirect("directory:search")
    thanks = reverse("directory:thanks", args=[profile.public_id])
    return redirect(thanks if serves(profile, form.enquiry.size) else f"{thanks}?size=other")


def _enquiry_page(
    request: HttpRequest, profile: PublishedProfile, form: EnquiryForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "directory/enquire.html", _told(request, profile) | {"form": form}, status=status)


@at_the_door
@require_safe
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """What happens next."""
    context = _told(request, _live(public_id)) | {"other_size": request.GET.get("size") == "other"}
    return render(request, "directory/thanks.html", context)


def _network_address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))
