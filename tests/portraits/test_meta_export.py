"""The files that Meta gives: two languages, four encodings, and what can be wrong with a cell, a row or a file."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from portraits import meta_export

EXPORTS = Path(__file__).parent / "exports"
HEAD = 'Post ID,Permalink,Publish time,Reach,Reactions,Comments,Shares,"Reactions, comments and shares"'
TETE = "Identifiant de la publication;Permalien;Heure de publication;Couverture;Réactions;Commentaires;Partages"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def english(*rows):
    return meta_export.read("\n".join([HEAD, *rows]).encode())


def french(*rows):
    return meta_export.read("\n".join([TETE, *rows]).encode())


def refused(sheet):
    return [(one.line, one.column, one.reason) for one in sheet.refused]


def test_an_english_export():
    sheet = meta_export.read((EXPORTS / "meta_content_en.csv").read_bytes())
    assert [row.figures["reach"] for row in sheet.rows] == [12310, 16002, 7455, 7455]
    assert [row.published_on for row in sheet.rows[:2]] == [date(2026, 6, 3), date(2026, 6, 12)]
    assert [line for line, _words in sheet.doubts] == [4]
    assert sheet.passed == [(6, "summary row")]
    assert "Page name" in sheet.unknown
    assert "Reach from Organic posts" in sheet.unknown


def test_a_french_export():
    sheet = meta_export.read((EXPORTS / "meta_content_fr.csv").read_bytes())
    assert [row.published_on for row in sheet.rows] == [date(2026, 6, 3), date(2026, 6, 19), date(2026, 6, 26)]
    assert sheet.rows[1].figures["interactions"] == 1389
    assert sheet.rows[2].figures == {"reach": 6733, "comments": 7, "shares": 9, "clicks": 151}  # empty is not 0
    assert (sheet.refused, sheet.passed, sheet.doubts) == ([], [], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_spreadsheets_make_of_it(encoding):
    text = (EXPORTS / "meta_content_fr.csv").read_text("utf-8-sig").replace("\u202f", "\u00a0").replace("\n", "\r\n")
    sheet = meta_export.read(text.encode(encoding))
    assert [row.figures["reach"] for row in sheet.rows] == [10480, 20118, 6733]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_separator_is_the_one_that_makes_headers(mark):
    data = mark.join(["Post ID", "Publish time", "Reach"]) + "\n" + mark.join(["1", "06/03/2026", "7"])
    assert meta_export.read(data.encode()).rows[0].figures == {"reach": 7}


def test_the_header_decides_the_order_of_the_date_never_the_value():
    row = "1,https://a.example/1,03/13/2026 09:00,5,,,,"
    assert english(row).rows[0].published_on == date(2026, 3, 13)
    sheet = french("1;https://a.example/1;03/13/2026 09:00;5;;;")
    assert refused(sheet) == [(2, "Heure de publication", "« 03/13/2026 09:00 » is not a day (day/month/year).")]
    assert french("1;https://a.example/1;03/04/2026;5;;;").rows[0].published_on == date(2026, 4, 3)
    assert english("1,https://a.example/1,03/04/2026,5,,,,").rows[0].published_on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("words", "value"),
    [("1234", 1234), ("12\u00a0345", 12345), ("12\u202f345", 12345), ("1 234 567", 1234567), ("0", 0)],
)
def test_thousands_stand_apart_in_more_than_one_way(words, value):
    assert french(f"1;https://a.example/1;03/04/2026;{words};;;").rows[0].figures == {"reach": value}


@pytest.mark.parametrize("words", ["12,3", "12,310", "1 23", "-5", "4.5", "beaucoup", "1e5", "٣", "9" * 14])
def test_a_cell_that_is_no_whole_number_refuses_its_row_and_no_other(words):
    sheet = french(f"1;https://a.example/1;03/04/2026;{words};3;;", "2;https://a.example/2;03/04/2026;8;;;")
    assert [(line, column) for line, column, _reason in refused(sheet)] == [(2, "Couverture")]
    assert [row.reference for row in sheet.rows] == ["2"]


def test_a_refused_row_keeps_its_cells_without_a_title():
    data = "Post ID,Title,Publish time,Reach\n7,Nadia au jardin,06/03/2026,douze"
    (one,) = meta_export.read(data.encode()).refused
    assert one.cells == {"Post ID": "7", "Publish time": "06/03/2026", "Reach": "douze"}


def test_rows_that_do_not_fit_their_header():
    sheet = english("1,https://a.example/1,06/03/2026,5", ",,06/03/2026,5,,,,", "3,javascript:x,06/03/2026,5,,,,")
    assert [(one.line, one.column) for one in sheet.refused] == [(2, ""), (3, "Post ID"), (4, "Permalink")]
    assert sheet.rows == []
    assert refused(english("4,https://a.example/1,06/03/2026,,,,,"))[0][2].startswith("Nothing was measured")


def test_a_line_that_spans_several_is_told_by_its_first():
    data = 'Post ID,Title,Publish time,Reach\n1,"deux\nlignes",06/03/2026,5\n2,x,06/03/2026,non'
    assert [one.line for one in meta_export.read(data.encode()).refused] == [4]


def test_a_figure_of_one_day_is_not_one_of_a_life():
    data = "Post ID,Publish time,Date,Reach\n1,06/03/2026,Lifetime,5\n2,06/03/2026,06/04/2026,5"
    sheet = meta_export.read(data.encode())
    assert [row.reference for row in sheet.rows] == ["1"]
    assert sheet.refused[0].column == "Date"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bonjour",
        b"\x00\x01\x02",
        b"PK\x03\x04\x14\x00\x00",
        b"Post ID,Permalink,Publish time\n1,https://a.example/1,06/03/2026",
        b"Post ID,Publish time,Reach,reach\n1,06/03/2026,1,1",
        b'Post ID,Publish time,Reach\n1,06/03/2026,"5',
        b"Reach,Comments\n1,2",
        b"x" * (meta_export.MOST_BYTES + 1),
    ],
)
def test_what_is_not_an_export_is_refused_as_a_whole(data):
    with pytest.raises(meta_export.Unreadable, match=r"\w"):
        meta_export.read(data)


def test_a_header_that_meta_has_changed_is_added_by_name():
    data = "Post ID;Heure de publication;Portée\n1;03/04/2026;9".encode()
    with pytest.raises(meta_export.Unreadable):
        meta_export.read(data)
    sheet = meta_export.read(data, more={meta_export.fold("PORTEE"): ("reach", "fr")})
    assert sheet.rows[0].figures == {"reach": 9}


def test_a_cell_that_no_spreadsheet_wrote_is_refused_in_words():
    with pytest.raises(meta_export.Unreadable):
        meta_export.read(b"x" * 200_000 + b",y\n1,2\n")
