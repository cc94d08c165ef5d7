"""The page on which a site's primary and secondary contacts choose its letterhead."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import requires
from identity.filestore import Stored
from identity.once import once
from identity.privileges import Privilege
from identity.serving import serve
from identity.uploads import receives_files

from ..models import Letterhead
from .actions import LetterheadChanged, change_letterhead, demand_may
from .forms import LetterheadForm
from .logos import LARGEST, LOGOS

P = Privilege


@receives_files(LARGEST)
@requires(P.MEMBER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def letterhead(request: HttpRequest) -> HttpResponse:
    """What stands at the head of the site's proposals and quotes."""
    demand_may(request.actor)
    found = Letterhead.objects.filter(site_id=request.actor.site_id).first()
    form = LetterheadForm(request.POST or None, request.FILES or None, letterhead=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_letterhead(
                address=data["address"],
                logo=data["logo"],
                without_logo=data.get("without_logo", False),
                version=data["version"],
                by=request.actor,
                now=timezone.now(),
            )
        except LetterheadChanged as changed:
            found = changed.now
            form.add_error(
                None,
                _(
                    "%(name)s changed this meanwhile. What you entered is still here; look at both, and save again."
                )
                % {"name": changed.now.changed_by_name},
            )
            entered = request.POST.copy()
            entered["version"] = str(changed.now.version)
            form.data = entered
        else:
            messages.success(request, _("Your papers look like this from now on."))
            return redirect("papers:letterhead")
    context = {"form": form, "letterhead": found}
    return render(request, "orders/letterhead.html", context, status=422 if form.errors else 200)


@requires(P.MEMBER_MANAGE)
@require_safe
def logo(request: HttpRequest) -> HttpResponseBase:
    """The site's own logo."""
    demand_may(request.actor)
    found = Letterhead.objects.filter(site_id=request.actor.site_id).exclude(logo="").first()
    if found is None:
        raise Http404
    stored = Stored(found.logo, found.logo_size, found.logo_sha256)
    suffix = found.logo_type.rpartition("/")[2]
    return serve(request, LOGOS, stored, name=f"logo.{suffix}", content_type=found.logo_type)
