"""The two parts of the mail: what they say, how they hold, and what they weigh."""

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import html as lxml_html

from infolettre import mail, plain
from infolettre.assemble import Feature, Issue, Shorts, Text, assemble
from infolettre.sent import latest
from portraits import renderings
from portraits.capsule import Capsule, Picture
from portraits.models import Identity
from portraits.usages import EPOCH, Usage
from tests.infolettre import make
from tests.infolettre.make import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
READER = mail.Reader("Samir", "/infolettre/14/?lien=x", "/infolettre/desabonnement/y/")
STORY = "Mon année commence en février, dans la serre, quand tout le monde croit que rien ne pousse. " * 4


def capsule(number=1, language="fr-ca", **fields):
    values = {
        "key": number,
        "version": number,
        "slug": f"nadia-{number}",
        "language": language,
        "first_name": "Marie-Bernadette"[:18],
        "job": "Préposée aux permis et inspections"[:40],
        "sentence": "Je connais chaque bordure de trottoir par son petit nom, et je les aime toutes, presque.",
        "story": (STORY, "La fin, sur l’archive."),
        "bandeau": ("Je travaille", "pour vous !"),
        "partner_name": "",
        "fingerprint": "f" * 64,
        "picture": Picture(
            f"/m/infolettre/{number:032x}/", "Nadia, en salopette verte, sourit entre les rangs de la serre."
        ),
    }
    return Capsule(**{**values, **fields})


def issue(*blocks, language="fr-ca", date=None, title="Un bonjour de la serre !"):
    return Issue(14, title, "Et trois cents semis.", language, date or EPOCH, blocks)


TWELVE = (
    Feature(capsule(1)),
    Text(
        "Ce que vous avez dit", ("« Merci. »", STORY[:300]), "Lire les 23 commentaires", "https://erables.example/mots"
    ),
    Shorts(tuple(capsule(number) for number in range(2, 8))),
    Feature(capsule(8)),
    Shorts(tuple(capsule(number) for number in range(9, 13))),
)


def page(*blocks, **fields):
    return lxml_html.fromstring(mail.html(issue(*blocks, **fields), READER))


def test_twelve_portraits_weigh_less_than_60_kb():
    source = mail.html(issue(*TWELVE), READER)
    assert source.count("/m/infolettre/") == 12
    assert len(source.encode()) < 60_000
    assert max(len(line.encode()) for line in source.splitlines()) < 998


def test_every_address_is_absolute_and_personal_links_are_there():
    root = page(*TWELVE)
    addresses = root.xpath("//@href | //@src")
    assert all(address.startswith(("http://127.0.0.1:8000/", "https://erables.example/")) for address in addresses)
    assert "http://127.0.0.1:8000/infolettre/14/?lien=x#nadia-1" in addresses
    assert "http://127.0.0.1:8000/infolettre/desabonnement/y/" in addresses


def test_it_holds_in_mail_programs():
    root = page(*TWELVE)
    assert root.get("lang") == "fr-CA"
    assert root.xpath("string(//title)") == "Un bonjour de la serre\u202f!"
    assert not root.xpath("//script | //form | //link | //*[@onclick] | //svg")
    assert all(table.get("role") == "presentation" for table in root.xpath("//table"))
    for image in root.xpath("//img"):
        assert image.get("alt")
        assert image.get("width")
        assert image.get("height")
        assert "display: block" in image.get("style") or "display:block" in image.get("style")
    levels = [int(heading.tag[1]) for heading in root.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    sizes = [int(size) for size in re.findall(r"font: \d+ (\d+)px", mail.html(issue(*TWELVE)))]
    assert min(sizes) >= 14


def test_styles_are_in_place_and_dark_is_kept():
    source = mail.html(issue(*TWELVE))
    assert "prefers-color-scheme:dark" in source
    assert "max-width:620px" in source
    head = source[: source.index("</head>")]
    assert ".name { margin" not in head
    assert all(cell.get("style") for cell in lxml_html.fromstring(source).xpath("//td[@class] | //h2 | //p"))


def test_what_people_wrote_is_escaped():
    root = page(Feature(capsule(first_name="<b>Nadia</b>")), title="<script>&</script>")
    assert not root.xpath("//b | //script")
    assert root.xpath("string(//title)") == "<script>&</script>"
    assert root.xpath("string(//h2)") == "<b>Nadia</b>"


def test_plain_text_says_the_same_with_equal_care():
    words = mail.text(issue(*TWELVE), READER)
    assert words.startswith("Je travaille pour vous!\nL’infolettre") or words.startswith("Je travaille pour vous!\nThe")
    assert "Un bonjour de la serre!\n=======================\n" in words
    assert "«\u00a0Merci.\u00a0»" in words
    assert words.count("Marie-Bernadette\n----------------\n") == 12
    assert "https://erables.example/mots" in words
    assert "http://127.0.0.1:8000/infolettre/14/?lien=x#nadia-12" in words
    assert "http://127.0.0.1:8000/infolettre/desabonnement/y/" in words
    assert max(len(line) for line in words.splitlines() if "http" not in line) <= 72
    assert "\n\n\n" not in words
    assert "<" not in words
    assert "&" not in words


def test_both_parts_have_the_same_links():
    links = set(page(*TWELVE).xpath("//@href"))
    assert links == set(re.findall(r"https?://\S+", mail.text(issue(*TWELVE), READER)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bravo !", "Bravo!"),
        ("Bravo\u202f! Oui\u00a0?", "Bravo! Oui?"),
        ("« Lui, c’est Gérard. »", "«\u00a0Lui, c’est Gérard.\u00a0»"),
        ("Nadia : la serre", "Nadia\u00a0: la serre"),
        ("À 10:30", "À 10:30"),
        ("deux\nlignes", "deux lignes"),
    ],
)
def test_french_spaces_of_plain_text(text, expected):
    assert plain.plain(text, "fr-ca") == expected
    assert plain.plain(expected, "fr-ca") == expected


def test_english_keeps_its_own():
    assert plain.plain("Well done !", "en") == "Well done !"
    day = datetime(2026, 12, 1, 12, tzinfo=timezone.get_current_timezone())
    source = mail.html(issue(Feature(capsule(language="en")), language="en", date=day), READER)
    assert 'lang="en-CA"' in source
    assert "I work for you!" in source
    assert "number 14" in source
    assert "mail-slogan-en.png" in source
    assert "December 1, 2026" in source.replace("\u00a0", " ").replace("&nbsp;", " ")


def test_the_first_of_the_month():
    day = datetime(2026, 12, 1, 12, tzinfo=timezone.get_current_timezone())
    assert issue(date=day).day == "1er décembre 2026".replace(" ", "\u00a0")
    assert issue(date=day.replace(day=11)).day == "11 décembre 2026".replace(" ", "\u00a0")


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (2, [2]), (3, [2, 1]), (6, [2, 2, 2])])
def test_a_row_of_one_is_set_wide(count, rows):
    block = Shorts(tuple(capsule(number) for number in range(count)))
    assert [len(row) for row in block.rows] == rows
    cells = page(block).xpath("//td[contains(@class, 'col')]")
    assert len(cells) == 2 * len(rows)
    names = [cell.xpath(".//h2") for cell in cells]
    assert sum(map(len, names)) == count


def test_without_consent_the_portrait_is_not_there_and_the_issue_stays_well_laid_out(django_assert_num_queries):
    gone, kept = factories.portrait("Réjean"), factories.shown(first_name="Diego")
    made = make.issue(gone, shorts=[gone, kept], words={})
    with django_assert_num_queries(1):
        shown = assemble(made, timezone.now())
    assert [block.kind for block in shown.blocks] == ["text", "shorts"]
    assert [one.first_name for one in shown.capsules] == ["Diego"]
    assert "Réjean" not in mail.html(shown) + mail.text(shown)


@pytest.mark.parametrize("count", [3, 30])
def test_assembling_takes_one_query(count, django_assert_num_queries):
    made = make.issue(*make.portraits(count))
    with django_assert_num_queries(1):
        assert len(assemble(made, timezone.now()).capsules) == count


def test_a_portrait_keeps_its_language_in_an_issue_of_the_other():
    shown = factories.shown(first_name="Thanh", language="en", sentence="Really !")
    source = mail.html(assemble(make.issue(shown), timezone.now()))
    assert '<h2 class="t name"' in source
    assert 'lang="en"' in source


@pytest.mark.parametrize("edition", mail.COLOURS)
def test_colours_are_those_of_the_style_sheet(edition):
    sheet = (Path(settings.BASE_DIR) / "static/css/jtpv.css").read_text()
    assert f"[data-edition={edition}]{{--edition:{mail.COLOURS[edition]};" in sheet
    Identity.objects.update_or_create(pk=1, defaults={"edition": edition})
    assert f'bgcolor="{mail.COLOURS[edition]}"' in mail.html(issue(Feature(capsule())))


def test_the_slogan_is_transparent_and_small():
    from PIL import Image

    for name in ("mail-slogan.png", "mail-slogan-en.png"):
        path = Path(settings.BASE_DIR) / "static/img" / name
        with Image.open(path) as image:
            assert image.size == (1200, 528)
            assert image.convert("RGBA").getpixel((5, 5))[3] == 0
        assert path.stat().st_size < 30_000


def test_the_consent_page_shows_the_mail_itself():
    one = renderings.render(Usage.INFOLETTRE, capsule())
    assert (one.content_type, one.shape) == ("text/html; charset=utf-8", "mail")
    assert b"Marie-Bernadette" in one.body
    assert one.body.count(b"/m/infolettre/") == 1
    assert "La fin, sur l’archive." in one.body.decode()
    assert renderings.render(Usage.INFOLETTRE, capsule()).sha256 == one.sha256
    assert renderings.render(Usage.INFOLETTRE, capsule(first_name="Zoé")).sha256 != one.sha256
    assert b"desabonnement" not in one.body


def test_the_latest_issue(django_assert_num_queries):
    now = timezone.now()
    assert latest(now) is None
    make.list_of("Samir")
    first, second = make.issue(words={}, title="Un"), make.issue(words={}, title="Deux")
    make.start(first, at=now)
    assert latest(now).title == "Un"
    make.start(second, at=now + timezone.timedelta(hours=1))
    with django_assert_num_queries(1):
        assert latest(now).number == 1
    newest = latest(now + timezone.timedelta(hours=2))
    assert (newest.number, newest.title, newest.url) == (2, "Deux", "/infolettre/2/")
    assert newest.sent_at == now + timezone.timedelta(hours=1)


def test_a_pair_is_shown_together():
    base = "/m/infolettre/abc/"
    pair = capsule(
        partner_name="Morris",
        bandeau=("Je travaille", "pour vous…", "Morris !"),
        picture=Picture(base, "Ousmane"),
        partner_picture=Picture(base, "Morris, à son balcon.", partner=True),
    )
    root = page(Feature(pair))
    assert [image.get("alt") for image in root.xpath("//img")[1:]] == ["Ousmane", "Morris, à son balcon."]
    assert root.xpath("//img/@src")[-1].endswith("/m/infolettre/abc/duo-p600.jpg")
    assert "Morris" in root.xpath("string(//a[contains(@href, '#')])")
    assert "pour vous… Morris!" in mail.text(issue(Feature(pair)), READER)


def test_a_mail_tells_how_the_story_begins():
    assert "La fin" not in mail.html(issue(Feature(capsule()))) + mail.text(issue(Feature(capsule())))
