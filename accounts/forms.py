"""The forms of requests, decisions, members and the profile: every rule with its message at its field."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from identity.models import UserManager
from identity.places import time_zones
from identity.privileges import Role, Standing, Tool

from .models import RejectReason, RequestKind

NAME = 120
TYPED = re.compile(r"[\s.\-/ ]+")
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def site_number(typed: str) -> str:
    """The seven digits meant by what was typed: spaces and signs left out, leading zeros stripped or padded.

    Raises ValidationError for what cannot be a site number.
    """
    digits = TYPED.sub("", typed.translate(ARABIC_DIGITS)).lstrip("0")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 7:
        raise forms.ValidationError(
            _("A site number has up to seven digits, such as 7403807."), code="number"
        )
    return digits.zfill(7)


class NumberField(forms.CharField):
    """A site number in any spelling; its value is the seven digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs=NUMBER_INPUT), **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return site_number(typed) if typed else typed


NUMBER_INPUT = {"class": "input-code", "inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}


def text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class RequestForm(forms.Form):
    """A2: the site number, and whether one believes to be its primary contact."""

    number = NumberField(
        label=_("Site number"),
        help_text=_("Seven digits; on your agreement, and on every order confirmation."),
    )
    primary = forms.ChoiceField(
        label=_("I believe I am the primary contact of this site"),
        choices=[
            ("no", _("No: somebody else answers for the site, and decides about my request")),
            ("yes", _("Yes: I answer for the site, and decide who of us has access")),
        ],
        widget=forms.RadioSelect,
    )
    message = forms.CharField(
        label=_("A word to whoever decides"),
        max_length=500,
        required=False,
        widget=text(),
        help_text=_("For example what you do, and who knows you there."),
    )
    job_title = forms.CharField(
        label=_("Job title"), max_length=NAME, error_messages={"required": _("Tell us what you do there.")}
    )
    company_email = forms.EmailField(
        label=_("Your e-mail address at the company"),
        max_length=254,
        error_messages={
            "required": _("Give your address at the company; customer care writes there to check.")
        },
    )
    reason = forms.CharField(
        label=_("Why the primary contact should change"),
        max_length=1000,
        widget=text(),
        error_messages={
            "required": _(
                "Tell us how you came to answer for the site. If somebody does so already, say why it should"
                " change."
            )
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The authorisation form's own fields are needed by whoever says they are the primary contact."""
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("primary") != "yes":
            for name in ("job_title", "company_email", "reason"):
                self.fields[name].required = False


class PrivilegesForm(forms.Form):
    """Tools and roles, each a box. What the actor may not hand out is shut, and refused when sent all the
    same.
    """

    tools = forms.MultipleChoiceField(
        label=_("Tools"), choices=Tool.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class ApproveForm(PrivilegesForm):
    """Which rights an applicant gets; from an authorisation form, what the present primary contact becomes."""

    former_primary = forms.ChoiceField(
        label=_("What the present primary contact becomes"),
        choices=[(Standing.SECONDARY, _("A secondary contact")), (Standing.MEMBER, _("A user"))],
        initial=Standing.SECONDARY,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, authorisation: bool, replaces: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needless = ("tools", "roles") if authorisation else ()
        for name in needless if authorisation and replaces else (*needless, "former_primary"):
            del self.fields[name]


class RejectForm(forms.Form):
    code = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose one")), *RejectReason.choices], widget=forms.Select
    )
    text = forms.CharField(
        label=_("What the applicant should know"),
        max_length=1000,
        widget=text(),
        help_text=_("They read this word for word. Say what they can do now."),
    )


class AssignForm(forms.Form):
    number = NumberField(label=_("The right site number"))


class AddForm(PrivilegesForm):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_(
            "Whoever has a vendor ID with this address has access at once; others get an invitation."
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=NAME)
    job_title = forms.CharField(label=_("Job title"), max_length=NAME, required=False)
    field_order = ["email", "name", "job_title", "tools", "roles"]

    def clean_email(self) -> str:
        return UserManager.normalise(self.cleaned_data["email"])


class VersionForm(forms.Form):
    """The version of the member that the form shows; a stale one is answered by what changed meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class DetailsForm(VersionForm):
    name = forms.CharField(label=_("Name"), max_length=NAME)
    job_title = forms.CharField(label=_("Job title"), max_length=NAME, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        validators=[
            RegexValidator(
                r"^\+?[0-9 ()./-]{5,}$", _("Digits, spaces and + ( ) . / - only, such as +48 22 555 01 99.")
            )
        ],
    )


class MemberPrivilegesForm(VersionForm, PrivilegesForm):
    pass


class StandingForm(VersionForm):
    standing = forms.ChoiceField(
        choices=[(Standing.SECONDARY, Standing.SECONDARY.label), (Standing.MEMBER, Standing.MEMBER.label)]
    )


class PrimaryForm(forms.Form):
    """Customer care changes the primary contact of a site."""

    member = forms.ChoiceField(label=_("The new primary contact"), widget=forms.Select)
    former = forms.ChoiceField(
        label=_("What the present primary contact becomes"),
        choices=[(Standing.SECONDARY, _("A secondary contact")), (Standing.MEMBER, _("A user"))],
        initial=Standing.SECONDARY,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=text(),
        help_text=_("The former primary contact reads it."),
    )

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", _("Choose one")), *members]  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser asks")), *settings.LANGUAGES],
        required=False,
        help_text=_("Of the portal and of the mails it sends you."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lazy(lambda: [(name, name) for name in time_zones()], list)()
    )


class CareForm(forms.Form):
    """A question to customer care, also from somebody who cannot sign in."""

    name = forms.CharField(label=_("Your name"), max_length=NAME)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("We answer to this address."))
    subject = forms.CharField(label=_("What it is about"), max_length=150)
    message = forms.CharField(label=_("Your question"), max_length=5000, widget=text(6))


class MemberFilter(forms.Form):
    """How the list of users is narrowed (C3). What makes no sense is left out, never an error."""

    q = forms.CharField(label=_("Name or e-mail"), max_length=100, required=False)
    standing = forms.ChoiceField(
        label=_("Standing"), choices=[("", _("All")), *Standing.choices], required=False
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All")), *Role.choices], required=False)
    tool = forms.ChoiceField(label=_("Tool"), choices=[("", _("All")), *Tool.choices], required=False)
    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("With access")), ("removed", _("Removed"))], required=False
    )


class QueueFilter(forms.Form):
    q = forms.CharField(label=_("Name, e-mail or number"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *RequestKind.choices], required=False)


class SiteFilter(forms.Form):
    q = forms.CharField(label=_("Site number or name"), max_length=100, required=False)
