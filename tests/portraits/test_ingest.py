"""What may enter as a photograph, what is kept of it, and the sentence that answers the rest."""

import io
import struct
import zlib

import numpy
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from portraits import crops, ingest
from portraits.models import Photo
from tests import factories


def refused(name, data):
    with translation.override("fr-ca"), pytest.raises(ValidationError) as refusal:
        ingest.pixels_only(SimpleUploadedFile(name, data))
    return refusal.value.messages[0]


def bomb(width, height):
    """A PNG of one flat colour that weighs almost nothing."""
    row = zlib.compressobj(9)
    data = b"".join(row.compress(b"\0" * (width + 1)) for _ in range(height)) + row.flush()

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


NOT_A_PHOTO = "Ce fichier n’est pas une photo que nous pouvons lire."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.jpg", b""),
        ("photo.jpg", b"une lettre"),
        ("photo.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("photo.jpg", b"<!doctype html><title>x</title>"),
        ("photo.jpg", b"%PDF-1.7"),
        ("photo.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
        ("photo.jpg", factories.picture().read()[:2000]),
    ],
)
def test_what_is_not_a_photo_is_refused(name, data):
    assert refused(name, data).startswith(NOT_A_PHOTO)


def test_a_bomb_is_refused_on_its_header():
    data = bomb(11_300, 11_300)
    assert len(data) < 400_000
    assert "40 mégapixels" in refused("photo.png", data)


def test_a_heavy_file_is_refused():
    assert "25 Mo" in refused("photo.jpg", b"\0" * (ingest.MAX_BYTES + 1))


def test_a_small_picture_is_refused():
    assert "600 pixels" in refused("photo.jpg", factories.picture(size=(400, 900)).read())


def from_a_phone(kind="JPEG"):
    """A landscape frame of a phone held upright: left half red, orientation 6, GPS, author, a comment and XMP."""
    image = Image.new("RGB", (1200, 900), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, 599, 899), fill="red")
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010F] = 6, "CANARI-AUTEUR", "CANARI-APPAREIL"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 30.0, 12.0), 3: "W", 4: (73.0, 33.0, 9.0)})
    out = io.BytesIO()
    options = {"exif": exif.tobytes()}
    if kind == "JPEG":
        options |= {"comment": b"CANARI-COMMENTAIRE", "xmp": b"<x:xmpmeta>CANARI-XMP</x:xmpmeta>"}
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Author", "CANARI-TEXTE")
    image.save(out, kind, **options)
    return SimpleUploadedFile("IMG_0001.jpg", out.getvalue() + b"CANARI-QUEUE<script>")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_pixels_only_and_upright(kind):
    pixels = ingest.pixels_only(from_a_phone(kind))
    assert b"CANARI" not in pixels.data
    with Image.open(io.BytesIO(pixels.data)) as clean:
        assert clean.format == "JPEG"
        assert clean.size == (pixels.width, pixels.height) == (900, 1200)
        assert not clean.getexif()
        assert set(clean.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        top, bottom = clean.getpixel((450, 100)), clean.getpixel((450, 1100))
    assert top[0] > 200 > 60 > top[2]  # red is now above
    assert bottom[2] > 200 > 60 > bottom[0]


def swapped_profile():
    """sRGB with its red and blue primaries exchanged: a picture that ignores it shows blue for red."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = {bytes(profile[at : at + 4]): at + 4 for at in range(132, 132 + 12 * profile[131], 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red : red + 8], profile[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]
    return bytes(profile)


def test_colours_are_moved_to_srgb_before_the_profile_is_dropped():
    out = io.BytesIO()
    Image.new("RGB", (900, 900), (230, 20, 20)).save(out, "JPEG", quality=95, icc_profile=swapped_profile())
    pixels = ingest.pixels_only(SimpleUploadedFile("p.jpg", out.getvalue()))
    with Image.open(io.BytesIO(pixels.data)) as clean:
        red, _, blue = clean.getpixel((450, 450))
        assert blue > 200 > 60 > red
        assert "icc_profile" not in clean.info


def test_a_transparent_cut_out_gets_a_white_ground():
    out = io.BytesIO()
    Image.new("RGBA", (900, 900), (255, 0, 0, 0)).save(out, "PNG")
    pixels = ingest.pixels_only(SimpleUploadedFile("p.png", out.getvalue()))
    with Image.open(io.BytesIO(pixels.data)) as clean:
        assert clean.getpixel((450, 450)) == (255, 255, 255)


@pytest.mark.django_db
def test_a_photo_made_by_code_is_cleaned_too():
    made = Photo.objects.create(title="Serre", file=from_a_phone())
    with made.file.open() as file:
        kept = file.read()
    assert b"CANARI" not in kept
    assert made.file.name.startswith("photos/")
    assert "IMG_0001" not in made.file.name
    with pytest.raises(NotImplementedError):
        _ = made.file.url


# -- crops


@given(
    st.integers(600, 8000),
    st.integers(600, 8000),
    st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(100, 200)),
)
def test_a_crop_is_inside_four_by_five_and_holds_the_eyes(width, height, crop):
    left, top, right, bottom = crops.box(width, height, crop)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert abs((right - left) / (bottom - top) - 0.8) < 0.01
    assert left - 1 <= crop[0] / 100 * width <= right + 1
    assert top - 1 <= crop[1] / 100 * height <= bottom + 1


@pytest.mark.django_db
@pytest.mark.parametrize("extension", ["jpg", "webp"])
@pytest.mark.parametrize("spec", crops.SPECS)
def test_a_crop_has_its_size_its_colour_and_nothing_else(spec, extension):
    photo = factories.photo((200, 40, 40), focus_x=30)
    data = crops.rendition(photo.file.name, photo.sha256, tuple(photo.crop), crops.SPECS[spec], extension)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (crops.SPECS[spec].width, crops.SPECS[spec].height)
        assert not image.getexif()
        assert numpy.allclose(image.convert("RGB").getpixel((50, 50)), (200, 40, 40), atol=6)
    again = crops.rendition(photo.file.name, photo.sha256, tuple(photo.crop), crops.SPECS[spec], extension)
    assert again == data


@pytest.mark.django_db
def test_an_original_that_changed_on_disk_is_not_shown():
    photo = factories.photo((17, 117, 217))  # a colour of its own: crops are kept by the hash of the original
    with open(photo.file.path, "wb") as file:
        file.write(factories.picture((0, 200, 0)).read())
    with pytest.raises(crops.Altered):
        crops.rendition(photo.file.name, photo.sha256, tuple(photo.crop), crops.SPECS["p400"])


def astronaut():
    """A real photograph in the public domain (NASA), with a face whose place is known: eyes near 42 % across, 22 % down."""
    from skimage import data

    out = io.BytesIO()
    Image.fromarray(data.astronaut()).resize((1536, 1536)).save(out, "JPEG", quality=92)
    return SimpleUploadedFile("astronaute.jpg", out.getvalue())


@pytest.mark.django_db
def test_a_real_face_stays_in_every_crop():
    photo = Photo.objects.create(title="Astronaute", file=astronaut(), focus_x=42, focus_y=22, zoom=142)
    left, top, right, bottom = crops.box(photo.width, photo.height, tuple(photo.crop))
    face = (0.33 * 1536, 0.11 * 1536, 0.53 * 1536, 0.36 * 1536)
    assert left <= face[0]
    assert top <= face[1]
    assert right >= face[2]
    assert bottom >= face[3]
