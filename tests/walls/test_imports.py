"""The import contracts hold and are seen to bite; so does the reading of what the contracts cannot see."""

import ast
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

ROOT = Path(settings.BASE_DIR)
CHANNELS = ("home", "infolettre", "ecrans")
ROOMS = ("intranet", "portraits", *CHANNELS)
DOOR = {"capsules", "quotes", "was_shown", "next_boundary", "key_is_known"}  # what a channel may ask the gate


def contracts(folder):
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([linter, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("static", "templates", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_contracts_hold():
    result = contracts(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("infolettre/recall.py", "from portraits.models import Portrait"),
        ("infolettre/recall.py", "from ecrans import rendering"),
        ("portraits/gate.py", "from home import rendering"),
        ("portraits/usages.py", "from portraits import gate"),
        ("home/recall.py", "from intranet import checks"),
    ],
)
def test_contracts_bite(copy_of_the_house, where, line):
    target = copy_of_the_house / where
    sound = target.read_text()
    target.write_text(f"{sound}\n{line}\n")
    result = contracts(copy_of_the_house)
    target.write_text(sound)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def fields(*labels):
    """Names of the concrete fields of these apps' models."""
    return {
        field.name for label in labels for model in apps.get_app_config(label).get_models() for field in columns(model)
    }


def columns(model):
    return [*model._meta.concrete_fields, *model._meta.local_many_to_many]


def of_the_heart_only():
    """Fields whose name betrays that a channel is reading a row of the heart."""
    return fields("portraits") - fields(*CHANNELS) - {"id", "pk"}


def ways_round(source):
    """What in this source goes round the door, in words."""
    guarded = of_the_heart_only()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "portraits":
            yield from models_taken(node)
        elif isinstance(node, ast.Attribute):
            yield from reaches(node)
        elif isinstance(node, ast.Name) and node.id in {"default_storage", "RawSQL"}:
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "__" in node.value:
            yield from (f"« {node.value} »" for part in node.value.split("__")[1:] if part in guarded)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"values", "values_list", "only"}:
            names = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from (f"{node.func.attr}({name})" for name in names if name in guarded)


def models_taken(node):
    """Models of the heart imported under another module's name."""
    module = importlib.import_module(node.module)
    for alias in node.names:
        found = getattr(module, alias.name, None)
        if isinstance(found, type) and issubclass(found, Model) and not found._meta.abstract:
            yield f"{node.module}.{alias.name}"
        if node.module == "portraits.gate" and alias.name not in DOOR:
            yield f"gate.{alias.name}"


def reaches(node):
    """Attributes that lead behind the door."""
    if node.attr in {"get_model", "get_models", "get_app_config", "raw", "extra", "cursor", "shown"}:
        yield node.attr
    if isinstance(node.value, ast.Name) and node.value.id == "gate" and node.attr not in DOOR:
        yield f"gate.{node.attr}"


def test_no_channel_goes_round_the_door():
    found = {
        str(path.relative_to(ROOT)): ways
        for channel in CHANNELS
        for path in (ROOT / channel).rglob("*.py")
        if "migrations" not in path.parts and (ways := list(ways_round(path.read_text())))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "from portraits.gate import Version",
        "from portraits.gate import visible",
        "gate.visible(usage, at=at)",
        "apps.get_model('portraits', 'Portrait')",
        "capsule.picture.shown.name",
        "default_storage.open(name)",
        "issue.portraits.values_list('sentence', flat=True)",
        "Issue.objects.values('portrait__sentence')",
        "Issue.objects.annotate(said=F('portrait__sentence'))",
        "connection.cursor()",
        "Issue.objects.raw('SELECT 1')",
        "RawSQL('SELECT 1', [])",
    ],
)
def test_ways_round_are_seen(line):
    assert list(ways_round(line)) != []


@pytest.mark.parametrize(
    "line",
    [
        "gate.capsules(Usage.SITE, at=at)",
        "Issue.objects.values_list('pk')",
        "from portraits.usages import Usage",
        "'a__b'",
    ],
)
def test_the_door_itself_is_not_a_way_round(line):
    assert list(ways_round(line)) == []
