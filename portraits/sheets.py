"""A signed sheet as it comes in: a PDF kept as it is, or a picture of which only the pixels are kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portraits.ingest import pixels_only

MAX_BYTES = 10 * 1024 * 1024
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The bytes that are kept, and what they were checked to be: "pdf" or "jpg"."""

    data: bytes
    extension: str


def read(file) -> Sheet:
    """An uploaded scan, told by its first bytes whatever its name. Raises ValidationError, in the reader's language."""
    if file.size > MAX_BYTES:
        size = number_format(round(file.size / 1024 / 1024, 1))
        raise ValidationError(
            _("This file weighs %(size)s MB; the limit is 10 MB. Scan the sheet in a lower quality.") % {"size": size}
        )
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start.startswith(PDF):
        return Sheet(file.read(), "pdf")
    if start.startswith(PICTURES):
        return Sheet(pixels_only(file).data, "jpg")
    raise ValidationError(
        _("This file is neither a PDF nor a JPEG or PNG picture. Scan the sheet, or take a photo of it.")
    )
