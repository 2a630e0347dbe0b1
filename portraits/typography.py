"""French typography, at render and never at input: one pure, idempotent function."""


def typeset(text: str, language: str) -> str:
    return text
