"""The poster of kind words as paper: whole or cut after a sentence, large enough, every word on the sheet."""

import io
import re
import subprocess

import cv2
import numpy as np
import pytest
from django.utils import translation
from pypdf import PdfReader

from portraits import compose
from portraits.capsule import Quote
from portraits.excerpt import CUT
from portraits.renderings import CannotRender
from tests import factories
from tests.portraits.test_compose import BRAND, URL, pixels, words

pytestmark = pytest.mark.one_database
KIND = (
    "Nadia a pris dix minutes pour expliquer à mon fils comment on plante un arbre. Il veut maintenant être jardinière."
)
LONG = KIND + " Nous repasserons au printemps avec toute la classe de première année, c’est promis."
NAMES = ("Marie-Wilhelmine-W", "Jean-Philippe", "Stéphanie")
SIGNED = "Marie-Wilhelmine-Wilhelmine, Sainte-Anne-de-la-Pérade-du-Vieux-Moulin"


def quote(text=KIND, *, signature="Huguette, Les Érables", to=("Nadia",), language="fr-ca", **more):
    about = {"team": "", "where": "Parc des Tilleuls", "when": "12 novembre 2026", "source": "", **more}
    return Quote.of(
        {"text": [text], "signature": signature, "to": to, "language": language, **about},
        **dict.fromkeys(("key", "version", "across", "fingerprint"), 1),
    )


def make(shown, **options):
    values = {"size": "letter", "url": URL, "remove_by": None, "copy_label": "lot 12", **options}
    with translation.override("fr-ca"):
        return compose.kind_words(shown, BRAND, **values)


def boxes(pdf):
    """Every word of a sheet with its box: (left, top, right, bottom), in points."""
    command = ["pdftotext", "-bbox", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    pattern = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]+)<'
    return [(text, tuple(map(float, box))) for *box, text in re.findall(pattern, found)]


def test_the_words_are_all_there_in_french():
    read = " ".join(words(make(quote())).split())
    for expected in (
        "Merci !",
        "«" + KIND,
        "Huguette, Les Érables · Parc des Tilleuls · 12 novembre 2026",
        "Pour Nadia",
    ):
        assert expected in read.replace("\u202f", " ").replace("\xa0", " ")
    assert "merci.erables.example/a/k3f9x2ab" in read


def test_it_can_be_heard():
    reader = PdfReader(io.BytesIO(make(quote())))
    assert reader.metadata.title == "Merci\u202f! Pour Nadia"
    assert reader.trailer["/Root"]["/Lang"] == "fr-CA"
    assert PdfReader(io.BytesIO(make(quote(language="en")))).trailer["/Root"]["/Lang"] == "en-CA"


def test_long_words_are_cut_after_a_sentence():
    read = " ".join(words(make(quote(LONG))).split())
    assert KIND + CUT in read
    assert "printemps" not in read
    with pytest.raises(CannotRender, match="trop longue"):
        make(quote("pour ce que vous faites chaque jour " * 6))


@pytest.mark.parametrize("size", ["letter", "tabloid"])
@pytest.mark.parametrize(
    "shown",
    [
        quote(),
        quote("Merci !"),
        quote(
            ("Merci à vous qui passez chaque matin, été comme hiver, et qui trouvez toujours le mot qu’il faut. " * 2)[
                :159
            ]
        ),
        quote(LONG, to=NAMES, signature=SIGNED),
        quote("Anticonstitutionnellement-vôtre, à https://exemple.org/une/adresse/qui/ne/se/coupe/nulle/part"),
        quote("W" * compose.LONGEST),
        quote(to=(), team="Entretien et propreté des rues et des ruelles du Vieux-Moulin, quart de nuit"),
        quote("É" * 20 + " " + "ÂÊ gjpq " * 16, to=(), signature=""),
    ],
)
def test_every_word_is_on_the_sheet_and_none_lies_on_another_part(shown, size):
    """Nothing leaves the paper; the words end above the plate, which ends above the white foot."""
    width, height = compose.SIZES[size]
    pdf = make(shown, size=size)
    found = boxes(pdf)
    mark = next(rank for rank, (text, _box) in enumerate(found) if text.startswith("«"))
    found = found[mark:]  # the thanks before it are turned: they are looked at in pixels
    for text, (left, top, right, bottom) in found:
        assert 0 <= left < right <= width, text
        assert 0 <= top < bottom <= height, text
    foot = height - min(196 * width / 1056, 0.126 * height)
    who = next(rank for rank, (text, _box) in enumerate(found) if text == "Arrondissement")
    plate = foot - (160 * width / 1056 if shown.to or shown.team else 0)
    named = max((rank for rank, (text, _box) in enumerate(found[:who]) if text == "Pour"), default=who)
    assert max(box[3] for _text, box in found[:named]) < plate
    sheet = pixels(make(shown, size=size, form="png"))
    flat = np.array([int(compose.COLOURS["cone"][place : place + 2], 16) for place in (1, 3, 5)])
    assert (sheet[:12] == flat).all()  # nothing touches the upper edge, nor the right one
    assert (sheet[: round(sheet.shape[0] * foot / height) - 4, -12:] == flat).all()


def test_the_longest_are_read_from_three_metres():
    """As large as LONGEST says: 45 points at least, when no word is wider than the sheet."""
    text = "Merci à vous qui passez chaque matin, été comme hiver, et qui trouvez toujours le mot qu’il faut. " * 2
    text = text[: compose.LONGEST - 1].rsplit(" ", 1)[0] + "."
    assert len(text) > compose.LONGEST - 15
    tall = [box[3] - box[1] for said, box in boxes(make(quote(text))) if said == "passez"]
    assert min(tall) >= 45


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Merci 🙏🏽 Nadia ❤️ ! À bientôt 3️⃣ fois.", "Merci Nadia ! À bientôt 3 fois."),
        ("Bravo❤️Nadia", "Bravo Nadia"),
        ("Fermé de 8🕐9 à 17 h", "Fermé de 8 9 à 17 h"),
        ("Merci à Rosa❤lie", "Merci à Rosa lie"),
        ("Merci 👩‍🌾.", "Merci."),
        ("Bonjour,\nmerci", "Bonjour, merci"),
    ],
)
def test_an_emoji_leaves_its_place_empty(written, printed):
    kept = compose.said_on_paper(quote(written))
    assert kept.replace("\u202f", " ").replace("\xa0", " ") == printed


def test_a_letter_is_never_left_out():
    for one in ("楓", "ⓟ", "℃", "№", "≈", "ا"):
        with pytest.raises(CannotRender, match=one):
            make(quote(f"Merci {one} !"))
    with pytest.raises(CannotRender, match="ọ"):
        make(quote(to=("Ngọc",)))
    with pytest.raises(CannotRender):
        make(quote("🙏🙏🙏"))


@pytest.mark.parametrize("size", ["letter", "tabloid"])
def test_a_telephone_reads_the_code(size, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(make(quote(), size=size))
    subprocess.run(["pdftoppm", "-r", "100", "-png", "-singlefile", path, tmp_path / "sheet"], check=True)
    text, _points, _code = cv2.QRCodeDetectorAruco().detectAndDecode(cv2.imread(str(tmp_path / "sheet.png")))
    assert text == URL


def test_the_same_words_give_the_same_bytes():
    first = make(quote()), make(quote(), form="png")
    factories.draw_anew()
    assert (make(quote()), make(quote(), form="png")) == first


@pytest.mark.parametrize("hostile", ['#read("/etc/passwd")', "$#sys.inputs$ *a* @b", "\\u{41}<x>`y`"])
def test_what_looks_like_code_is_printed_as_text(hostile):
    read = "".join(words(make(quote(hostile, language="en"))).split())
    straight = read.translate(dict.fromkeys(map(ord, "“”‘’"), '"'))
    assert "".join(hostile.split()) in straight
    assert "root:" not in read
