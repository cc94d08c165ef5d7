"""Watched folders and buckets: files that are put there are taken, each once, and put away when they are seen to.

A place has three parts: `incoming/`, `done/` and `failed/`. A file is called after its feed: `parts-2026-12.csv`. It
stays in `incoming/` until its delivery is loaded (then it goes to `done/`) or cannot be (then to `failed/`, with what
is wrong beside it). Which files were taken stands in the database: so several workers, or one that is killed at any
moment, take each once.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from identity import tenancy
from identity.actors import Actor

from .actions import FILES, receive
from .declared import Feed, FeedNotFound, feed_of, feeds
from .flaws import all_flaws, as_csv
from .models import Delivery, FolderFile, Source, Status
from .sentences import told

log = logging.getLogger(__name__)

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
MARKER = ".done"
WATCHED_FOLDER = "watched folder"  # how the audit trail calls who brought a file
DONE = (Status.LOADED, Status.UNCHANGED)
FAILED = (Status.NEEDS_MAPPING, Status.INVALID, Status.REFUSED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that lies in a place. `mark` tells it from any other file that lay or will lie there by that name."""

    name: str
    mark: str
    size: int


class Place(ABC):
    """Somewhere files are put."""

    source: Source

    @abstractmethod
    def incoming(self, now: datetime) -> Iterator[Found]:
        """What lies there, whole."""

    @abstractmethod
    def fetch(self, found: Found, into: IO[bytes]) -> None:
        """Copy the file. Raises FileNotFoundError when it is gone."""

    @abstractmethod
    def put_away(self, name: str, where: str, beside: bytes | None) -> None:
        """Move a file to `where` ("done" or "failed"), with a file of errors beside it. Gone already: that is fine."""


def places() -> Iterator[Place]:
    """Where the settings say that files come in."""
    if settings.FEEDS_FOLDER:
        yield Folder(Path(settings.FEEDS_FOLDER))
    if settings.FEEDS_S3_BUCKET:
        yield Bucket()


def look_into_places(*, now: datetime) -> int:
    """Take what is new, and put away what was seen to; returns how many files were taken."""
    taken = 0
    for place in places():
        try:
            taken += sum(_take(place, found, now=now) for found in place.incoming(now))
            _put_away(place, now=now)
        except Exception:
            log.exception("A watched place could not be looked into: %r", place)
    return taken


def feed_for(name: str) -> Feed:
    """The feed a file is for, by its name: the key, and a hyphen or the suffix. Raises FeedNotFound."""
    stem = PurePath(name).stem.lower()
    for feed in sorted(feeds(), key=lambda feed: -len(feed.key)):
        if stem == feed.key or stem.startswith((f"{feed.key}-", f"{feed.key}_")):
            return feed
    raise FeedNotFound(name)


# ------------------------------------------------------------------------------------------ taking


def _take(place: Place, found: Found, *, now: datetime) -> bool:
    """Make a delivery of a file, unless that was done."""
    with tenancy.as_system():
        if FolderFile.objects.filter(place=found.mark).exists():
            return False
    try:
        feed = feed_for(found.name)
    except FeedNotFound:
        return _not_ours(place, found, now=now)
    if found.size > settings.FEEDS_LARGEST:
        place.put_away(found.name, "failed", _("This file is larger than the portal takes.").encode())
        return False
    with tempfile.TemporaryFile() as copy:
        try:
            place.fetch(found, copy)
        except FileNotFoundError:
            return False  # another worker was quicker, and has put it away
        return _deliver(place, found, feed, copy, now=now)


def _deliver(place: Place, found: Found, feed: Feed, copy: IO[bytes], *, now: datetime) -> bool:
    try:
        with tenancy.as_system():
            taken = FolderFile(place=found.mark, name=found.name, taken_at=now)
            taken.save()  # whoever comes second waits here for the first, and then finds it taken
            taken.delivery = receive(
                feed,
                file=copy,
                name=found.name,
                complete="-complete" in found.name.lower(),
                source=place.source,
                by=_watcher(),
                now=now,
            )
            taken.save(update_fields=["delivery"])
    except IntegrityError:
        return False
    return True


def _watcher() -> Actor:
    return replace(Actor.system(), name=WATCHED_FOLDER)


def _not_ours(place: Place, found: Found, *, now: datetime) -> bool:
    """A name that no feed has: put away at once, with a word about it."""
    keys = ", ".join(feed.key for feed in feeds())
    word = _("The name of a file begins with the key of its feed: %(keys)s.") % {"keys": keys}
    place.put_away(found.name, "failed", word.encode())
    return False


# ------------------------------------------------------------------------------------------ putting away


def _put_away(place: Place, *, now: datetime) -> None:
    with tenancy.as_system():
        lying = FolderFile.objects.filter(filed_at=None, delivery__source=place.source)
        seen_to = lying.filter(delivery__status__in=(*DONE, *FAILED)).select_related("delivery")
        for file in seen_to.select_for_update(skip_locked=True, of=("self",))[:100]:
            delivery = file.delivery
            assert delivery is not None, "by the filter"
            where = "done" if delivery.status in DONE else "failed"
            place.put_away(file.name, where, None if where == "done" else what_is_wrong(delivery))
            file.filed_at = now
            file.save(update_fields=["filed_at"])


def what_is_wrong(delivery: Delivery) -> bytes:
    """The error file, or the reason where there is none."""
    try:
        feed = feed_of(delivery.feed)
    except FeedNotFound:
        feed = None
    if delivery.error_file:
        return b"".join(as_csv(all_flaws(feed, FILES.path_of(delivery.error_file))))
    if delivery.problem:
        return told(delivery.problem["words"]).encode()
    if delivery.questions:
        return _("Columns are to be matched on the delivery's page.").encode()
    return str(delivery.get_status_display()).encode()


# ------------------------------------------------------------------------------------------ a folder


class Folder(Place):
    source = Source.FOLDER

    def __init__(self, path: Path) -> None:
        self.path = path
        for part in ("incoming", "done", "failed"):
            (path / part).mkdir(parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"folder {self.path}"

    def incoming(self, now: datetime) -> Iterator[Found]:
        for entry in sorted(os.scandir(self.path / "incoming"), key=lambda entry: entry.name):
            if entry.name.startswith(".") or not entry.name.lower().endswith(SUFFIXES):
                continue
            try:
                if entry.is_file(follow_symlinks=False) and self._is_whole(entry):
                    yield self._found(entry)
            except FileNotFoundError:
                continue

    def _is_whole(self, entry: os.DirEntry[str]) -> bool:
        """Nobody has written to it for a while, or a file beside it says that it is done."""
        if Path(entry.path + MARKER).exists():
            return True
        status = entry.stat(follow_symlinks=False)
        # The change time as well: tools that copy set the other one back.
        age = timezone.now().timestamp() - max(status.st_mtime, status.st_ctime)
        return age >= settings.FEEDS_STILL_SECONDS

    def _found(self, entry: os.DirEntry[str]) -> Found:
        status = entry.stat(follow_symlinks=False)
        mark = f"{entry.name}|{status.st_size}|{status.st_mtime_ns}|{status.st_ctime_ns}|{status.st_ino}"
        return Found(entry.name, f"{self.source}:{mark}"[-500:], status.st_size)

    def fetch(self, found: Found, into: IO[bytes]) -> None:
        with (self.path / "incoming" / found.name).open("rb") as file:
            shutil.copyfileobj(file, into, 1024 * 1024)

    def put_away(self, name: str, where: str, beside: bytes | None) -> None:
        target = self._free(self.path / where / name)
        if beside is not None:
            target.with_name(target.name + ".errors.csv").write_bytes(beside)
        source = self.path / "incoming" / name
        Path(f"{source}{MARKER}").unlink(missing_ok=True)
        try:
            source.replace(target)
        except FileNotFoundError:
            log.warning("%s was taken from the folder by somebody else.", name)

    @staticmethod
    def _free(target: Path) -> Path:
        """A name that nothing has: what was put away before stays."""
        if not target.exists():
            return target
        stamp = timezone.now().strftime("%Y%m%d-%H%M%S-%f")
        return target.with_name(f"{target.stem}.{stamp}{target.suffix}")


# ------------------------------------------------------------------------------------------ a bucket


class Bucket(Place):
    source = Source.BUCKET

    def __init__(self) -> None:
        self.name = settings.FEEDS_S3_BUCKET
        prefix = settings.FEEDS_S3_PREFIX.strip("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self.client = _client()

    def __repr__(self) -> str:
        return f"bucket {self.name}"

    def incoming(self, now: datetime) -> Iterator[Found]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=f"{self.prefix}incoming/"
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                name = entry["Key"].removeprefix(f"{self.prefix}incoming/")
                if "/" in name or not name.lower().endswith(SUFFIXES):
                    continue
                mark = f"{self.source}:{name}|{entry['ETag']}|{entry['LastModified'].isoformat()}"
                yield Found(name, mark[-500:], entry["Size"])

    def fetch(self, found: Found, into: IO[bytes]) -> None:
        try:
            self.client.download_fileobj(self.name, self._key("incoming", found.name), into)
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                raise FileNotFoundError(found.name) from None
            raise

    def put_away(self, name: str, where: str, beside: bytes | None) -> None:
        source = self._key("incoming", name)
        stamp = timezone.now().strftime("%Y%m%d-%H%M%S-%f")
        target = self._key(where, f"{stamp}-{name}")
        try:
            self.client.copy_object(
                Bucket=self.name, Key=target, CopySource={"Bucket": self.name, "Key": source}
            )
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            log.warning("%s was taken from the bucket by somebody else.", name)
            return
        if beside is not None:
            self.client.put_object(Bucket=self.name, Key=f"{target}.errors.csv", Body=beside)
        self.client.delete_object(Bucket=self.name, Key=source)

    def _key(self, where: str, name: str) -> str:
        return f"{self.prefix}{where}/{name}"


def _client() -> Any:
    import boto3  # type: ignore[import-untyped]  # slow to import, and hardly ever needed
    from botocore.config import Config  # type: ignore[import-untyped]

    return boto3.client(
        "s3",
        endpoint_url=settings.FEEDS_S3_URL or None,
        region_name=settings.FEEDS_S3_REGION,
        aws_access_key_id=settings.FEEDS_S3_KEY or None,
        aws_secret_access_key=settings.FEEDS_S3_SECRET or None,
        config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 2}),
    )
