"""The crops of a photograph: every one is 4:5, follows the frozen point of interest, and carries no metadata.

Bytes outside the crop never travel. Files are kept beside the original, by the original's own hash, and are only ever
read behind the gate.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

RATIO = 4 / 5


@dataclass(frozen=True, slots=True)
class Spec:
    """One size, in pixels."""

    width: int
    height: int


SPECS = {
    "p240": Spec(240, 300),
    "p400": Spec(400, 500),
    "p600": Spec(600, 750),
    "p800": Spec(800, 1000),
    "p864": Spec(864, 1080),
    "p1200": Spec(1200, 1500),
}
PRINT = Spec(2400, 3000)
TYPES = {"jpg": ("JPEG", "image/jpeg", {"quality": 84}), "webp": ("WEBP", "image/webp", {"quality": 80, "method": 4})}


def box(width: int, height: int, crop: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """The 4:5 window (left, top, right, bottom; pixels) around the point of interest, inside the picture.

    `crop` is focus across, focus down and zoom, in percents. The eyes stand at 40 % of the window's height.
    """
    across, down, zoom = crop
    window = min(width, height * RATIO) * 100 / zoom
    tall = window / RATIO
    left = min(max(across / 100 * width - window / 2, 0), width - window)
    top = min(max(down / 100 * height - tall * 0.4, 0), height - tall)
    return round(left), round(top), round(left + window), round(top + tall)


class Altered(Exception):
    """The stored original is not the one that was consented to."""


def folder(digest: str) -> str:
    """Where the crops of one original lie, in the private storage."""
    return f"crops/{digest[:32]}"


def rendition(name: str, digest: str, crop: tuple[int, int, int], spec: Spec, extension: str = "jpg") -> bytes:
    """The bytes of one crop, made once. Raises Altered when the original's hash is not `digest`, OSError when it is gone."""
    framing = "-".join(map(str, crop))
    kept = f"{folder(digest)}/{framing}-{spec.width}.{extension}"
    if default_storage.exists(kept):
        with default_storage.open(kept) as file:
            return file.read()
    with default_storage.open(name) as file:
        original = file.read()
    if sha256(original).hexdigest() != digest:
        raise Altered(name)
    with Image.open(io.BytesIO(original)) as image:
        window, full = box(*image.size, crop), image.width
        image.draft("RGB", (spec.width * 2, spec.height * 2))  # decodes at a reduced size: four times faster
        scale = image.width / full
        cut = image.convert("RGB").resize(
            (spec.width, spec.height), Image.Resampling.LANCZOS, box=tuple(edge * scale for edge in window)
        )
    data = _encode(cut, extension)
    default_storage.save(kept, ContentFile(data))
    return data


def placeholder(spec: Spec, extension: str = "jpg") -> bytes:
    """A neutral picture of the same size, for mails already received: the borough's mark on grey, nobody."""
    image = Image.new("RGB", (spec.width, spec.height), "#e4e3de")
    side = spec.width * 0.28
    left, top, step = (spec.width - side) / 2, (spec.height - side) / 2, side / 4
    stairs = [(left, top + side)]
    for i in range(4):
        stairs += [(left + i * step, top + (3 - i) * step), (left + (i + 1) * step, top + (3 - i) * step)]
    ImageDraw.Draw(image).polygon([*stairs, (left + side, top + side)], fill="#bdbbb2")
    return _encode(image, extension)


def _encode(image: Image.Image, extension: str) -> bytes:
    kind, _, options = TYPES[extension]
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
