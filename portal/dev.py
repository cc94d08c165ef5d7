"""Pages for whoever tries or develops the portal. They exist in demo, development and test mode only."""

from __future__ import annotations

from django.urls import URLPattern, path

from .showcase import parts, suggestions

urlpatterns: list[URLPattern] = [
    path("parts/", parts, name="parts"),
    path("parts/suggestions/", suggestions, name="parts_suggestions"),
]
