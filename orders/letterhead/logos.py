"""Which pictures may be a logo. What a file is, is judged by its content, and it is never kept as it came.

The picture is taken out and written anew, without what else was in the file: places, names, notes, other pages.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from identity.filestore import Store

LOGOS = Store("logos")
LARGEST = 2 * 1024 * 1024  # bytes
SMALLEST_SIDE, LONGEST_SIDE = 16, 6_000  # pixels, as it comes
MOST_PIXELS = 20_000_000
KEPT = (1_200, 600)  # pixels, at most: enough for 60 × 15 mm
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
# What the library raises for a file that is damaged or made to harm.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class LogoRefused(Exception):
    """The file cannot be a logo. `reason` is a sentence for whoever chose it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture, written anew."""

    content: bytes
    media_type: str
    width: int
    height: int


def made_anew(file: IO[bytes], size: int, *, kept: tuple[int, int] = KEPT) -> Logo:
    """The logo in a file of `size` bytes, no larger than `kept` (pixels each way). Raises LogoRefused."""
    if size == 0:
        raise LogoRefused(_("This file is empty."))
    if size > LARGEST:
        raise LogoRefused(_("A logo may have up to 2 MB."))
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a picture of very many pixels in a few bytes is warned of
        try:
            with Image.open(file, formats=tuple(TYPES)) as picture:
                _demand_size(picture)
                return _written(picture, kept)
        except BROKEN as broken:
            raise LogoRefused(_("This is no picture that can be read. Take a PNG or a JPEG.")) from broken
        except Warning as warned:
            raise LogoRefused(_("This picture is damaged. Save it anew, and try again.")) from warned


def _demand_size(picture: Image.Image) -> None:
    """Before anything is unpacked: by what the file says of itself."""
    width, height = picture.size
    if min(width, height) < SMALLEST_SIDE:
        raise LogoRefused(_("This picture is too small: a logo has at least 16 pixels each way."))
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise LogoRefused(_("This picture is too large: a logo has at most 6,000 pixels each way."))


def _written(picture: Image.Image, kept: tuple[int, int]) -> Logo:
    format = "JPEG" if picture.format == "JPEG" else "PNG"
    upright = ImageOps.exif_transpose(picture)
    plain = upright.convert("RGB" if format == "JPEG" else "RGBA")
    plain.thumbnail(kept)
    # Into a picture of its own: nothing that came along with the old one is saved.
    clean = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    out = io.BytesIO()
    if format == "JPEG":
        clean.save(out, format, quality=90)
    else:
        clean.save(out, format, optimize=True)
    return Logo(out.getvalue(), TYPES[format], *clean.size)
