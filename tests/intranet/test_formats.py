"""Dates and hours as they are written in Québec; secrets that stay out of the logs."""

import logging
from datetime import datetime, time

import pytest
from django.utils import translation
from django.utils.formats import date_format, number_format, time_format

from intranet.logs import WithoutTokens


def test_canadian_french():
    with translation.override("fr-ca"):
        assert time_format(time(17, 5)) == "17\xa0h\xa005"
        assert date_format(datetime(2026, 11, 21, 9, 30), "DATETIME_FORMAT") == "21\xa0novembre 2026, 9\xa0h\xa030"  # noqa: DTZ001
        assert number_format(1234.5, 1, use_l10n=True, force_grouping=True) == "1\xa0234,5"


def test_an_english_hour_does_not_end_a_sentence_twice():
    with translation.override("en"):
        assert time_format(time(17, 5)) == "5:05\xa0PM"
        assert date_format(datetime(2026, 11, 21, 9, 30), "DATETIME_FORMAT") == "Nov. 21, 2026, 9:30\xa0AM"  # noqa: DTZ001


@pytest.mark.parametrize(
    "line",
    [
        "GET /consentement/s3cr3t-T0ken/choix/ 200",
        "GET /infolettre/14/?lien=s3cr3t:abc:def 200",
        "POST /infolettre/desabonnement/s3cr3t:abc/ 200",
    ],
)
def test_a_link_never_reaches_a_log(line):
    record = logging.LogRecord("django.server", logging.INFO, "", 0, "%s", (line,), None)
    assert WithoutTokens().filter(record)
    assert "s3cr3t" not in record.getMessage()
