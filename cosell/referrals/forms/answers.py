"""What is typed into what is done with a co-sell deal: answers, the stage, sharing further, inviting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from deals.forms.fields import Text, area, need_by_case, offer

from ...models import Referral
from ...states import HelpType, PartnerReason, SalesStage, Sharing
from ..content import NEEDED_FOR_HELP
from ..queries import Place
from .rows import TeamForm, colleagues_at, known_of


def take(form: forms.Form, errors: Mapping[str, Sequence[str]]) -> None:
    """Tell what an action found wrong: at its field, or above all of them."""
    for field, messages in errors.items():
        form.add_error(field if field in form.fields else None, list(messages))


class ReasonForm(forms.Form):
    """Why a deal is declined or lost (C8)."""

    reason = forms.ChoiceField(
        label=pgettext_lazy("of a decision", "Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *PartnerReason.choices],
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    text = Text(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=1000,
        widget=area(3),
        help_text=gettext_lazy("The other side reads it."),
    )

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("reason") == PartnerReason.OTHER and not self.cleaned_data.get("text"):
            self.add_error("text", _("Say what the reason is."))


class AcceptForm(TeamForm):
    """What is said of a deal while it is accepted: who works on it, and its number in one's own system. Neither has to
    be known by then.
    """

    ALWAYS = ("notify", "crm_id")

    crm_id = Text(label=gettext_lazy("Number in your CRM"), required=False, max_length=60)

    def __init__(self, data: Any = None, *, referral: Referral, own: int | None, **more: Any) -> None:
        """Whoever accepts (`own`, their membership) is meant to work on it, where nobody is named yet."""
        colleagues = colleagues_at(referral.site_id)
        first = [] if referral.team.exists() else [each for each in colleagues.values() if each.id == own]
        start = {
            name: known
            for each in first
            for name, known in (known_of(each) | {"person": each.public_id}).items()
        }
        super().__init__(data, colleagues=colleagues, initial=start | {"crm_id": referral.crm_id}, **more)

    @property
    def given(self) -> dict[str, Any]:
        """For the action."""
        team = () if self.is_blank else (self.teammate(),)
        return {"team": team, "crm_id": self.cleaned_data["crm_id"]}


class StageForm(forms.Form):
    stage = forms.ChoiceField(
        label=gettext_lazy("Sales stage"),
        choices=[pair for pair in SalesStage.choices if pair[0] != SalesStage.WON],
    )


class UpgradeForm(forms.Form):
    """What is asked for when more of a deal is shared. It cannot be taken back (C6)."""

    to = forms.ChoiceField(label=gettext_lazy("The vendor then sees"), widget=forms.RadioSelect)
    help_type = forms.ChoiceField(
        label=gettext_lazy("What help do you ask for?"),
        required=False,
        choices=[("", gettext_lazy("No help")), *HelpType.choices],
        help_text=gettext_lazy("Needed for a co-sell deal."),
    )
    vendor_notes = Text(
        label=gettext_lazy("What the vendor's sellers should know"),
        required=False,
        max_length=2000,
        widget=area(3),
    )
    contact_first_name = Text(label=gettext_lazy("First name"), required=False, max_length=60)
    contact_last_name = Text(label=gettext_lazy("Last name"), required=False, max_length=60)
    contact_title = Text(label=gettext_lazy("Job title"), required=False, max_length=120)
    contact_email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    contact_phone = Text(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    consent_share = forms.BooleanField(
        label=gettext_lazy("The customer agrees that the deal is shared with others."), required=False
    )
    consent_contact = forms.BooleanField(
        label=gettext_lazy("The customer agrees to be contacted about it."), required=False
    )
    consent_sellers = forms.BooleanField(
        label=gettext_lazy("The customer agrees that it is shared with the vendor's sellers."), required=False
    )

    def __init__(self, data: Any = None, *, referral: Referral, to: Sequence[Sharing], **more: Any) -> None:
        start = {name: getattr(referral, name) for name in self.base_fields if name != "to"}
        super().__init__(data, initial=start | {"to": to[-1] if to else ""}, **more)
        offer(self, "to", [(one.value, one.label) for one in to])
        need_by_case(self, *NEEDED_FOR_HELP)


class InviteForm(forms.Form):
    """What another partner is told that is invited, and at which of its places. `places` are those of its profile."""

    location = forms.ChoiceField(
        label=gettext_lazy("Which of its locations?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of its locations.")},
    )
    help_type = forms.ChoiceField(
        label=gettext_lazy("What help do you ask for?"),
        choices=[("", gettext_lazy("Choose the help")), *HelpType.choices],
        error_messages={"required": gettext_lazy("Choose the help that you ask for.")},
    )
    notes = Text(
        label=gettext_lazy("What they should know"),
        required=False,
        max_length=2000,
        widget=area(4),
        help_text=gettext_lazy("They read it before they answer."),
    )

    def __init__(self, data: Any = None, *, places: Mapping[str, Place]) -> None:
        self.places = places
        super().__init__(data, initial={"location": next(iter(places), "")})
        offer(self, "location", [(key, place.location.name) for key, place in places.items()])

    @property
    def place(self) -> Place:
        return self.places[self.cleaned_data["location"]]
