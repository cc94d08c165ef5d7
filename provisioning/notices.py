"""What people are told about what is set up. Registered when the app starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SETUP = _("Setting up")
