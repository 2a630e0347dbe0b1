"""French typography, applied at render and never at input: pure and idempotent; letters and digits never change.

Rules of the Vitrine linguistique (OQLF) for Québec: a thin no-break space before ; ! ? where it exists, none in plain
text; a no-break space before : and inside « ». Addresses, tags and entities pass untouched.
"""

from __future__ import annotations

import re

NBSP, THIN = "\u00a0", "\u202f"
_APOSTROPHE, _QUOTE = "\ue000", "\ue001"  # the escaped forms, while the rules run
_PROTECTED = re.compile(r"<[^<>]*>|https?://[^\s<>«»]+|[\w.+-]+@[\w-]+\.[\w.-]+|&#?\w+;")
_PLACES = re.compile("[\ue100-\uf8ff]")  # stand for what is protected
_BREAKS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # PowerPoint ends its lines with U+000B
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufff9-\uffff]")
_UNITS = r"%|\$|€|h|min|s|km|cm|mm|m|kg|g|ans|heures|minutes|secondes"


def typeset(text: str, language: str, *, plain: bool = False) -> str:
    """The text with the spaces, quotes and dashes of its language (« fr-ca », « en »…). `plain`: mails, subjects."""
    text = text.replace("&#x27;", _APOSTROPHE).replace("&#39;", _APOSTROPHE).replace("&quot;", _QUOTE)
    kept: list[str] = []

    def keep(found: re.Match) -> str:
        kept.append(found.group())
        return chr(0xE100 + len(kept) - 1)

    if not _PLACES.search(text):  # somebody's own would stand for what is kept, and could grow without end
        text = _PROTECTED.sub(keep, text)
    text = _both(text)
    text = _french(text, plain=plain) if language.startswith("fr") else _english(text)
    text = text.replace(_APOSTROPHE, "&#x27;").replace(_QUOTE, "&quot;")
    for number, original in enumerate(kept):
        text = text.replace(chr(0xE100 + number), original)
    return text


def legible(text: str) -> str:
    """The text without what nobody sees: control characters become spaces (one of them stops every XML feed), marks that
    turn the direction of what follows and private letters disappear. Lines keep their ends."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text.replace("\r\n", "\n")))


def _both(text: str) -> str:
    """What French and English share: apostrophes, ellipses, dashes."""
    text = re.sub(
        rf"(?<=[^\W\d_])['{_APOSTROPHE}](?=[^\W\d_]|\s|$|[.,;:!?)»\"{_QUOTE}…–])|(?<!\w)['{_APOSTROPHE}](?=\d\d\b)",
        "’",
        text,
    )
    text = re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", text)
    return re.sub(r"(?<=\S) -- (?=\S)", " – ", text)


def _quotes(text: str, outer: tuple[str, str], inner: tuple[str, str]) -> str:
    """Straight quotes in pairs; a quote without its pair stays as it is."""
    marks = [(m.start(), _opens(text, m.start())) for m in re.finditer(rf'["{_QUOTE}]', text)]
    if len(marks) % 2:
        return text
    out, depth = list(text), 0
    for place, opens in marks:
        if opens:
            depth += 1
            out[place] = (outer if depth == 1 else inner)[0]
        elif depth:
            out[place] = (outer if depth == 1 else inner)[1]
            depth -= 1
        else:
            return text
    return text if depth else "".join(out)


def _opens(text: str, place: int) -> bool:
    before, after = text[place - 1] if place else " ", text[place + 1 : place + 2]
    glued = bool(after) and after not in " \t\n"  # our own no-break spaces come before punctuation
    return before.isspace() or ((before in f'([–—«’{_QUOTE}"' or before >= "\ue100") and glued)


def _english(text: str) -> str:
    return _quotes(text, ("“", "”"), ("‘", "’"))


def _french(text: str, *, plain: bool) -> str:
    text = _quotes(text, ("«", "»"), ("“", "”"))
    text = re.sub(r"«[ \u00a0\u202f]*(?=\S)", f"«{NBSP}", text)
    text = re.sub(r"(?<=\S)[ \u00a0\u202f]*»", f"{NBSP}»", text)
    text = re.sub(r"(?<=[^\W_])[ \u00a0\u202f]+…", "…", text)
    text = re.sub(r"([^\s!?;:(«¿¡\[])[ \u00a0\u202f]*([!?;])", r"\1\2" if plain else rf"\1{THIN}\2", text)
    text = re.sub(r"(?<=[^\W_])[ \u00a0\u202f]*:(?=\s|$)", f"{NBSP}:", text)
    text = re.sub(r"(?<=»)[ \u00a0\u202f]*:(?=\s|$)", f"{NBSP}:", text)
    text = _numbers(text)
    return re.sub(r" – ([^–]+?) – ", rf" –{NBSP}\1{NBSP}– ", text)


def _numbers(text: str) -> str:
    text = re.sub(r"(?<![\d-])(\d{1,3})((?:[ \u00a0\u202f]\d{3})+)(?![\d-]|[ -]\d)", _thin_groups, text)
    text = re.sub(r"(?<![\w.,/°#-])([1-9]\d{4,})(?![\w/-])", _group, text)
    text = re.sub(rf"(\d) ({_UNITS})(?!\w)", rf"\1{NBSP}\2", text)
    text = re.sub(rf"(\d{NBSP}h) (\d\d)(?!\d)", rf"\1{NBSP}\2", text)
    text = re.sub(r"(?<!\w)([nN]°) (?=\d)", rf"\1{NBSP}", text)
    return re.sub(r"(?<!\w)(M\.|MM\.|Mme|Mmes|Dr|Dre|Me) (?=[^\W\d_])", rf"\1{NBSP}", text)


def _thin_groups(found: re.Match) -> str:
    return found.group(1) + re.sub(r"[ \u00a0]", THIN, found.group(2))


def _group(found: re.Match) -> str:
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", THIN, found.group(1))
