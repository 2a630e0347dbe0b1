"""The poster as paper and as pixels: what is read off the sheet, what must never be on it."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from PIL import Image, ImageDraw
from pypdf import PdfReader

from portraits import compose, gate
from portraits.bandeau import bandeau
from portraits.brand import Brand
from portraits.models import Photo
from portraits.renderings import CannotRender
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BRAND = Brand("Arrondissement", "des Érables", "cone", "Bureau des accords", "https://merci.erables.example")
URL = "https://merci.erables.example/a/k3f9x2ab/"
FACE = (255, 0, 255)


def file(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, **options)
    return SimpleUploadedFile("photo.jpg", out.getvalue())


def sitter():
    """A picture of exactly 4:5 whose « face », hair to chin, fills 20–62 % of the height and 30–70 % of the width."""
    image = Image.new("RGB", (960, 1200), (60, 120, 90))
    ImageDraw.Draw(image).rectangle((288, 240, 671, 743), fill=FACE)
    return Photo.objects.create(title="Serre", file=file(image), focus_x=50, focus_y=40)


def capsule(**fields):
    """What the gate hands out for posters, with some fields changed."""
    factories.shown(Usage.AFFICHE, photo=sitter())
    return replace(gate.capsules(Usage.AFFICHE, at=timezone.now())[0], **fields)


def make(shown, brand=BRAND, **options):
    values = {"size": "letter", "url": URL, "remove_by": date(2027, 6, 30), "copy_label": "lot 12", **options}
    with translation.override("fr-ca"):
        return compose.poster(shown, brand, **values)


def words(pdf):
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text()


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@pytest.mark.parametrize(("size", "points"), [("letter", (612, 792)), ("tabloid", (792, 1224))])
def test_one_page_at_its_real_size_with_our_own_faces_inside(size, points):
    reader = PdfReader(io.BytesIO(make(capsule(), size=size)))
    (page,) = reader.pages
    assert (page.mediabox.width, page.mediabox.height) == points
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert len(fonts) == 5
    for font in fonts:
        (below,) = font["/DescendantFonts"]
        descriptor = below.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "Affiche" in descriptor["/FontName"]


def test_the_words_are_all_there_in_french():
    read = words(make(capsule()))
    for expected in (
        "Je travaille\npour vous\u202f!",
        "Nadia",
        "Horticultrice, équipe des parcs",
        "Arrondissement\ndes Érables",
        "merci.erables.example/a/k3f9x2ab\n",
        "À décrocher le 30\xa0juin 2027 · lot 12",
    ):
        assert expected in read


def test_it_can_be_heard():
    """Tagged, titled, in its language, with a description of each picture."""
    pdf = make(capsule())
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr-CA"
    assert reader.metadata.title == "Je travaille pour vous\u202f! Nadia"
    alts = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            alts.extend([node["/Alt"]] if "/Alt" in node else [])
            walk(node.get("/K", []))

    walk(root["/StructTreeRoot"]["/K"])
    assert alts == [
        "Nadia, en salopette verte, sourit entre les rangs de la serre.",
        "Code QR vers merci.erables.example/a/k3f9x2ab",
    ]


@pytest.mark.parametrize("size", ["letter", "tabloid"])
def test_a_telephone_reads_the_code(size, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(make(capsule(), size=size))
    subprocess.run(["pdftoppm", "-r", "100", "-png", "-singlefile", path, tmp_path / "sheet"], check=True)
    text, _points, _code = cv2.QRCodeDetectorAruco().detectAndDecode(cv2.imread(str(tmp_path / "sheet.png")))
    assert text == URL


def test_the_same_capsule_gives_the_same_bytes():
    shown = capsule()
    first = make(shown), make(shown, form="png")
    factories.draw_anew()
    assert (make(shown), make(shown, form="png")) == first
    dated = PdfReader(io.BytesIO(make(shown))).metadata.creation_date
    assert dated == shown.frozen_at.replace(microsecond=0)


def test_nothing_of_the_camera_nor_of_the_file_is_printed():
    exif = Image.Exif()
    exif[0x013B] = "Camille Tremblay"  # Artist
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 32.0, 10.0), 3: "W", 4: (73.0, 35.0, 50.0)})
    image = Image.new("RGB", (900, 1200), (200, 40, 40))
    taken = Photo.objects.create(title="Chez Camille", file=file(image, exif=exif.tobytes(), comment=b"Camille"))
    factories.shown(Usage.AFFICHE, photo=taken)
    pdf = make(gate.capsules(Usage.AFFICHE, at=timezone.now())[0])
    streams = [
        obj.get_data()
        for obj in (PdfReader(io.BytesIO(pdf)).get_object(number) for number in range(1, 400))
        if hasattr(obj, "get_data")
    ]
    assert any(b"<x:xmpmeta" in stream or b"<rdf:RDF" in stream for stream in streams)  # they were really read
    for bytes_ in (pdf, *streams):
        assert not re.search(rb"Camille|Tremblay|Exif\x00|GPS|/tmp/|affiche-[a-z0-9_]{8}", bytes_)


@pytest.mark.parametrize("size", ["letter", "tabloid"])
@pytest.mark.parametrize(
    ("fields", "least"),
    [
        ({}, {"letter": 0.63, "tabloid": 0.8}),
        ({"first_name": "Marie-Antoinette-X", "job": "W" * 40}, {"letter": 0.63, "tabloid": 0.8}),
        (
            {"first_name": "Jean-Philippe", "job": "Préposé à l’entretien et à la propreté 3e"},
            {"letter": 0.63, "tabloid": 0.8},
        ),
        ({"bandeau": bandeau("fr-ca", "Bernadette"), "partner_name": "Bernadette"}, {"letter": 0.52, "tabloid": 0.6}),
        ({"bandeau": bandeau("en", "Peggy"), "language": "en"}, {"letter": 0.5, "tabloid": 0.6}),
    ],
)
def test_the_photo_is_big_and_nothing_lies_on_the_face(fields, least, size):
    """The face is found whole: full inside its rectangle, and of its own proportions."""
    sheet = pixels(make(capsule(**fields), size=size, form="png"))
    face = abs(sheet - FACE).sum(axis=2) < 60
    rows, columns = np.flatnonzero(face.any(axis=1)), np.flatnonzero(face.any(axis=0))
    tall, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    assert face[rows[0] + 2 : rows[-1] - 1, columns[0] + 2 : columns[-1] - 1].all()
    assert wide / tall == pytest.approx(384 / 504, rel=0.02)
    assert wide / 0.4 / sheet.shape[1] >= least[size]


@pytest.mark.parametrize("size", ["letter", "tabloid"])
@pytest.mark.parametrize("job", ["W" * 40, "Chargée de projets en aménagement, équipe", "Horticulteur"])
def test_long_words_stay_on_the_plate(job, size):
    """No word runs off the plate, which leaves a tenth of the sheet free at least."""
    points = compose.SIZES[size][0]
    sheet = make(capsule(first_name="Marie-Antoinette-X", job=job), size=size)
    command = ["pdftotext", "-bbox", "-", "-"]
    boxes = subprocess.run(command, input=sheet, capture_output=True, check=True).stdout.decode()
    ends = [
        float(right)
        for right, text in re.findall(r'xMax="([\d.]+)"[^>]*>([^<]+)<', boxes)
        if text in {*job.split(), "Marie-Antoinette-X"}
    ]
    assert len(ends) >= 2
    assert max(ends) <= points * 0.75


def test_two_people_each_have_their_picture_and_their_name():
    ousmane, morris = factories.person("Ousmane"), factories.person("Morris", kind="resident")
    factories.shown(
        Usage.AFFICHE,
        first_name="Ousmane",
        people=[ousmane, morris],
        colour=(20, 60, 200),
        partner_name="Morris",
        partner_photo=factories.photo((200, 200, 40)),
        partner_alt="Morris, lunettes rondes, sur son balcon.",
    )
    shown = gate.capsules(Usage.AFFICHE, at=timezone.now())[0]
    for size in compose.SIZES:
        sheet = pixels(make(shown, size=size, form="png"))
        row = sheet[round(sheet.shape[0] * 0.62)]
        left, right = row[: len(row) // 2 - 60], row[len(row) // 2 + 60 :]
        assert (abs(left - (20, 60, 200)).sum(axis=1) < 40).all()
        assert (abs(right - (200, 200, 40)).sum(axis=1) < 40).all()
    read = words(make(shown))
    assert "Je travaille\npour vous…\nMorris\u202f!" in read
    assert read.count("Morris") == 2


def test_a_letter_that_we_do_not_have_is_named_and_nothing_is_printed():
    shown = capsule()
    with pytest.raises(CannotRender, match=r"^Le caractère «\u00a0ọ\u00a0» \(dans «\u00a0Ngọc\u00a0»\)"):
        make(replace(shown, first_name="Ngọc"))
    with pytest.raises(CannotRender, match="🌻"):
        make(replace(shown, job="Horticultrice 🌻"))
    with pytest.raises(CannotRender, match=r"U\+202E"):
        make(replace(shown, first_name="Na\u202edia"))
    with pytest.raises(CannotRender, match="美"):
        make(shown, replace(BRAND, second_line="美"))


def test_an_accent_typed_in_two_pieces_is_no_missing_letter():
    assert "Réjean" in words(make(capsule(first_name="Re\u0301jean")))


def test_a_name_that_the_brush_cannot_paint_changes_the_whole_slogan():
    shown = capsule(bandeau=bandeau("fr-ca", "Łukasz"), partner_name="Łukasz")
    pdf = make(shown)
    assert b"AfficheSlogan" not in pdf
    assert "Łukasz\u202f!" in words(pdf)


@pytest.mark.parametrize(
    "hostile", ['#read("/etc/passwd")', '"+read("/etc/passwd")+"', "$#sys.inputs$ *a* @b", "\\u{41}<x>`y`"]
)
def test_what_looks_like_code_is_printed_as_text(hostile):
    read = words(make(capsule(job=hostile, language="en"))).replace("\n", " ")
    straight = read.translate(dict.fromkeys(map(ord, "“”‘’"), '"'))
    assert hostile in straight
    assert "root:" not in read


@pytest.mark.parametrize("name", sorted(path.name for path in compose.HERE.glob("*.typ")))
def test_the_templates_reach_for_nothing_outside(name):
    source = (compose.HERE / name).read_text()
    assert "@" not in source
    assert not re.search(r"#?\b(import|include|read|plugin|eval)\b\s*[(\"]", source)


@pytest.mark.parametrize("edition", sorted(compose.COLOURS))
def test_each_edition_has_its_flat_colour(edition):
    sheet = pixels(make(capsule(), replace(BRAND, edition=edition), form="png"))
    assert tuple(sheet[4, 4]) == tuple(bytes.fromhex(compose.COLOURS[edition][1:]))


def test_the_colours_are_those_of_the_screens(settings):
    sheet = (settings.BASE_DIR / "static/css/jtpv.css").read_text()
    assert dict(re.findall(r"\[data-edition=(\w+)\]\{--edition:(#\w{6})", sheet)) == compose.COLOURS


def test_a_draft_without_a_photo_is_told_so():
    shown = capsule()
    with pytest.raises(CannotRender, match="photo"):
        make(replace(shown, picture=replace(shown.picture, shown=None)))
