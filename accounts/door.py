"""The door's addresses, under /account/: those of allauth that make sense here, and no others.

They work under the door role, on people's own records (identity.middleware.DOOR_PREFIX). What the pages need
beyond what allauth gives them is added here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect import views as openid
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from requests import RequestException

log = logging.getLogger(__name__)


def told_at_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """allauth tells of some changes only after the commit. By then the request's role is given up and nobody
    may write a mail any more, so it is done within the transaction: with the change, or not at all.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        waiting = connection.run_on_commit
        connection.run_on_commit = [entry for entry in waiting if not _is_of_allauth(entry[1])]
        for _savepoints, tell, _robust in waiting:
            if _is_of_allauth(tell):
                tell()
        return response

    return wrapped


def _is_of_allauth(function: Callable[[], Any]) -> bool:
    return (getattr(function, "__module__", None) or "").startswith("allauth.")


class WithProviders:
    """Gives a page the configured identity providers."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = get_adapter().list_providers(self.request)  # type: ignore[attr-defined]
        names = {provider.app.provider_id: provider.name for provider in providers}
        return super().get_context_data(**kwargs) | {"providers": providers, "names": names}


class SignIn(WithProviders, account.LoginView):
    pass


class SignUp(WithProviders, account.SignupView):
    pass


class Connections(WithProviders, social.ConnectionsView):
    pass


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the company's sign-in page; a provider that is away, or answers nonsense, is said to be so."""
    try:
        return openid.login(request, provider_id)
    except (RequestException, ValueError, KeyError) as error:
        log.warning("The identity provider %s does not answer as it should: %s", provider_id, error)
        return render(request, "socialaccount/authentication_error.html", status=401)


urlpatterns = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", SignUp.as_view(), name="account_signup"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", told_at_once(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        told_at_once(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("2fa/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", told_at_once(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "2fa/passkeys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"
    ),
    path("2fa/passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("company/", Connections.as_view(), name="socialaccount_connections"),
    path("company/signup/", social.signup, name="socialaccount_signup"),
    path("company/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("company/error/", social.login_error, name="socialaccount_login_error"),
    path("oidc/<slug:provider_id>/login/", to_provider, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", openid.callback, name="openid_connect_callback"),
]
