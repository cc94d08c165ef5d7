from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from identity import worklist
from identity.access import signed_in
from identity.actors import Kind


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs me today? Whoever has no site yet is led to the request form (A1)."""
    if request.actor.kind is Kind.APPLICANT:
        return redirect("accounts:request_access")
    now = timezone.now()
    return render(
        request, "portal/home.html", {"tasks": worklist.tasks_for(request.actor, now=now), "now": now}
    )
