"""French typography: a table of pairs (« _ » is U+00A0, « ~ » is U+202F), and what must hold for any text."""

import time

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from portraits.typography import legible, typeset

FRENCH = [
    ("l'eau", "l’eau"),
    ("aujourd'hui", "aujourd’hui"),
    ("l’eau", "l’eau"),
    ("les années '90", "les années ’90"),
    ("5'10", "5'10"),
    ('Il dit "mot" ici', "Il dit «_mot_» ici"),
    ("« mot »", "«_mot_»"),
    ("«mot»", "«_mot_»"),
    ("«_mot_»", "«_mot_»"),
    ('"un "deux" trois"', "«_un “deux” trois_»"),
    ('un " seul', 'un " seul'),
    ("vous !", "vous~!"),
    ("vous!", "vous~!"),
    ("vous~!", "vous~!"),
    ("Quoi ?!", "Quoi~?!"),
    ("Quoi?", "Quoi~?"),
    ("un; deux", "un~; deux"),
    ("Non!!!", "Non~!!!"),
    ("(!)", "(!)"),
    ("mot : suite", "mot_: suite"),
    ("mot: suite", "mot_: suite"),
    ("mot :", "mot_:"),
    ("à 9:30", "à 9:30"),
    ("http://exemple.org/?a=1;b", "http://exemple.org/?a=1;b"),
    ("Voir https://erables.example/merci!", "Voir https://erables.example/merci!"),
    ("code a:b", "code a:b"),
    ("« Lui » : dit-il", "«_Lui_»_: dit-il"),
    ("1 400 vivaces", "1~400 vivaces"),
    ("12 345 678", "12~345~678"),
    ("25000 arbres", "25~000 arbres"),
    ("1234567", "1~234~567"),
    ("en 2011", "en 2011"),
    ("1400 vivaces", "1400 vivaces"),
    ("514 555-0142", "514 555-0142"),
    ("514 555 0142", "514 555 0142"),
    ("H2X 1Y4", "H2X 1Y4"),
    ("01234", "01234"),
    ("58 %", "58_%"),
    ("12 $", "12_$"),
    ("9 h 12", "9_h_12"),
    ("48 s", "48_s"),
    ("48 secondes", "48_secondes"),
    ("3 sacs", "3 sacs"),
    ("n° 14", "n°_14"),
    ("M. Morris", "M._Morris"),
    ("Mme Roy", "Mme_Roy"),
    ("La fin...", "La fin…"),
    ("La fin ...", "La fin…"),
    ("... et puis", "… et puis"),
    ("un -- deux", "un – deux"),
    ("un -- deux -- trois", "un –_deux_– trois"),
    ("nom@exemple.org; autre", "nom@exemple.org~; autre"),
    ("Tom & Léa !", "Tom & Léa~!"),
    ("<b>Oui !</b>", "<b>Oui~!</b>"),
    ('<a title="non !">Oui !</a>', '<a title="non !">Oui~!</a>'),
    ("a &amp; b", "a &amp; b"),
    ("&lt;b&gt; ;", "&lt;b&gt;~;"),
    ("l&#x27;eau", "l’eau"),
    ("&quot;mot&quot;", "«_mot_»"),
    ("un &quot; seul", "un &quot; seul"),
    ("Dites-le-lui.", "Dites-le-lui."),
    ("", ""),
]
ENGLISH = [
    ("It's here", "It’s here"),
    ('He said "yes" twice', "He said “yes” twice"),
    ("Really? Yes!", "Really? Yes!"),
    ("wait...", "wait…"),
]


def written(text):
    return text.replace("_", "\u00a0").replace("~", "\u202f")


@pytest.mark.parametrize(("given_text", "expected"), FRENCH)
def test_french(given_text, expected):
    assert typeset(written(given_text), "fr-ca") == written(expected)


@pytest.mark.parametrize(("given_text", "expected"), ENGLISH)
def test_english(given_text, expected):
    assert typeset(given_text, "en") == expected


def test_plain_text_takes_no_thin_space():
    assert typeset("Merci ! Vraiment ?", "fr-ca", plain=True) == "Merci! Vraiment?"


texts = st.text(st.sampled_from("abÉ1 40'\"«»;:!?.-–…<>&\u00a0\u202f%$h\n"), max_size=60)


@given(texts, st.sampled_from(["fr-ca", "en"]))
def test_applied_twice_it_changes_nothing_more(text, language):
    once = typeset(text, language)
    assert typeset(once, language) == once


@given(st.text(max_size=80), st.sampled_from(["fr-ca", "en"]))
def test_letters_and_digits_never_change(text, language):
    assert [c for c in typeset(text, language) if c.isalnum()] == [c for c in text if c.isalnum()]


def test_the_filter_escapes_first():
    page = Template('{% load portraits %}{{ text|typo:"fr-ca" }}').render(
        Context({"text": '<script>"x"</script> & l\'eau !'})
    )
    assert page == written("&lt;script&gt;«_x_»&lt;/script&gt; &amp; l’eau~!")


def test_time_grows_with_length_not_faster():
    """Ten times the text may not cost a hundred times the time: no rule backtracks."""

    def seconds(text):
        began = time.perf_counter()
        for _ in range(5):
            typeset(text, "fr-ca")
        return time.perf_counter() - began

    text = "Je plante 1 400 vivaces ; « oui » : l'eau, 9 h 12 -- et puis ! " * 20
    assert seconds(text * 10) < 40 * seconds(text)


def test_a_text_cannot_grow_without_end():
    """Private characters inside addresses once stood for each other: 71 characters gave 10,000, a story filled the memory."""
    text = " ".join(f"https://a{chr(0xE101 + level) * 8}" for level in range(4))
    assert len(typeset(text, "en")) == len(text)


def test_what_nobody_sees_is_dropped():
    assert legible("Je plante\x0bdes\x01 arbres\r\n\r\n\u202eet\ue100 des\ufffe fleurs\u202f!") == (
        "Je plante des  arbres\n\net des fleurs\u202f!"
    )
