"""Which clocks a customer goes by, as far as its country tells; whoever sets the line up can say better."""

from __future__ import annotations

from babel.core import get_global

from identity.models import Site

# Of countries with several time zones, the one in which most people live.
LARGEST = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PG": "Pacific/Port_Moresby", "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip


def time_zone_of(country: str, reseller: Site) -> str:
    """The reseller's where it is in the same country or the customer's is not known; else that country's largest."""
    if not country or country == reseller.country:
        return reseller.time_zone
    known = get_global("territory_zones").get(country, [])
    return LARGEST.get(country) or (known[0] if len(known) == 1 else reseller.time_zone)
