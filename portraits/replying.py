"""The answer to whoever wrote kind words: a template by theme, filled in; what is unknown leaves no hole."""

from __future__ import annotations

import re

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from portraits.models import Compliment, Reply, ReplyTemplate

_HOLE = re.compile(r"\{(first_name|team|where|date)\}")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*|[.!?]+")


def templates(compliment: Compliment) -> list[ReplyTemplate]:
    """Those of the writer's language, by theme. One query."""
    return list(ReplyTemplate.objects.filter(language=compliment.language))


def fill(template: ReplyTemplate, compliment: Compliment) -> str:
    """The template with what is known. Without a first name, the greeting loses it; without a team, a place or a date, the
    sentence that asks for it goes."""
    known = _known(compliment)
    text = template.body.replace("\r\n", "\n")
    if not known["first_name"]:
        text = re.sub(r"[ \u00a0]?\{first_name\}", "", text)
    lines = [
        "".join(one for one in _SENTENCE.findall(line) if all(known.get(name) for name in _HOLE.findall(one))).strip()
        for line in text.split("\n")
    ]
    filled = _HOLE.sub(lambda hole: known[hole.group(1)], "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", filled).strip()


def _known(compliment: Compliment) -> dict[str, str]:
    english = compliment.language == "en"

    def name(row) -> str:
        return ((english and row.name_en) or row.name) if row else ""

    with translation.override(compliment.language):
        told = compliment.passed_on_at
        return {
            "first_name": compliment.writer.first_name,
            "team": name(compliment.team),
            "where": name(compliment.spot) or compliment.elsewhere,
            "date": date_format(localtime(told), "DATE_FORMAT") if told else "",
        }


def bare(compliment: Compliment, text: str) -> bool:
    """Whether this answer is a template and nothing more: to somebody who named a person, that is not an answer."""
    said = _words(text)
    return any(_words(fill(one, compliment)) == said for one in templates(compliment))


def already(compliment: Compliment, text: str) -> bool:
    """Whether this very answer went to the same writer about another message. One query."""
    if not compliment.contact_key:
        return False
    rows = Reply.objects.filter(compliment__contact_key=compliment.contact_key).exclude(compliment=compliment)
    return any(_words(one) == _words(text) for one in rows.values_list("text", flat=True))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
