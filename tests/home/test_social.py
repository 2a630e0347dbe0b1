"""The image for social networks: one flat colour, the face, the slogan; nothing of the camera, the same bytes each time."""

import base64
import io
import struct
from dataclasses import replace

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from portraits import compose, gate, renderings
from portraits.bandeau import bandeau
from portraits.brand import Brand
from portraits.renderings import CannotRender
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BRAND = Brand("Arrondissement", "des Érables", "piscine", "Bureau des accords", "https://merci.erables.example")
COLOUR = (200, 40, 40)


def capsule(**fields):
    factories.shown(Usage.SOCIAL, colour=COLOUR)
    return replace(gate.capsules(Usage.SOCIAL, at=timezone.now())[0], **fields)


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def chunks(png):
    """The names of the pieces that a PNG is made of."""
    at, found = 8, []
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        found.append(name.decode())
        at += 12 + length
    return found


def test_upright_4_5_and_the_same_bytes_each_time():
    shown = capsule()
    made = compose.social(shown, BRAND)
    assert Image.open(io.BytesIO(made)).size == (1080, 1350)
    factories.draw_anew()
    assert made == compose.social(shown, BRAND)


def test_it_carries_pixels_and_nothing_else():
    assert set(chunks(compose.social(capsule(), BRAND))) <= {"IHDR", "PLTE", "IDAT", "IEND", "pHYs", "sRGB", "gAMA"}


def test_the_photo_fills_most_of_it_on_one_flat_colour():
    made = pixels(compose.social(capsule(), BRAND))
    flat = tuple(bytes.fromhex(compose.COLOURS["piscine"][1:]))
    assert tuple(made[4, 4]) == tuple(made[-4, 4]) == flat
    face = abs(made[:860] - COLOUR).sum(axis=2) < 30
    assert face.sum() / face.size > 0.72
    assert face[:860, 300:].all()  # nothing lies on the face


@pytest.mark.parametrize(
    "fields",
    [
        {"first_name": "Marie-Antoinette-X", "job": "Chargée de projets en aménagement, équipe"},
        {"first_name": "Réjean", "job": ""},
        {"bandeau": bandeau("fr-ca", "Bernadette"), "partner_name": "Bernadette"},
        {"bandeau": bandeau("en", "Łukasz"), "language": "en"},
    ],
)
def test_no_word_touches_the_edge(fields):
    made = pixels(compose.social(capsule(**fields), BRAND))
    flat = tuple(bytes.fromhex(compose.COLOURS["piscine"][1:]))
    for edge in (made[1130:, 2], made[1130:, -3], made[-3]):
        assert (abs(edge - flat).sum(axis=1) < 12).all()


def test_two_people_share_it():
    people = [factories.person("Ousmane"), factories.person("Morris", kind="resident")]
    factories.shown(
        Usage.SOCIAL,
        first_name="Ousmane",
        people=people,
        colour=(20, 60, 200),
        partner_name="Morris",
        partner_photo=factories.photo((200, 200, 40)),
        partner_alt="Morris, sur son balcon.",
    )
    (shown,) = gate.capsules(Usage.SOCIAL, at=timezone.now())
    row = pixels(compose.social(shown, BRAND))[500]
    assert (abs(row[:480] - (20, 60, 200)).sum(axis=1) < 40).all()
    assert (abs(row[-480:] - (200, 200, 40)).sum(axis=1) < 40).all()


def test_a_missing_letter_or_photo_is_said_before_anybody_is_asked():
    shown = capsule()
    with pytest.raises(CannotRender, match="ọ"):
        compose.social(replace(shown, first_name="Ngọc"), BRAND)
    with pytest.raises(CannotRender):
        compose.social(replace(shown, picture=replace(shown.picture, shown=None)), BRAND)


def test_the_person_is_shown_the_very_image():
    shown = capsule()
    rendering = renderings.render(Usage.SOCIAL, shown)
    assert (rendering.content_type, rendering.shape) == ("image/png", "post")
    assert rendering.sha256 == renderings.render(Usage.SOCIAL, shown).sha256


def test_a_public_place_is_one_yes_for_the_slide_and_the_sheet():
    """Both are on the page that the person sees, to the pixel."""
    factories.shown(Usage.VITRINE, Usage.AFFICHE, Usage.ECRAN)
    (shown,) = gate.capsules(Usage.VITRINE, at=timezone.now())
    page = renderings.render(Usage.VITRINE, shown)
    sheet = base64.b64encode(renderings.render(Usage.AFFICHE, shown).body).decode()
    assert page.shape == "page"
    assert f"data:image/png;base64,{sheet}" in page.body.decode()
    slide = renderings.render(Usage.ECRAN, shown).body.decode()
    start, end = slide.index("<article"), slide.index("</article>")
    assert slide[start:end] in page.body.decode()
