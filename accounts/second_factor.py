"""Who must have a second factor (an authenticator app or a passkey), and what happens until they do.

`settings.REQUIRE_SECOND_FACTOR` names them: "staff", "primary". Until such a person has one, they reach the
pages that set it up, and nothing else; nor do their API keys, which would otherwise be a way around it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.middleware import API_PREFIX, DOOR_PREFIX, LINK_PREFIX
from identity.privileges import Standing

from .queries import has_second_factor

# What works without: setting it up, signing out, asking for help, and the shell's own small questions.
OPEN_NAMES = ("accounts:second_factor", "help", "identity:session", "identity:choose_language")


def is_required(actor: Actor) -> bool:
    """Does the rule name this person?"""
    named = settings.REQUIRE_SECOND_FACTOR
    return ("staff" in named and actor.is_staff) or (
        "primary" in named and actor.standing == Standing.PRIMARY
    )


def is_missing(actor: Actor) -> bool:
    """Does the rule name this person, and have they none? Asks the database only of those it names."""
    return is_required(actor) and not has_second_factor()


class SecondFactorMiddleware:
    """Leads whoever needs a second factor and has none to the page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_required(request.actor) or self._works_without(request) or has_second_factor():
            return self.get_response(request)
        if request.path.startswith(API_PREFIX):
            return _refusal()
        return redirect("accounts:second_factor")

    @staticmethod
    def _works_without(request: HttpRequest) -> bool:
        return request.path.startswith((DOOR_PREFIX, LINK_PREFIX, settings.STATIC_URL)) or request.path in {
            reverse(name) for name in OPEN_NAMES
        }


def _refusal() -> JsonResponse:
    """Errors of the API are `{code, message, details}`."""
    message = _("The owner of this key needs a second factor first. They set it up in the portal.")
    where = settings.PORTAL_URL + reverse("accounts:second_factor")
    return JsonResponse(
        {"code": "second_factor_required", "message": message, "details": {"set_up_at": where}}, status=403
    )
