"""How form controls are rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.forms.renderers import Jinja2
from django.utils.functional import cached_property


class Widgets(Jinja2):
    """Django's own templates for widgets in Jinja2, and before them those of templates/widgets."""

    @cached_property
    def engine(self) -> Any:
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [settings.BASE_DIR / "templates" / "widgets", Path(forms.__file__).parent / "jinja2"],
                "NAME": "djangoforms",
                "OPTIONS": {},
            }
        )
