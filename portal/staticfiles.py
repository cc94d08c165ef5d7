"""Front-end packages as static files: exactly those named here, under `npm/<package>/<file>`.

A package's whole folder would bring source maps and stylesheets whose references break the manifest storage.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

WEIGHTS = (400, 500, 600)

PACKAGES: dict[str, tuple[str, ...]] = {
    "@fontsource/ibm-plex-sans": tuple(
        f"files/ibm-plex-sans-{subset}-{weight}-normal.woff2"
        for subset in ("latin", "latin-ext")
        for weight in WEIGHTS
    ),
    "@fontsource/ibm-plex-sans-arabic": tuple(
        f"files/ibm-plex-sans-arabic-arabic-{weight}-normal.woff2" for weight in WEIGHTS
    ),
    "chart.js": ("dist/chart.umd.min.js", "dist/chart.umd.min.js.map"),
    "htmx.org": ("dist/htmx.min.js",),
}


class PackageFinder(BaseFinder):
    """Finds the files of PACKAGES in node_modules; put it into STATICFILES_FINDERS."""

    def __init__(self, app_names: object = None, *args: object, **kwargs: object) -> None:
        modules = Path(settings.BASE_DIR) / "node_modules"
        self.packages = [(_storage(modules / package, package), files) for package, files in PACKAGES.items()]

    def check(self, **kwargs: object) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> list[str] | str:  # type: ignore[override]
        for storage, files in self.packages:
            file = path.removeprefix(f"{storage.prefix}/")
            if file != path and file in files and storage.exists(file):
                return [storage.path(file)] if find_all else storage.path(file)
        return []

    def list(self, ignore_patterns: object) -> Iterator[tuple[str, FileSystemStorage]]:
        for storage, files in self.packages:
            yield from ((file, storage) for file in files)


class PackageStorage(FileSystemStorage):
    """One package's folder; `prefix` is where collectstatic puts its files."""

    prefix: str


def _storage(folder: Path, package: str) -> PackageStorage:
    storage = PackageStorage(location=folder)
    # Without the scope: "@" is escaped in some addresses and not in others, and fonts would be fetched twice.
    storage.prefix = f"npm/{package.rpartition('/')[2]}"
    return storage


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed names and compressed copies, with the imports between our ES modules rewritten as well."""

    support_js_module_import_aggregation = True
