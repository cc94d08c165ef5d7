"""The documentation says what there is: every setting, and nothing that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"node_modules", "var"}
FOLDERS = [
    path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "." and path.name not in SKIPPED
]
OURS = sorted([*ROOT.glob("*.md"), *(text for folder in FOLDERS for text in folder.rglob("*.md"))])

each_text = pytest.mark.parametrize("text", OURS, ids=lambda text: str(text.relative_to(ROOT)))


def test_every_setting_from_the_environment_is_documented() -> None:
    settings = (ROOT / "portal" / "settings.py").read_text()
    names = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', settings)) - {"PORT"}  # bin/run's
    documented = (ROOT / "docs" / "operating.md").read_text()
    assert [name for name in names if f"`{name}`" not in documented] == []


def links(text: Path) -> Iterator[str]:
    content = re.sub(r"```.*?```", "", text.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", content):
        if not target.startswith(("http:", "https:", "mailto:", "#")):
            yield target


@each_text
def test_every_link_leads_somewhere(text: Path) -> None:
    assert [link for link in links(text) if not (text.parent / link.partition("#")[0]).exists()] == []


@each_text
def test_every_file_it_names_exists(text: Path) -> None:
    """`deals/api.py` is a promise; files that are made on the way are none."""
    named = re.findall(r"`([a-z_]+(?:/[\w.-]+)+/?)`", text.read_text())
    ours = [name for name in named if name.split("/")[0] in {folder.name for folder in FOLDERS}]
    assert [name for name in ours if not (ROOT / name).exists()] == []
