"""Trying again what failed, from the page of a line."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from identity.access import PrivilegeMissing, requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version

from ..models import SetupLine
from .asking import ask_again
from .possible import not_shown, refusal, shown_to
from .refusals import ActivationChanged, LineOver, NothingFailed


@requires(Privilege.ORDER_PLACE, Privilege.ORDER_DECIDE)
@require_POST
@once
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same again. Whoever is second finds it under way."""
    from ..lines.views import line_page

    line, now = get_object_or_404(SetupLine, public_id=public_id), timezone.now()
    if (hidden := not_shown(request.actor, line)) is not None:
        raise PrivilegeMissing(hidden)
    if (refused := refusal(request.actor, line, shown_to(request.actor, line, now=now))) is not None:
        return line_page(request, line, problem=f"{refused.reason} {refused.who}", status=409)
    try:
        ask_again(line, by=request.actor, now=now, version=seen_version(request))
    except (NothingFailed, ActivationChanged, LineOver):
        problem = _("Somebody changed this line since you opened it. Here is how it is now.")
        return line_page(request, line, problem=problem, status=409)
    messages.success(request, _("It is tried again. This page shows how far it is."))
    return redirect("provisioning:line", public_id)
