"""The page on which the vendor's people look at exchange rates."""

from __future__ import annotations

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.paging import page
from identity.privileges import Privilege

from .rates import ORDER, rates


class RateFilter(forms.Form):
    """How the list is narrowed. What makes no sense is left out, never an error."""

    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.TextInput(attrs={"class": "input-code", "autocomplete": "off", "spellcheck": "false"}),
    )
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


@requires(Privilege.SETTING_VIEW)
@require_GET
def rate_list(request: HttpRequest) -> HttpResponse:
    form = RateFilter(request.GET)
    form.is_valid()
    currency = form.cleaned_data.get("currency", "").strip().upper()
    day = form.cleaned_data.get("day")
    found = page(rates(currency=currency, day=day), ORDER, request)
    context = {"rates": found.items, "page": found, "filter": form, "filtered": bool(currency or day)}
    return render(request, "pricing/rates.html", context)
