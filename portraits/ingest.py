"""Nothing but pixels enters: a photograph turned upright, moved to sRGB, every block of metadata dropped, originals included.

Limits are checked on the header, before a single pixel is decoded: a 372 KB PNG of 127 megapixels would take 600 MB.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from hashlib import sha256

import pillow_heif
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 600
TWELVE = 12_600_000  # pixels: what telephones call 12 megapixels (4032 × 3024, 4080 × 3072)
LEAST_ATTACHED = 200  # pixels: the shorter side of a photo that nobody will publish
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
QUALITY = 92
Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # Pillow's own guard, for whatever else opens a picture in this process


@dataclass(frozen=True, slots=True)
class Pixels:
    """A clean JPEG and what the Photo keeps of it."""

    data: bytes
    sha256: str
    width: int
    height: int


def pixels_only(file, *, most: int = MAX_PIXELS, least: int = MIN_SIDE) -> Pixels:
    """A clean copy of an uploaded file. Raises ValidationError, in the reader's language, when it cannot be a portrait: it has
    more than `most` pixels, or its shorter side less than `least`."""
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("This file weighs %(size)s MB; the limit is 25 MB. Export the photo smaller and try again.")
            % {"size": number_format(round(file.size / 1024 / 1024, 1))}
        )
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as source:
            _measure(*source.size, most=most, least=least)
            upright = ImageOps.exif_transpose(source)
            profile = source.info.get("icc_profile")
            upright.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_too_many_pixels(most)) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValidationError(
            _(
                "This file is not a photo that we can read. Use a JPEG, PNG, WebP or HEIC picture that opens on your screen."
            )
        ) from error
    flat = _flatten(_to_srgb(upright, profile))
    out = io.BytesIO()
    flat.save(
        out, "JPEG", quality=QUALITY, optimize=True
    )  # a new image: no .info to carry a comment, EXIF or profile along
    data = out.getvalue()
    return Pixels(data, sha256(data).hexdigest(), *flat.size)


def attached(file) -> bytes:
    """The clean bytes of a photo that goes with kind words: what telephones call twelve megapixels at most. Raises ValidationError."""
    return pixels_only(file, most=TWELVE, least=LEAST_ATTACHED).data


def _too_many_pixels(most: int) -> str:
    return _("This picture has more than %(count)s megapixels. Export it smaller and try again.") % {
        "count": most // 1_000_000
    }


def _measure(width: int, height: int, *, most: int, least: int) -> None:
    if width * height > most:
        raise ValidationError(_too_many_pixels(most))
    if min(width, height) < least:
        raise ValidationError(
            _(
                "This picture is too small (%(width)s × %(height)s). Its shorter side must have at least %(least)s pixels."
            )
            % {"width": width, "height": height, "least": least}
        )


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Dropping a wide-gamut profile unconverted would shift skin tones; a broken profile is ignored."""
    if profile and image.mode in {"RGB", "RGBA", "L", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGBA" if image.mode == "RGBA" else "RGB"
            )
        except (OSError, ImageCms.PyCMSError):
            return image
    return image


def _flatten(image: Image.Image) -> Image.Image:
    clean = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        clean.paste(image, mask=image.getchannel("A"))
    else:
        clean.paste(image.convert("RGB"))
    return clean
