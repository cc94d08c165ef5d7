"""What allauth asks us: how mails go out, what messages say, how a new vendor ID begins, whom a provider may
sign in.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import User, UserManager
from notifications.actions import post_mail
from notifications.values import pack, unpack

from .devices import describe
from .mails import MAILS, MESSAGES, NOT_YOU

NAME_LENGTH = 120
CODE_MINUTES = 15
RESET_HOURS = 72


class AccountAdapter(DefaultAccountAdapter):
    """Mails through the outbox, words from our catalogue, and people as our model has them."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This vendor ID is switched off. Customer care can tell you why."),
        "cannot_remove_primary_email": _("You cannot remove the address you sign in with."),
        "duplicate_email": _("This address belongs to your vendor ID already."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("This address cannot be used. Try another one."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right, or no longer good. Look for the newest one."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link was used already, or is too old. Ask for a new one."),
        "rate_limited": _("That was very quick. Wait a moment, then try again."),
        "same_as_current": _("This is the same as before."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "unverified_primary_email": _("Confirm the address first."),
    }

    # -- mails and messages

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put one of MAILS into the outbox, in the language of whom it is for."""
        mail = MAILS[template_prefix]
        language = _language_for(email)
        with translation.override(language):
            words = self._words(context)
            post_mail(
                email,
                subject=str(mail.subject) % words,
                paragraphs=(str(mail.body) % words).split("\n\n"),
                action=(str(mail.action), words[mail.link]) if mail.link else None,
                language=language,
                sensitive="code" in context or mail.link == "password_reset_url",
                code=context.get("code"),
            )

    def _words(self, context: dict[str, Any]) -> dict[str, Any]:
        words = {name: value for name, value in context.items() if isinstance(value, str | Promise)}
        if "provider" in context:
            words["provider"] = context["provider"].name
        if "timestamp" in context:
            words |= unpack(pack({"when": context["timestamp"]}))
            words["device"] = str(describe(context["user_agent"]) or _("an unknown device"))
        return words | {
            "minutes": CODE_MINUTES,
            "hours": RESET_HOURS,
            "not_you": str(NOT_YOU),
            "security_url": settings.PORTAL_URL + reverse("mfa_index"),
        }

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or str(MESSAGES.get(message_template or "", "")) % (message_context or {})
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    # -- people

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """A new vendor ID: with the name given, in the language of the page it was made on."""
        user.name = form.cleaned_data.get("name") or user.name
        begin(user)
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def clean_email(self, email: str) -> str:
        return UserManager.normalise(email)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and remember from where and since when, for the list of sessions in the profile."""
        super().login(request, user)
        remember_device(request)


def begin(user: User) -> None:
    """What a vendor ID begins with."""
    user.language = user.language or translation.get_language() or settings.LANGUAGE_CODE


def remember_device(request: HttpRequest) -> None:
    request.session["device"] = request.headers.get("user-agent", "")[:300]
    request.session["since"] = timezone.now().isoformat()


def _language_for(email: str) -> str:
    """The profile's language of whoever owns the address, else the language of the page that asked."""
    owner = EmailAddress.objects.filter(email=email).values_list("user__language", flat=True).first()
    return owner or translation.get_language() or settings.LANGUAGE_CODE


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps and passkeys under the portal's name."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Your work needs a second factor. Add another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
        "incorrect_code": _("This code is not right. Use the newest one that your app shows."),
        "unverified_email": _("Confirm your e-mail address first."),
        "add_email_blocked": _("Remove your second factors before you add an e-mail address."),
    }

    def _get_site_name(self) -> str:
        return settings.PORTAL_NAME

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """The device's own name is the best guess; people can change it."""
        return str(describe(allauth_context.request.headers.get("user-agent", "")) or _("Passkey"))


def _answers_for(app: SocialApp, email: str) -> bool:
    """Whether an identity provider is believed about this address."""
    domains = app.settings.get("domains")
    return domains is None or email.rpartition("@")[2].lower() in [domain.lower() for domain in domains]


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in by a company's own identity provider (OpenID Connect), configured by OIDC_PROVIDERS only."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": _(
            "This address belongs to a vendor ID already, and %s does not vouch for it. Sign in with your "
            "password "
            "first, then connect the company account in your profile."
        ),
        "no_password": _("Set a password before you disconnect your last company account."),
        "no_verified_email": _(
            "Confirm your e-mail address before you disconnect your last company account."
        ),
        "connected_other": _("This company account belongs to another vendor ID."),
    }

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Providers come from the settings only, so that nobody can add one at run time (and no query is
        needed).
        """
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for several in apps.values() for app in several]

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Any, str] | None:
        """Only an address that the provider says it has verified, in so many words, opens an existing vendor
        ID.

        `email_verified` must be the boolean true: some providers send the text "false", which would count as
        true. A provider that is given `domains` answers for these alone: a partner's own provider must not open
        the vendor IDs of others, let alone the vendor's.
        """
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        for address in sociallogin.email_addresses:
            says_so = claims.get("email_verified") is True
            address.verified = says_so and _answers_for(sociallogin.provider.app, address.email)
        return super().authenticate_by_email(sociallogin)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or "").strip()[:NAME_LENGTH]
        begin(user)
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        initial = super().get_signup_form_initial_data(sociallogin)
        return initial | {"name": sociallogin.user.name}
