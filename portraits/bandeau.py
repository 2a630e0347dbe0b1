"""The slogan painted on a portrait, in the portrait's own language, line by line as it is painted."""

NARROW = "\u202f"

_LINES = {
    "fr-ca": (("Je travaille", f"pour vous{NARROW}!"), ("Je travaille", "pour vous…", f"{{name}}{NARROW}!")),
    "en": (("I work", "for you!"), ("I work", "for you…", "{name}!")),
}


def bandeau(language: str, partner_name: str = "") -> tuple[str, ...]:
    """« Je travaille / pour vous ! », or « Je travaille / pour vous… / Morris ! » when a resident is named."""
    alone, paired = _LINES[language]
    return tuple(line.format(name=partner_name) for line in paired) if partner_name else alone
