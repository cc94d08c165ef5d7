"""Forms for what a site notes of a renewal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Day, Text, area
from identity.models import Membership

from ..models import LostReason


class NoteForm(forms.Form):
    note = Text(label=_("Note"), required=False, max_length=2000, widget=area())


class AssignForm(forms.Form):
    colleague = forms.ChoiceField(label=_("Assigned to"), required=False)

    def __init__(
        self, data: QueryDict | None = None, *, colleagues: Sequence[Membership], **more: Any
    ) -> None:
        super().__init__(data, **more)
        people = [(one.public_id, one.name) for one in colleagues]
        self.fields["colleague"].choices = [("", _("Nobody")), *people]  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    until = Day(label=_("Put off until"))


class LoseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why it is lost"), choices=[("", _("Choose the reason")), *LostReason.choices]
    )
    text = Text(label=_("In your words"), required=False, max_length=500, widget=area(2))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("reason") == LostReason.OTHER and not given.get("text", "").strip():
            self.add_error("text", _("Say what the other reason is."))
        return given
