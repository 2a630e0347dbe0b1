"""The margin in a real browser: written without a script, settled from the form without losing what is being written there."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from intranet.roles import COMMS, HR
from portraits import annotating
from portraits.models import Annotation
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


def visitor(browser, live_server, user, **options):
    """A browser where this user is signed in. Returns (context, page)."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(**options)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return context, context.new_page()


@pytest.fixture
def desk():
    made = factories.portrait()
    made.save_revision(user=factories.user("josee", HR))
    factories.submit(made, Usage.SITE, by=made.get_latest_revision().user)
    return made


def test_a_comment_is_written_and_settled_without_a_script(browser, live_server, desk):
    context, page = visitor(browser, live_server, factories.user("lise", COMMS), java_script_enabled=False)
    page.goto(live_server.url + url("read", desk.pk))
    page.click("#champ-job summary")
    page.fill("[name=note_job]", "Trop long")
    page.click("[name=decision][value=annotate]")
    assert page.locator("#champ-job q").inner_text() == "Trop long"
    page.click("#commentaires button")
    assert page.locator("#commentaires").count() == 0
    assert Annotation.objects.get().settled_by.username == "lise"
    context.close()


def test_settled_from_the_form_what_is_being_written_stays(browser, live_server, desk):
    annotating.annotate(desk, {"job": "Trop long"}, by=factories.reader(), at=timezone.now())
    context, page = visitor(browser, live_server, desk.get_latest_revision().user)
    page.goto(live_server.url + url("edit", desk.pk))
    assert page.locator("[data-note]").count() == 2
    page.fill("[name=sentence]", "Je n’ai pas fini")
    page.click(".jtpv-margin a[data-settle]")
    page.locator("#commentaires").wait_for(state="detached")
    assert page.input_value("[name=sentence]") == "Je n’ai pas fini"
    assert page.locator("[data-note]").count() == 0
    assert Annotation.objects.get().settled_by.username == "josee"
    context.close()


def test_our_buttons_of_a_locked_portrait_take_a_click(browser, live_server):
    """Wagtail makes a locked form dead to the mouse; hiding everywhere is wanted most while the question is open."""
    desk = factories.portrait()
    factories.submit(desk, Usage.SITE)
    annotating.annotate(desk, {"job": "Trop long"}, by=factories.reader(), at=timezone.now())
    factories.read(desk)
    context, page = visitor(browser, live_server, factories.user("josee", HR))
    page.goto(live_server.url + url("edit", desk.pk))
    assert page.locator("body.content-locked").count() == 1
    for name in ("take_back", "ways", "adapt"):
        page.click(f".jtpv-actions a[href='{url(name, desk.pk)}']", timeout=5000, trial=True)
    page.click(".jtpv-open a:first-child", timeout=5000, trial=True)
    page.click(".jtpv-margin a[data-settle]", timeout=5000)
    page.locator("#commentaires").wait_for(state="detached")
    dead = "document.querySelector('[name=job]').closest('.w-panel__content > *')"
    assert page.evaluate(f"getComputedStyle({dead}).pointerEvents") == "none"
    page.click(f".jtpv-actions a[href='{url('hide', desk.pk)}']", timeout=5000)
    page.wait_for_url("**" + url("hide", desk.pk))
    assert page.locator("h1").count()
    context.close()
