"""What is typed about a lead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import area
from identity.models import Membership

from .states import REASONS, ArchiveReason


class ArchiveForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why"), choices=[("", _("Choose a reason")), *((each.value, each.label) for each in REASONS)]
    )
    note = forms.CharField(
        label=_("What your colleagues should know"), required=False, max_length=1000, widget=area(3)
    )

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if said.get("reason") == ArchiveReason.OTHER and not said.get("note", "").strip():
            self.add_error("note", _("Say in a few words why."))


class AssignForm(forms.Form):
    member = forms.ChoiceField(label=_("Who works on it"))

    def __init__(self, *args: Any, colleagues: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {member.public_id: member for member in colleagues}
        choices = [
            ("", _("Choose somebody")),
            *((key, member.name) for key, member in self.colleagues.items()),
        ]
        self.fields["member"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Membership:
        return self.colleagues[self.cleaned_data["member"]]
