"""The words of the door: mails about somebody's own vendor ID, and the short messages shown after a step.

Keyed by the names allauth gives them; `accounts.adapter` looks them up. Each is said in the reader's
language.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Mail:
    """Subject and paragraphs take `%(name)s` from the context; `link` names the context's address for the
    button.
    """

    subject: Words
    body: Words
    action: Words = ""
    link: str = ""


NOT_YOU = _("If this was not you, change your password now and tell customer care.")


def security(subject: Words, body: Words) -> Mail:
    """A mail that tells people of a change to how they sign in: what, when, from where, and what to do."""
    return Mail(subject, body, action=_("Look at your sign-in settings"), link="security_url")


MAILS: dict[str, Mail] = {
    "account/email/email_confirmation_signup": Mail(
        _("Your code is %(code)s"),
        _(
            "Welcome to Portway. Enter this code to confirm your e-mail address:\n\n"
            "%(code)s\n\n"
            "It is good for %(minutes)s minutes. If you did not ask for a vendor ID, do nothing: none will "
            "be made."
        ),
    ),
    "account/email/email_confirmation": Mail(
        _("Your code is %(code)s"),
        _(
            "Enter this code to confirm your e-mail address:\n\n"
            "%(code)s\n\n"
            "It is good for %(minutes)s minutes. If you did not ask for it, somebody typed your address by "
            "mistake: "
            "do nothing."
        ),
    ),
    "account/email/account_already_exists": Mail(
        _("You have a vendor ID already"),
        _(
            "Somebody, probably you, tried to make a vendor ID with this e-mail address. You have one "
            "already, so "
            "nothing was changed.\n\n"
            "Sign in with it. If you have forgotten the password, choose a new one."
        ),
        action=_("Choose a new password"),
        link="password_reset_url",
    ),
    "account/email/password_reset_key": Mail(
        _("Choose a new password"),
        _(
            "Somebody, probably you, asked for a new password for this e-mail address. The link works once, "
            "for "
            "%(hours)s hours.\n\n"
            "If it was not you, do nothing: your password stays as it is."
        ),
        action=_("Choose a new password"),
        link="password_reset_url",
    ),
    "account/email/unknown_account": Mail(
        _("There is no vendor ID for this address"),
        _(
            "Somebody, probably you, asked for a new password for this e-mail address, but no vendor ID "
            "belongs to "
            "it. Perhaps you signed up with another address.\n\n"
            "If you are new here, make a vendor ID."
        ),
        action=_("Make a vendor ID"),
        link="signup_url",
    ),
    "account/email/password_changed": security(
        _("Your password was changed"),
        _(
            "Your password was changed on %(when)s, from %(ip)s with %(device)s. You were signed out "
            "everywhere "
            "else.\n\n%(not_you)s"
        ),
    ),
    "account/email/password_set": security(
        _("A password was set"),
        _("A password was set for your vendor ID on %(when)s, from %(ip)s with %(device)s.\n\n%(not_you)s"),
    ),
    "account/email/password_reset": security(
        _("Your password was changed"),
        _(
            "A new password was chosen by a link from this mailbox on %(when)s, from %(ip)s with "
            "%(device)s. You "
            "were signed out everywhere, and API keys that you had were revoked.\n\n%(not_you)s"
        ),
    ),
    "account/email/email_changed": security(
        _("Your e-mail address was changed"),
        _(
            "Your vendor ID now goes by %(to_email)s instead of %(from_email)s. This was done on %(when)s, "
            "from "
            "%(ip)s with %(device)s.\n\n%(not_you)s"
        ),
    ),
    "account/email/email_confirm": security(
        _("An e-mail address was confirmed"),
        _("Your e-mail address was confirmed on %(when)s, from %(ip)s with %(device)s.\n\n%(not_you)s"),
    ),
    "account/email/email_deleted": security(
        _("An e-mail address was removed"),
        _(
            "%(deleted_email)s no longer belongs to your vendor ID. This was done on %(when)s, from %(ip)s "
            "with "
            "%(device)s.\n\n%(not_you)s"
        ),
    ),
    "mfa/email/totp_activated": security(
        _("An authenticator app was added"),
        _("An authenticator app was added on %(when)s, from %(ip)s with %(device)s.\n\n%(not_you)s"),
    ),
    "mfa/email/totp_deactivated": security(
        _("The authenticator app was removed"),
        _("The authenticator app was removed on %(when)s, from %(ip)s with %(device)s.\n\n%(not_you)s"),
    ),
    "mfa/email/recovery_codes_generated": security(
        _("New recovery codes were made"),
        _(
            "New recovery codes were made on %(when)s, from %(ip)s with %(device)s. The former ones no "
            "longer "
            "work.\n\n%(not_you)s"
        ),
    ),
    "mfa/email/webauthn_added": security(
        _("A passkey was added"),
        _("A passkey was added on %(when)s, from %(ip)s with %(device)s.\n\n%(not_you)s"),
    ),
    "mfa/email/webauthn_removed": security(
        _("A passkey was removed"),
        _("A passkey was removed on %(when)s, from %(ip)s with %(device)s.\n\n%(not_you)s"),
    ),
    "socialaccount/email/account_connected": security(
        _("A company account was connected"),
        _(
            "You can now sign in with %(provider)s. It was connected on %(when)s, from %(ip)s with "
            "%(device)s.\n\n%(not_you)s"
        ),
    ),
    "socialaccount/email/account_disconnected": security(
        _("A company account was disconnected"),
        _(
            "You can no longer sign in with %(provider)s. It was disconnected on %(when)s, from %(ip)s with "
            "%(device)s.\n\n%(not_you)s"
        ),
    ),
}

# What is said on the next page; a step that speaks for itself says nothing.
MESSAGES: dict[str, Words] = {
    "account/messages/cannot_delete_primary_email.txt": _("You cannot remove the address you sign in with."),
    "account/messages/email_confirmation_failed.txt": _(
        "This address cannot be confirmed for your vendor ID."
    ),
    "account/messages/email_confirmation_sent.txt": _("We sent a code to %(email)s."),
    "account/messages/email_confirmed.txt": _("%(email)s is confirmed."),
    "account/messages/email_deleted.txt": _("%(email)s was removed."),
    "account/messages/logged_in.txt": "",
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _(
        "Your password is changed. You are signed out everywhere else."
    ),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/primary_email_set.txt": _("You now sign in with this address."),
    "account/messages/unverified_primary_email.txt": _("Confirm the address first."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "New recovery codes are ready. The former ones no longer work."
    ),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app was removed."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "socialaccount/messages/account_connected.txt": _("The company account is connected."),
    "socialaccount/messages/account_connected_updated.txt": _("The company account is connected."),
    "socialaccount/messages/account_connected_other.txt": _(
        "This company account belongs to another vendor ID."
    ),
    "socialaccount/messages/account_disconnected.txt": _("The company account was disconnected."),
}
