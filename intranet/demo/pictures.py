"""The photographs of the fictive borough: drawings turned into files as large as a camera's, then uploaded like any other."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portraits.forms import PhotoForm
from portraits.models import Photo

HERE = Path(__file__).parent / "pictures"
WIDTH = 3000  # pixels; 3000 × 2344 is what a 7-megapixel camera gives
DRAWN = 1600  # units across each drawing
Photographs = Mapping[str, Future]  # key → a PhotoForm, soon


@dataclass(frozen=True, slots=True)
class Framing:
    """What an editor chooses at upload: a title, where the eyes are and how close to come; percents."""

    title: str
    across: int
    down: int
    zoom: int


FRAMINGS = {
    "amira": Framing("Comptoir des permis, mai", 53, 52, 120),
    "carole": Framing("Centre d’appels 311, août", 54, 52, 120),
    "diego": Framing("Piscine du parc, novembre", 51, 52, 122),
    "gisele": Framing("Salle des registres, juillet", 50, 52, 120),
    "ines": Framing("Camp de jour, juillet", 49, 52, 120),
    "jean-philippe": Framing("Érable de la rue du Moulin, septembre", 50, 52, 112),
    "lucie": Framing("Passage de l’école, septembre", 50, 52, 114),
    "mei-lin": Framing("Bibliothèque, section jeunesse", 49, 52, 122),
    "morris": Framing("Balcon de la rue des Lilas", 50, 52, 122),
    "nadia": Framing("Serre, 12 mai", 49, 52, 106),
    "ousmane": Framing("Ruelle des Lilas, 6 h 40", 52, 52, 120),
    "rejean": Framing("Première neige, 3 h du matin", 48, 54, 106),
    "samir": Framing("Comptoir Accès, juin", 52, 52, 122),
    "stephanie": Framing("Chantier de la rue des Forges", 51, 52, 120),
    "thanh": Framing("Garage municipal, novembre", 50, 52, 122),
}


def photograph(name: str, width: int = WIDTH) -> bytes:
    """One drawing as a JPEG, `width` pixels across."""
    page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{name}.svg", width: {DRAWN}pt)'
    png = typst.compile(page.encode(), root=str(HERE), format="png", ppi=72 * width / DRAWN)
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def form(name: str, width: int = WIDTH) -> PhotoForm:
    """One photograph in the form that editors use, already checked. Raises ValueError when the form refuses it."""
    framing = FRAMINGS[name]
    values = {"title": framing.title, "focus_x": framing.across, "focus_y": framing.down, "zoom": framing.zoom}
    file = SimpleUploadedFile(f"{name}.jpg", photograph(name, width), "image/jpeg")
    filled = PhotoForm(values, {"file": file})
    if not filled.is_valid():
        raise ValueError(f"{name}: {filled.errors.as_text()}")
    return filled


@contextmanager
def developing(width: int = WIDTH) -> Iterator[Photographs]:
    """Draw and clean every photograph, two at a time, while the caller does something else: pixels leave Python's lock."""
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(form, name, width) for name in FRAMINGS}


def upload(forms: Photographs, *, by) -> dict[str, Photo]:
    """Store every photograph, as it gets ready."""
    photos = {}
    for name, waited in forms.items():
        filled = waited.result()
        filled.instance.uploaded_by = by
        photos[name] = filled.save()
    return photos
