"""The form of a business profile, and the one by which the vendor stops one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from deals.forms.fields import Text, area, offer
from identity.places import countries

from .. import tags as known
from ..models import Location, Profile
from ..models.profiles import LONGEST_DESCRIPTION, MOST_LOCATIONS
from ..states import CompanySize
from ..tags import FIELDS, MOST_OF_A_KIND, MOST_SKILLS
from .content import ProfileContent, as_skills, languages, problems_of
from .logos import TYPES, Logo, LogoRefused, logo_in


def _ticks(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple
    )


class ProfileForm(forms.Form):
    """`content` is what was entered, once the form is valid; `cleaned_data["logo"]` a Logo, or None without a file.

    The country is asked for while there is no profile; afterwards it stays.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("There is one profile for each country that you work in."),
        widget=forms.Select(attrs={"data-combobox": ""}),
    )
    name = Text(label=_("Name that customers read"), max_length=120)
    description = Text(
        label=_("What you do"),
        help_text=_(
            "Up to 2,500 characters. Customers read it; they do not find you by it, but by tags and skills."
        ),
        required=False,
        widget=area(8),
    )
    website = forms.CharField(
        label=_("Website"),
        required=False,
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_(
            "A PNG or JPEG of up to 2 MB. It is shown up to 300 pixels wide, and made smaller if it is wider."
        ),
        required=False,
        error_messages={"empty": _("This file is empty."), "missing": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ",".join(TYPES.values())}),
    )
    without_logo = forms.BooleanField(label=_("Take the logo off"), required=False)
    locations = _ticks(
        _("Locations"),
        _("Up to %(most)s, from which you serve customers of this country.") % {"most": MOST_LOCATIONS},
    )
    industries = _ticks(_("Industries that you know"), _("Up to %(most)s.") % {"most": MOST_OF_A_KIND})
    products = _ticks(_("Products that you work with"), _("Up to %(most)s.") % {"most": MOST_OF_A_KIND})
    services = _ticks(_("Services that you offer"), _("Up to %(most)s.") % {"most": MOST_OF_A_KIND})
    skills = Text(
        label=_("Skills"),
        help_text=_("What no list has, in your own words: one a line. Up to %(most)s.")
        % {"most": MOST_SKILLS},
        required=False,
        widget=area(4),
    )
    languages = _ticks(_("Languages that you speak with customers"))
    sizes = _ticks(
        _("Customers that you work with, by how many people work there"),
        _("Leave it empty to work with customers of any size."),
    )
    turns_away = forms.BooleanField(
        label=_("Turn away enquiries of customers of any other size at once"),
        help_text=_("They are told so, and the enquiry is archived for you to look at."),
        required=False,
    )

    def __init__(self, *args: Any, profile: Profile | None, site_id: int, **kwargs: Any) -> None:
        super().__init__(*args, initial=kwargs.pop("initial", None) or _shown(profile), **kwargs)
        self._places = list(Location.objects.filter(site_id=site_id, closed_at=None).order_by("name"))
        offer(self, "locations", [(each.public_id, _place(each)) for each in self._places])
        for kind, name in FIELDS.items():
            offer(self, name, known.LISTS[kind].choices)
        offer(self, "languages", languages().items())
        offer(self, "sizes", CompanySize.choices)
        if profile is None:
            offer(self, "country", [("", _("Choose a country")), *countries().items()])
        else:
            del self.fields["country"]
        if profile is None or not profile.logo:
            del self.fields["without_logo"]

    @property
    def has_places(self) -> bool:
        return bool(self._places)

    def clean_logo(self) -> Logo | None:
        file = self.cleaned_data["logo"]
        if not file:
            return None
        try:
            return logo_in(file, file.size)
        except LogoRefused as refused:
            raise ValidationError(str(refused.reason)) from None

    def clean(self) -> dict[str, Any]:
        """The rules of content.py, each at its field."""
        for field, problems in problems_of(self.content).items():
            self.refuse(field, problems)
        return self.cleaned_data

    def refuse(self, field: str, problems: list[str]) -> None:
        for name in FIELDS.values() if field == "tags" else (field,):
            if name in self.fields and name not in self.errors:
                self.add_error(name, problems)
                return

    @property
    def content(self) -> ProfileContent:
        data = self.cleaned_data
        chosen = data.get("locations", [])
        return ProfileContent(
            name=data.get("name", "").strip(),
            description=data.get("description", "").strip(),
            website=data.get("website", "").strip(),
            locations=tuple(place for place in self._places if place.public_id in chosen),
            tags=tuple(code for name in FIELDS.values() for code in data.get(name, [])),
            skills=as_skills(data.get("skills", "")),
            languages=tuple(data.get("languages", [])),
            sizes=tuple(data.get("sizes", [])),
            turns_away=data.get("turns_away", False),
        )


def _place(location: Location) -> str:
    return location.name if location.name == location.city else f"{location.name} ({location.city})"


def _shown(profile: Profile | None) -> dict[str, Any]:
    """What the form says at first: of the profile, or nothing."""
    if profile is None:
        return {"version": 0}
    tags = {name: known.of_kind(profile.tags, kind) for kind, name in FIELDS.items()}
    return tags | {
        "version": profile.version,
        "name": profile.name,
        "description": profile.description,
        "website": profile.website,
        "locations": list(
            profile.locations.order_by("position").values_list("location__public_id", flat=True)
        ),
        "skills": "\n".join(profile.skills),
        "languages": profile.languages,
        "sizes": profile.sizes,
        "turns_away": profile.turns_away,
    }


class StopForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = Text(
        label=_("Why it is stopped"),
        help_text=_("The partner reads this. Say what to change."),
        max_length=1000,
        widget=area(4),
    )


assert LONGEST_DESCRIPTION == 2_500, "the form says so"
