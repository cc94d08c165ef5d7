"""allauth's forms in our words: labels and hints from our catalogue, limits on length, nothing said in
placeholders.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.keys import keys_everywhere, revoke_everywhere

from .adapter import NAME_LENGTH
from .mails import Words

PASSWORD_LENGTH = 200
PASSWORD_HINT = _("At least 10 characters; a sentence is easier to remember than a word with signs.")

LABELS: dict[str, Words] = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "name": _("Your name"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password again"),
    "oldpassword": _("Current password"),
    "code": _("Code"),
}
AUTOCOMPLETE = {
    "login": "username",
    "email": "email",
    "name": "name",
    "password": "current-password",
    "oldpassword": "current-password",
    "password1": "new-password",
    "password2": "new-password",
    "code": "one-time-code",
}
ADDRESSES = ("login", "email")


class Worded:
    """Puts LABELS, or the form's own `words`, on the fields that allauth has made."""

    words: dict[str, Words] = {}
    hints: dict[str, Words] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            self._word(name, field)

    def _word(self, name: str, field: forms.Field) -> None:
        attributes = field.widget.attrs
        attributes.pop("placeholder", None)
        field.label = self.words.get(name) or LABELS.get(name) or field.label  # type: ignore[assignment]
        field.help_text = self.hints.get(name, "")  # type: ignore[assignment]
        if name in AUTOCOMPLETE:
            attributes["autocomplete"] = AUTOCOMPLETE[name]
        if isinstance(field, forms.CharField) and not field.max_length:
            limit(field, PASSWORD_LENGTH if "password" in name else 254 if name in ADDRESSES else 64)
        if name == "code":
            attributes |= {"class": "input-code", "autocapitalize": "off", "spellcheck": "false"}


def limit(field: forms.CharField, length: int) -> None:
    """Give a field a greatest length, for the browser and for the server."""
    field.max_length = length
    field.widget.attrs["maxlength"] = str(length)
    field.validators.append(forms.CharField(max_length=length).validators[0])


class SignInForm(Worded, account.LoginForm):
    pass


def name_field() -> forms.CharField:
    return forms.CharField(label=_("Your name"), max_length=NAME_LENGTH)


class SignUpForm(Worded, account.SignupForm):
    """Name, e-mail and password. An address that has a vendor ID already gets the same answer, in the same
    time.
    """

    name = name_field()
    field_order = ["name", "email", "password1"]
    words = {"password1": _("Password")}
    hints = {"password1": PASSWORD_HINT}

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            make_password(
                self.cleaned_data["password1"]
            )  # the slow part of making one, or the time would tell
        return super().try_save(request)


class ProviderSignUpForm(Worded, social.SignupForm):
    """What a company's identity provider did not tell us."""

    name = name_field()
    field_order = ["name", "email"]


class AddEmailForm(Worded, account.AddEmailForm):
    words = {"email": _("Another e-mail address")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    """Programs go on working with their keys, unless the person wants it otherwise."""

    hints = {"password1": PASSWORD_HINT}
    revoke_keys = forms.BooleanField(label=_("Revoke all my API keys as well"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = keys_everywhere(self.user.pk, now=timezone.now())
        if keys:
            names = ", ".join(key.name for key in keys)
            self.fields["revoke_keys"].help_text = _("They go on working otherwise: %(names)s.") % {
                "names": names
            }
        else:
            del self.fields["revoke_keys"]

    def save(self) -> None:
        super().save()
        if self.cleaned_data.get("revoke_keys"):
            revoke_everywhere(self.user, now=timezone.now())


class SetPasswordForm(Worded, account.SetPasswordForm):
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(Worded, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):
    """Whoever lost the password may have lost it to somebody, who may have made keys."""

    hints = {"password1": PASSWORD_HINT}

    def save(self) -> None:
        super().save()
        revoke_everywhere(self.user, now=timezone.now())


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    pass


class ConfirmCodeForm(Worded, account.ConfirmEmailVerificationCodeForm):
    words = {"code": _("Code from the mail")}


class SecondFactorForm(Worded, mfa.AuthenticateForm):
    words = {"code": _("Code from your app, or a recovery code")}


class SecondFactorAgainForm(Worded, mfa.ReauthenticateForm):
    words = {"code": _("Code from your app, or a recovery code")}


class ActivateAppForm(Worded, totp.ActivateTOTPForm):
    words = {"code": _("Code that the app shows")}


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):
    words = {"name": _("Name"), "passwordless": _("Sign in with it, without a password")}
    hints = {"name": _("So that you can tell your passkeys apart.")}


class EditPasskeyForm(Worded, webauthn.EditWebAuthnForm):
    words = {"name": _("Name")}
