"""The page that leads to all settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .access import requires
from .privileges import Privilege
from .settings_pages import pages_for


@requires(Privilege.SETTING_VIEW)
@require_GET
def settings_list(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/settings.html", {"pages": pages_for(request.actor)})
