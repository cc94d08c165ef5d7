"""What is asked when something is done with a deal, each with its message."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..states import LostReason, RejectReason
from .fields import Text, area


class CommentForm(forms.Form):
    text = Text(
        label=_("Comment"),
        max_length=4000,
        widget=area(3),
        error_messages={"required": _("Write something first.")},
    )
    internal = forms.BooleanField(label=_("Only for the vendor's own people"), required=False, initial=False)


class WithTextForm(forms.Form):
    """A decision or an end that may say something."""

    text = Text(label=_("Message to the partner"), required=False, max_length=2000, widget=area(3))


class ReturnForm(forms.Form):
    text = Text(
        label=_("What is to be changed?"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Say what the partner has to change.")},
    )


class RejectForm(forms.Form):
    code = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *RejectReason.choices],
        error_messages={"required": _("Choose a reason.")},
    )
    text = Text(
        label=_("Explanation for the partner"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Explain it to the partner.")},
    )


class RevokeForm(forms.Form):
    text = Text(
        label=_("Why is the registration revoked?"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Explain it to the partner.")},
    )


class WithdrawForm(forms.Form):
    text = Text(label=_("Why do you withdraw it?"), required=False, max_length=2000, widget=area(3))


class LoseForm(forms.Form):
    code = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *LostReason.choices],
        error_messages={"required": _("Choose a reason.")},
    )
    text = Text(label=_("What happened?"), required=False, max_length=2000, widget=area(3))
