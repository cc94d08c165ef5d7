"""Pages for whoever tries or develops the portal. They exist in demo, development and test mode only."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
