"""A real SMTP server for each test that sends, and an issue to be sent."""

import pytest

from intranet.demo import sink
from tests.infolettre.smtp import Post


@pytest.fixture
def post(settings, tmp_path):
    """The server's mailbox: `post.mails()` are those it took, `post.refuse` and `post.hang_up` make it difficult."""
    box = Post(tmp_path / "courriel")
    controller = sink.start(box)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port(controller)
    yield box
    controller.stop()
