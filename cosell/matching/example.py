"""The worked example of the rule: for the page that explains it, and for the README. A test reckons it again."""

from __future__ import annotations

from typing import Any

from ..tags import names_of
from .ranking import NEWCOMER, Figures, points_of
from .words import as_points

WANTED = ("industry-retail", "product-cloud", "service-migration", "service-training")
PARTNERS: tuple[tuple[str, tuple[str, ...], Figures], ...] = (
    ("Vistula Integrators", WANTED, NEWCOMER),
    (
        "Nile Systems",
        ("industry-retail", "product-cloud", "service-migration"),
        Figures(received=20, accepted=15, answered=20, answer_minutes=6 * 60, closed=8, won=5),
    ),
    (
        "Lagoon Distribution",
        ("product-cloud",),
        Figures(received=30, accepted=6, answered=30, answer_minutes=72 * 60, closed=6, won=1),
    ),
)


def wish() -> list[str]:
    return names_of(WANTED)


def rows() -> list[dict[str, Any]]:
    """The partners in their order, with what each part gave, and the sum."""
    found = [(points_of(WANTED, tags, had), name, tags, had) for name, tags, had in PARTNERS]
    found.sort(key=lambda each: -each[0].total)
    return [
        {
            "name": name,
            "tags": names_of(tags),
            "figures": had,
            "tag_points": as_points(sum(points[:3])),
            "speed": as_points(points.speed),
            "selectivity": as_points(points.selectivity),
            "outcomes": as_points(points.outcomes),
            "total": as_points(points.total),
        }
        for points, name, tags, had in found
    ]
