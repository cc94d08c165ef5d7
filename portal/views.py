from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from identity import worklist
from identity.access import signed_in
from identity.actors import Actor, Kind
from identity.privileges import EVERY_MEMBER
from identity.queries import account_managers

from .localise import date


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs me today? Whoever has no site yet is led to the request form (A1)."""
    actor = request.actor
    if actor.kind is Kind.APPLICANT:
        return redirect("accounts:request_access")
    now = timezone.now()
    nothing_granted = actor.is_partner and actor.privileges <= EVERY_MEMBER
    context = {
        "greeting": greeting(actor),
        "today": date(now, "full"),
        "tasks": worklist.tasks_for(actor, now=now),
        "stats": worklist.figures_for(actor, now=now),
        "nothing_granted": nothing_granted,
        "managers": account_managers(actor) if nothing_granted else [],
    }
    return render(request, "portal/home.html", context)


def greeting(actor: Actor) -> str:
    return _("Good day, %(name)s") % {"name": actor.name}
