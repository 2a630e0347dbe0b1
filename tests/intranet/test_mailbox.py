"""The demo's mailbox: real SMTP in, read in the browser, and no way to any other file."""

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from intranet.demo import sink

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def server(settings, tmp_path):
    settings.DEMO_MAILBOX = tmp_path / "courriel"
    controller = sink.start(sink.Folder(settings.DEMO_MAILBOX))
    yield sink.port(controller)
    controller.stop()


def send(port, subject="Une demande pour toi", html=""):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bonjour@erables.example", "Éva <eva@erables.example>", subject
    message.set_content("Bonjour Éva,\n\nhttp://127.0.0.1:8000/consentement/abc/\n\n<b>pas du HTML</b>\n")
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(message)


def names(settings):
    return sorted(file.stem for file in settings.DEMO_MAILBOX.glob("*.eml"))


def test_newest_first(client, server, settings):
    send(server, "Premier")
    send(server, "Deuxième, à l’été")
    page = client.get("/demo/courriel/").content.decode()
    assert page.index("Deuxième, à l’été") < page.index("Premier")
    assert "Éva &lt;eva@erables.example&gt;" in page
    assert client.get("/demo/courriel/")["Cache-Control"] == "private, no-store"
    assert [part for part in settings.DEMO_MAILBOX.iterdir() if part.suffix != ".eml"] == []


def test_a_date_is_written_as_everywhere_else(client, server, settings):
    send(server)
    page = client.get("/demo/courriel/").content.decode()
    (name,) = names(settings)
    at = datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    assert f">{date_format(timezone.localtime(at), 'DATETIME_FORMAT')}</time>" in page


def test_an_empty_box_says_so(client, settings, tmp_path):
    settings.DEMO_MAILBOX = tmp_path / "rien"
    assert client.get("/demo/courriel/").status_code == 200


def test_a_message_shows_its_parts(client, server, settings):
    send(
        server,
        html='<!doctype html><html><head><style>p{color:red}</style></head><body><p style="x">Bonjour</p></body></html>',
    )
    (name,) = names(settings)
    page = client.get(f"/demo/courriel/{name}/").content.decode()
    assert '<a href="http://127.0.0.1:8000/consentement/abc/"' in page
    assert "&lt;b&gt;pas du HTML" in page
    assert f'src="/demo/courriel/{name}/html/"' in page
    assert 'sandbox="allow-popups' in page
    part = client.get(f"/demo/courriel/{name}/html/")
    policy = part["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert '<base target="_blank">' in part.content.decode()


def test_a_plain_mail_has_no_frame(client, server, settings):
    send(server)
    (name,) = names(settings)
    assert "<iframe" not in client.get(f"/demo/courriel/{name}/").content.decode()
    assert client.get(f"/demo/courriel/{name}/html/").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "..%2F..%2Fdb",
        "%2e%2e%2fsecret",
        "secret",
        "20261121T225220495688-85ce73e6.eml",
        "20261121T225220495688-00000000",
    ],
)
def test_no_other_file_can_be_read(client, settings, tmp_path, name):
    settings.DEMO_MAILBOX = tmp_path / "courriel"
    settings.DEMO_MAILBOX.mkdir()
    (tmp_path / "secret.eml").write_text("Subject: x\n\nsecret")
    (settings.DEMO_MAILBOX / "secret.eml").write_text("Subject: x\n\nsecret")
    for address in (f"/demo/courriel/{name}/", f"/demo/courriel/{name}/html/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"secret" not in answer.content


def test_a_taken_port_is_said(server, settings):
    with pytest.raises(OSError, match="address already in use"):
        sink.start(sink.Folder(settings.DEMO_MAILBOX), port=server)
