"""What must never reach a log line."""

import logging
import re

_TOKEN = re.compile(r"(/consentement/|/infolettre/desabonnement/|lien=)[\w:.~%-]+")


class WithoutTokens(logging.Filter):
    """A link is a key: its secret part is cut out of every line."""

    def filter(self, record):
        message = record.getMessage()
        cleaned = _TOKEN.sub(r"\1…", message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True
