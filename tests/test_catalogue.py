"""The French catalogue is complete, in step with the sources, and typeset as French is."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "locale" / "fr_CA" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
NARROW, WIDE = "\u202f", "\u00a0"


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(FOLDER / "django.po"))


def french(entry):
    return (
        [entry.msgstr, *entry.msgstr_plural.values()] if not entry.msgid_plural else list(entry.msgstr_plural.values())
    )


def keys(catalogue):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}


def test_nothing_is_missing_fuzzy_or_left_over(catalogue):
    assert len(catalogue) > 50
    assert [entry.msgid for entry in catalogue if not all(french(entry)) and not entry.obsolete] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    compiled = polib.mofile(str(FOLDER / "django.mo"))
    assert {(entry.msgctxt, entry.msgid): french(entry) for entry in compiled} == {
        (entry.msgctxt, entry.msgid): french(entry) for entry in catalogue if not entry.obsolete
    }


def test_every_sentence_of_the_sources_is_in_it(catalogue, tmp_path):
    if not shutil.which("xgettext"):
        pytest.skip("needs gettext")
    for folder in ("intranet", "home", "infolettre", "ecrans", "portraits"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "locale").mkdir()
    command = [sys.executable, "manage.py", "makemessages", "--locale", "fr_CA", "--no-location"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "intranet.settings.dev"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    fresh = polib.pofile(str(tmp_path / "locale" / "fr_CA" / "LC_MESSAGES" / "django.po"))
    assert keys(fresh) - keys(catalogue) == set()
    assert keys(catalogue) - keys(fresh) == set()


def test_placeholders_are_kept(catalogue):
    wrong = [
        entry.msgid
        for entry in catalogue
        for text in french(entry)
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        and Counter(PLACEHOLDER.findall(text)) != Counter(PLACEHOLDER.findall(entry.msgid))
    ]
    assert wrong == []


def badly_set(text):
    """What a French typesetter would mend, outside markup and addresses."""
    words = re.sub(r"<[^>]*>|&\w+;|https?://\S+|%\(\w+\)\w|\{[^}]*\}", "x", text)
    found = re.findall(rf"(?<![{NARROW}!?…«])[!?](?=[\s.»)]|$)", words)  # « !? » stands together
    found += re.findall(rf"(?<!{NARROW});", words) + re.findall(r" [;!?»]|« ", words)
    found += re.findall(rf"«[^{WIDE}{NARROW}]|[^{WIDE}{NARROW}]»", words)
    return found + re.findall(r"\w'\w|\.\.\.", words)


def test_french_is_typeset_as_french(catalogue):
    assert {text: found for entry in catalogue for text in french(entry) if (found := badly_set(text))} == {}


TU = re.compile(r"\b(tu|toi|te|ton|ta|tes)\b|\bt’", re.IGNORECASE)
VOUS = re.compile(r"\b(vous|votre|vos)\b|[a-z]+ez\b", re.IGNORECASE)
# Read by employees and by residents, each addressed in their own way by the sentences around (views/wording.py).
EVERYBODY = [
    "changed",
    "choices",
    "code",
    "cover",
    "envelope",
    "frame",
    "page",
    "progress",
    "question",
    "remark",
    "slower",
    "state",
]


def test_an_employee_is_tu_and_whoever_works_in_the_cms_is_vous(catalogue):
    said = {
        (entry.msgctxt, re.sub("«[^»]*»", "", text)) for entry in catalogue for text in french(entry)
    }  # « tu » as a word, and the slogan, are quoted
    assert [text for context, text in said if context == "tu" and VOUS.search(text)] == []
    assert [text for context, text in said if context != "tu" and TU.search(text)] == []


def test_what_employees_and_residents_both_read_addresses_neither(catalogue):
    known = {entry.msgid: french(entry) for entry in catalogue if not entry.msgctxt}
    pages = [(ROOT / f"portraits/templates/portraits/consent/{name}.html").read_text() for name in EVERYBODY]
    plain = {text for page in pages for text in re.findall(r'{% translate "([^"]+)" (?:as \w+ )?%}', page)}
    filled = {
        re.sub(r"{{ (\w+) }}", r"%(\1)s", text)
        for page in pages
        for opening, text in re.findall(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", page)
        if "context" not in opening
    }
    assert len(plain) > 30
    assert len(filled) > 5
    texts = [text for msgid in plain | filled for text in known[msgid]]
    assert [text for text in texts if TU.search(text) or VOUS.search(text)] == []


def test_that_somebody_is_not_shown_is_said_in_one_way(catalogue):
    """What an explanation begins with, whatever the reason (portraits/explain.py)."""
    said = [entry.msgstr for entry in catalogue if entry.msgid.startswith("Not shown")]
    assert len(said) > 10
    assert [text for text in said if not text.startswith("N’est pas montré")] == []


def test_wagtails_words_that_hesitate_between_two_genders_are_ours(catalogue):
    known = {entry.msgid: entry.msgstr for entry in catalogue}
    assert known["Locked"] == "Verrouillé"
    assert [text for text in known.values() if re.search(r"\w\(e\)", text)] == []


@pytest.mark.parametrize(
    "text",
    ["Vraiment ?", "Vraiment?", "Bonjour !", "un; deux", "un ; deux", "« Je »", "«Je»", "l'agent", "etc..."],
)
def test_bad_typography_is_seen(text):
    assert badly_set(text) != []


@pytest.mark.parametrize(
    "text",
    [
        f"Vraiment{NARROW}?",
        f"«{WIDE}Je travaille pour vous{NARROW}!{WIDE}»",
        f"l’agent{NARROW}; etc…",
        '<a href="/x?y=1">lien</a>',
        f"Dites-nous{WIDE}: %(name)s{NARROW}!",
    ],
)
def test_good_typography_passes(text):
    assert badly_set(text) == []
