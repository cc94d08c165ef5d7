"""What a view asks of whoever opens it, said on the view, where the tests can read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .privileges import Privilege, Refusal, why_not

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


class PrivilegeMissing(PermissionDenied):
    """Somebody known lacks a privilege. Carries the failing rule and who can change it."""

    def __init__(self, refusal: Refusal, privilege: Privilege | None = None) -> None:
        super().__init__(str(refusal.reason))
        self.refusal = refusal
        self.privilege = privilege


def _marked(view: V, check: Callable[[HttpRequest], None], access: Any) -> V:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.signed_in:
            return redirect_to_login(next_address(request))
        check(request)
        return view(request, *args, **kwargs)

    wrapped.access = access  # type: ignore[attr-defined]
    return wrapped  # type: ignore[return-value]


def next_address(request: HttpRequest) -> str:
    """Where to go after signing in: this page, or for a form the page that shows it."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(own) if referer.startswith(own + "/") else request.path


def requires(*privileges: Privilege) -> Callable[[V], V]:
    """The view needs one of these privileges; otherwise 403 with the reason and who can grant it."""

    def decorate(view: V) -> V:
        return _marked(view, lambda request: demand(request.actor, *privileges), privileges)

    return decorate


def demand(actor: Any, *privileges: Privilege) -> None:
    """Raises PrivilegeMissing unless the actor has one of the privileges."""
    if not any(actor.may(privilege) for privilege in privileges):
        refusal = why_not(actor, privileges[0])
        assert refusal is not None
        raise PrivilegeMissing(refusal, privileges[0])


def signed_in(view: V) -> V:
    """The view is for everybody who has signed in, with or without a site."""
    return _marked(view, lambda request: None, "signed in")


def partners_only(view: V) -> V:
    """The view is for people who work for a partner's site."""

    def check(request: HttpRequest) -> None:
        if not request.actor.is_partner:
            refusal = why_not(request.actor, Privilege.MEMBER_VIEW)
            assert refusal is not None
            raise PrivilegeMissing(refusal, Privilege.MEMBER_VIEW)

    return _marked(view, check, (Privilege.MEMBER_VIEW,))


def open_to_all(view: V) -> V:
    """The view is for everybody, signed in or not."""
    view.access = "open"  # type: ignore[attr-defined]
    return view
