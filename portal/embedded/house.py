"""Where everything that changes is kept (VAR_DIR), and which of several commands is in charge of what."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .console import Trouble

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class House:
    """The directory in which everything that changes is kept, and the environment we were called with."""

    var: Path
    environment: Mapping[str, str]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> House:
        var = Path(environment.get("VAR_DIR") or ROOT / "var").resolve()
        try:
            # WhiteNoise complains when there is no directory to serve from, be it an empty one.
            (var / "static").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(
                f"Cannot make {var}: {error.strerror}. Set VAR_DIR to a directory of yours."
            ) from None
        if not os.access(var, os.W_OK):
            raise Trouble(f"Cannot write to {var}. Set VAR_DIR to a directory of yours.")
        return cls(var, environment)

    @property
    def mode(self) -> str:
        return self.environment.get("PORTAL_MODE") or "demo"

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def lease(self, name: str) -> Lease:
        return Lease(self.var / "lock" / f"{name}.json")

    def secret(self, name: str) -> str:
        """A password made up once for this VAR_DIR and kept in a file only its owner can read."""
        known = self._secrets()
        if name not in known:
            known[name] = secrets.token_urlsafe(18)
            write_private(self.var / "passwords.json", json.dumps(known, indent=1))
        return known[name]

    def has_secret(self, name: str) -> bool:
        return name in self._secrets()

    def _secrets(self) -> dict[str, str]:
        path = self.var / "passwords.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}


class Lease:
    """A file locked by whoever runs a thing; its text is for the others. Freed by death, however sudden."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        self.publish(None)
        return True

    def publish(self, content: dict[str, str] | None) -> None:
        self._file.seek(0)
        self._file.truncate()
        if content is not None:
            json.dump(content, self._file)
        self._file.flush()

    def read(self) -> dict[str, str]:
        """What the holder published; empty while it is still starting."""
        self._file.seek(0)
        with suppress(json.JSONDecodeError):
            return dict(json.load(self._file))
        return {}

    def release(self) -> None:
        self.publish(None)
        self._file.close()  # which unlocks

    def leave(self) -> None:
        """Stop looking at somebody else's lease."""
        self._file.close()


def write_private(path: Path, text: str) -> None:
    """Replace the file in one go, readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(unfinished, path)
