"""What is asked when something is done with a deal, each with its message."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ..queries import rules_in_force
from ..rules import LOST, REJECT, Rules
from .fields import Text, area, offer


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


class ApproveForm(WithTextForm):
    despite = Text(
        label=_("Why, although another partner's approved deal may be about the same?"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=_("Only where there is one. It is noted on the timeline for the vendor's own people."),
    )


class AskForm(forms.Form):
    text = Text(
        label=_("Your question to the partner"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Write your question.")},
        help_text=_(
            "The partner is told at once. The distributor named may read it, too. The promise goes on running."
        ),
    )


class ReturnForm(forms.Form):
    text = Text(
        label=_("What is to be changed?"),
        max_length=2000,
        widget=area(3),
        error_messages={"required": _("Say what the partner has to change.")},
    )


class ReasonForm(forms.Form):
    """Something that needs one of the reasons of the rules; those in force, unless they are given."""

    which: ClassVar[str]
    code = forms.ChoiceField(label=_("Reason"), error_messages={"required": _("Choose a reason.")})

    def __init__(self, *args: Any, rules: Rules | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = (rules or rules_in_force()).offered(self.which)
        offer(self, "code", [("", _("Choose a reason")), *offered])


class RejectForm(ReasonForm):
    which = REJECT
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


class LoseForm(ReasonForm):
    which = LOST
    text = Text(label=_("What happened?"), required=False, max_length=2000, widget=area(3))
