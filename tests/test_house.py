"""The rules of the house that a machine can read in the sources: templates, models, sizes, pins, documents."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db.models import Model
from modelcluster.fields import ParentalKey
from wagtail.admin.viewsets import viewsets
from wagtail.contrib.settings.registry import registry
from wagtail.coreutils import resolve_model_string
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

ROOT = Path(settings.BASE_DIR)
ROOMS = ("intranet", "home", "infolettre", "ecrans", "portraits")
NAMESPACES = ("http://www.w3.org/", "http://www.sitemaps.org/", "http://purl.org/", "http://search.yahoo.com/mrss/")

INLINE = {
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/(?:ld\+)?json)", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
}


def sources(*patterns, folders=ROOMS):
    """Our own files, as path → text."""
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for folder in folders
        for pattern in patterns
        for path in sorted((ROOT / folder).rglob(pattern))
    }


def pages():
    """Templates that reach a browser under the strict policy: neither mails nor the CMS."""
    return {
        name: text
        for name, text in sources("*.html").items()
        if not {"mail", "admin", "wagtailadmin"} & set(Path(name).parts)
    }


def inline_in(text):
    text = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", text, flags=re.S)
    return [what for what, pattern in INLINE.items() if pattern.search(text)]


def test_pages_have_nothing_inline():
    assert pages(), "no template was read"
    assert {name: found for name, text in pages().items() if (found := inline_in(text))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<style>p{}</style>", ["style element"]),
        ('<p class="x" style="color:red">', ["style attribute"]),
        ("<script>alert(1)</script>", ["inline script"]),
        ('<img src="a" onerror="b">', ["event attribute"]),
        ('<script src="a.js" type="module"></script><script type="application/json">{}</script>', []),
        ('<p class="style" data-once="1">style = onclick = nothing</p>', []),
    ],
)
def test_what_is_inline_is_seen(text, found):
    assert inline_in(text) == found


def third_parties(text):
    """What a browser or a typesetter would fetch from elsewhere: an address that loads, not a link to be followed."""
    found = re.findall(r"""(?:src|srcset|poster|data-src|action)\s*=\s*["'](?:https?:)?//[^"']+""", text)
    found += re.findall(r"""<link\b[^>]*href\s*=\s*["'](?:https?:)?//[^"']+""", text)
    found += re.findall(r"""(?:url\(|@import|import|from|fetch\()\s*["']?(?:https?:)?//[^"')\s]+""", text)
    return [address for address in found if not any(name in address for name in NAMESPACES)]


def test_nothing_is_fetched_from_elsewhere():
    files = sources("*.html", "*.css", "*.js", "*.xml", "*.typ", folders=(*ROOMS, "static"))
    assert {name: found for name, text in files.items() if (found := third_parties(text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/a.js">',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        "@font-face { src: url(https://fonts.example/a.woff2) }",
        '@import "https://fonts.example/a.css";',
        'import { a } from "https://cdn.example/a.js"',
    ],
)
def test_what_is_fetched_from_elsewhere_is_seen(text):
    assert third_parties(text) != []


def test_the_typesetter_downloads_no_package():
    assert [name for name, text in sources("*.typ").items() if "@preview" in text] == []


# --- Models: an editor understands every field ------------------------------------------------------------------------


def edited_models() -> set[type[Model]]:
    """Models that somebody edits in the CMS, and the children edited inside them."""
    found = {model for model in apps.get_models() if issubclass(model, Page)}
    found |= set(get_snippet_models()) | set(registry)
    found |= {resolve_model_string(one.model) for one in viewsets.viewsets if getattr(one, "model", None)}
    found |= {
        model
        for model in apps.get_models()
        if any(isinstance(field, ParentalKey) and field.related_model in found for field in model._meta.fields)
    }
    return {model for model in found if model._meta.app_label in ROOMS}


def own_fields(model):
    """Fields that we wrote: neither Django's, Wagtail's nor a key to the parent."""
    foreign = {
        field.name
        for base in model.__mro__[1:]
        if hasattr(base, "_meta") and not base.__module__.startswith(ROOMS)
        for field in base._meta.get_fields()
    }
    for field in model._meta.local_fields:
        technical = not field.editable or field.primary_key or field.auto_created or isinstance(field, ParentalKey)
        if not technical and field.name not in foreign and field.name != "content_object":
            yield field


def test_every_edited_field_explains_itself():
    models = edited_models()
    assert len(models) >= 5
    assert [
        f"{model.__name__}.{field.name}" for model in models for field in own_fields(model) if not field.help_text
    ] == []


# --- Sizes and names --------------------------------------------------------------------------------------------------


def python_files():
    return {
        name: text for name, text in sources("*.py", folders=(*ROOMS, "tests")).items() if "/migrations/" not in name
    }


def test_files_stay_small():
    sizes = {name: len(text.splitlines()) for name, text in python_files().items()}
    assert {name: size for name, size in sizes.items() if size > (600 if name.startswith("tests/") else 400)} == {}


def test_functions_stay_small():
    long = {
        f"{name}:{node.name}": node.end_lineno - node.lineno + 1
        for name, text in python_files().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > 40
    }
    assert long == {}


def test_no_module_is_a_drawer():
    drawers = {"utils", "util", "common", "helpers", "helper", "services", "core", "misc"}
    assert [name for name in python_files() if drawers & {Path(name).stem, *Path(name).parts}] == []


def test_no_work_is_left_in_a_comment():
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = sources("*.py", "*.html", "*.css", "*.js", "*.typ", folders=(*ROOMS, "static"))
    assert [name for name, text in files.items() if left.search(text)] == []


# --- Pins, documents, static files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes(name):
    text = (ROOT / name).read_text()
    pins = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.I)
    assert len(pins) > 30
    assert [pin.split()[0] for pin in pins if "==" not in pin.split()[0] or "--hash=sha256:" not in pin] == []
    assert "://" not in text  # where packages come from is the machine's own affair


def test_both_requirement_files_agree():
    def pins(name):
        return set(re.findall(r"^([\w\[\]-]+==[\w.]+)", (ROOT / name).read_text(), re.M))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


@pytest.mark.parametrize(("package", "floor"), [("django", (5, 2, 19)), ("wagtail", (8, 0, 1)), ("pillow", (13, 0, 0))])
def test_known_holes_are_closed(package, floor):
    (version,) = re.findall(rf"^{package}==([\d.]+)", (ROOT / "requirements.txt").read_text(), re.M)
    assert tuple(map(int, version.split("."))) >= floor


def test_every_environment_variable_is_documented():
    read = "".join(path.read_text() for path in (ROOT / "intranet" / "settings").glob("*.py"))
    names = set(re.findall(r"""(?:env\.)?(?:text|number|flag|words)\(\s*"([A-Z_]+)\"""", read))
    document = (ROOT / "docs" / "deploy.md").read_text()
    assert {"DATABASE", "BROKER", "SECRET_KEY"} <= names
    assert {name for name in names if f"`{name}`" not in document} == set()


def test_the_map_names_every_module_of_the_heart():
    text = (ROOT / "docs" / "map.md").read_text()
    modules = [path.name for path in (ROOT / "portraits").glob("*.py") if path.name not in {"__init__.py", "apps.py"}]
    assert [name for name in modules if f"`{name}`" not in text and f"`portraits/{name}`" not in text] == []


def test_documents_point_at_files_that_exist():
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{document.relative_to(ROOT)} → {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_static_files_can_be_collected_under_hashed_names(tmp_path, settings):
    """Production's storage refuses a style sheet that names a missing file."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert finders.find("css/jtpv.css")
    assert len(list((tmp_path / "css").glob("jtpv.*.css"))) == 1
