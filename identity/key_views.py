"""The pages on which people make, see and revoke their API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import ProhibitNullCharactersValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import keys
from .access import requires
from .actors import Actor
from .middleware import digest
from .models import ApiKey
from .once import once
from .paging import page
from .privileges import Privilege

# A new key's secret travels to the next page in the browser's own hands; the server keeps it nowhere.
SECRET_COOKIE = "portway_new_key"
SECRET_SECONDS = 300


def days(number: int) -> Any:
    return ngettext_lazy("%(number)d day", "%(number)d days", number) % {"number": number}


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, validators=[ProhibitNullCharactersValidator()]
    )
    expires = forms.TypedChoiceField(
        label=gettext_lazy("Works for"), coerce=int, required=False, empty_value=None, initial="90"
    )
    privileges = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grantable = keys.grantable(actor)
        allowed = [(each.privilege.value, each.name) for each in self.grantable if not each.refusal]
        self.fields["privileges"].choices = allowed  # type: ignore[attr-defined]
        self.fields["expires"].choices = [  # type: ignore[attr-defined]
            *((str(number), days(number)) for number in (30, 90, 365)),
            ("", gettext_lazy("Until it is revoked")),
        ]


@requires(Privilege.KEY_MANAGE)
@require_GET
def key_list(request: HttpRequest) -> HttpResponse:
    """One's own keys at this site, the newest first."""
    shown = page(ApiKey.objects.all(), ("-id",), request)
    names = {privilege.value: name for privilege, name in keys.NAMES.items()}
    context = {"keys": shown.items, "page": shown, "names": names, "now": timezone.now()}
    return render(request, "identity/key_list.html", context)


@requires(Privilege.KEY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def make_key(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST if request.method == "POST" else None, actor=request.actor)
    if request.method == "POST" and form.is_valid() and (response := _made(request, form)):
        return response
    return render(request, "identity/make_key.html", {"form": form})


def _made(request: HttpRequest, form: KeyForm) -> HttpResponse | None:
    """Makes the key and sends its maker to see the secret; None when there are too many."""
    now = timezone.now()
    lifetime = form.cleaned_data["expires"]
    try:
        key, secret = keys.make_key(
            form.cleaned_data["name"],
            [Privilege(value) for value in form.cleaned_data["privileges"]],
            expires_at=now + timedelta(days=lifetime) if lifetime else None,
            by=request.actor,
            now=now,
        )
    except keys.TooManyKeys:
        text = _("You have %(most)d keys here already. Revoke one that is no longer used first.")
        form.add_error(None, text % {"most": keys.MOST})
        return None
    response = redirect("identity:key_made", public_id=key.public_id)
    response.set_cookie(
        SECRET_COOKIE,
        secret,
        max_age=SECRET_SECONDS,
        path=response.url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@requires(Privilege.KEY_MANAGE)
@require_GET
@never_cache
def key_made(request: HttpRequest, public_id: str) -> HttpResponse:
    """The new key's secret, once."""
    key = get_object_or_404(ApiKey, public_id=public_id)
    secret = request.COOKIES.get(SECRET_COOKIE, "")
    if not constant_time_compare(digest(secret), key.digest):
        secret = ""
    response = render(request, "identity/key_made.html", {"key": key, "secret": secret})
    response.delete_cookie(SECRET_COOKIE, path=request.path, samesite="Strict")
    return response


@requires(Privilege.KEY_MANAGE)
@require_POST
def revoke_key(request: HttpRequest, public_id: str) -> HttpResponse:
    try:
        key = keys.revoke_key(public_id, by=request.actor, now=timezone.now())
    except keys.KeyNotFound:
        raise Http404 from None
    messages.success(request, _("The key “%(name)s” was revoked. It works no more.") % {"name": key.name})
    return redirect("identity:keys")
