"""Countries by their ISO 3166-1 code, in the reader's words; see identity/places.py."""

from __future__ import annotations

from identity.places import countries, country_name

__all__ = ["countries", "country_name"]
