"""The opportunity manager's filters."""

from __future__ import annotations

from django import forms


class FilterForm(forms.Form):
    """The opportunity manager's filters. Whatever is not understood is left out, never an error."""

    q = forms.CharField(required=False, max_length=200)
    # "me", or the public id of a colleague's membership.
    owner = forms.CharField(required=False, max_length=12)
