"""A LibreOffice for the tests, to open the workbooks that we write: the one installed, or one installed now."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .console import Trouble, step

NAMES = ("soffice", "libreoffice", "localc")
#: Without windows, Java or help: all that a spreadsheet needs to be opened and written again.
PACKAGE = "libreoffice-calc-nogui"


def office() -> Path:
    """The path of a LibreOffice; raises Trouble with what to do when there is none."""
    found = _installed() or _install_with_apt()
    if found is None:
        raise Trouble(
            "The tests open workbooks in LibreOffice, and none could be found or installed.\n"
            f"Install one (on Debian: apt-get install --no-install-recommends {PACKAGE})."
        )
    return found


def _installed() -> Path | None:
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def _install_with_apt() -> Path | None:
    if not can_install():
        return None
    # Another test may be installing it at this moment: it is waited for.
    wait = "DPkg::Lock::Timeout=300"
    install = ["apt-get", "install", "-y", "-qq", "-o", wait, "--no-install-recommends", PACKAGE]
    quiet = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    with step("installing LibreOffice Calc with apt-get"):
        for command in (install, ["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=quiet, capture_output=True, stdin=subprocess.DEVNULL)
            if found := _installed():
                return found
    return None


def can_install() -> bool:
    """Whether this machine is one on which we install what is missing."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def as_csv(workbook: Path, directory: Path) -> Path:
    """The first sheet of a workbook as LibreOffice understands it, as UTF-8 CSV with what its cells hold."""
    profile = directory / "profile"  # of its own: two at once would share one, and one of them do nothing
    command = [
        str(office()), f"-env:UserInstallation=file://{profile}", "--headless", "--norestore",
        "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1",
        "--outdir", str(directory), str(workbook),
    ]  # fmt: skip
    home = dict(os.environ) | {"HOME": str(directory)}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, env=home, stdin=subprocess.DEVNULL
    )
    found = next(directory.glob(f"{workbook.stem}*.csv"), None)
    if found is None:
        raise Trouble(f"LibreOffice did not open {workbook.name}: {done.stdout} {done.stderr}")
    return found
