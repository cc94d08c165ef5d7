"""Deals as files: many at once, down and up (C13)."""
