"""« Mon dossier de fierté »: every kind word somebody received, as a PDF of their own to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from portraits import attribution, brand, compose, press
from portraits.models import Person
from portraits.received import Word
from portraits.typography import typeset

SIZES = {"letter": press.LETTER, "a4": (595, 842)}  # points


def page(person: Person, words: Sequence[Word], *, at: datetime, size: str = "letter") -> bytes:
    """The PDF, in this person's language; each word keeps its own. Raises KeyError when the size is unknown."""
    speaker = brand.current()
    with translation.override(person.language):
        said = {name: typeset(text, person.language) for name, text in _said(person, words, at).items()}
    said |= {
        "language": person.language.split("-")[0],
        "brand": [typeset(line, person.language) for line in (speaker.first_line, speaker.second_line)],
        "colour": press.COLOURS[speaker.edition],
        "words": [_word(one, person.language) for one in words],
    }
    return press.document(press.HERE / "keepsake.typ", said, dated=at.replace(microsecond=0), size=SIZES[size])


def _said(person: Person, words: Sequence[Word], at: datetime) -> dict[str, str]:
    count = ngettext("%(count)s kind word", "%(count)s kind words", len(words)) % {"count": len(words)}
    return {
        "title": pgettext("tu", "Words that people wrote for you, %(name)s") % {"name": person.first_name},
        "kicker": _("My pride file"),
        "count": count,
        "made": _("Made on %(date)s") % {"date": date_format(localtime(at), "DATE_FORMAT")},
        "empty": pgettext("tu", "No word yet. The first one comes here."),
        "yours": pgettext("tu", "These words are yours. They enter no file of human resources and no appraisal."),
    }


def _word(word: Word, language: str) -> dict:
    quote = word.quote
    with translation.override(language):
        received = _("received on %(date)s") % {"date": date_format(localtime(word.received_at), "DATE_FORMAT")}
    return {
        "language": quote.language.split("-")[0],
        "text": [compose.drawn(part, quote.language, compose.TITLE) for part in quote.text],
        "by": compose.drawn(attribution.by_whom(quote), quote.language, compose.TEXT),
        "received": typeset(received, language),
    }
