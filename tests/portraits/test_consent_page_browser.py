"""The person's page in a real browser, as a gardener's phone shows it."""

import pytest

from portraits.models import Consent, ConsentRequest
from portraits.usages import Usage
from tests import factories
from tests.journeys.eyes import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def address(live_server, settings):
    settings.EMAIL_BACKEND = "intranet.mail.Rows"
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    factories.ask(factories.portrait())
    return f"{live_server.url}/consentement/{factories.tokens()[-1]}/"


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def into(page, address):
    page.goto(address)
    page.locator("main button").click()
    page.wait_for_url("**/choix/")
    return page


def see_everything(page):
    """Scroll to the end, as a reader does: what is lazy loads."""
    for preview in page.locator(".preview").all():
        preview.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")


def confirm(page):
    """The six digits, as they were mailed."""
    page.wait_for_url("**/code/")
    page.fill("#code", factories.code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/etat/?note=note")


def boxes(page, selector):
    found = [box.bounding_box() for box in page.locator(selector).all() if box.is_visible()]
    assert found, selector
    return found


def test_from_the_link_to_a_yes_and_back(phone, address):
    """Also: the browser's own Origin passes, no Referer carries the link, and nothing is refused by the content policy."""
    referers = []
    phone.on("request", lambda request: referers.append(request.headers.get("referer", "")))
    into(phone, address)
    see_everything(phone)
    phone.check("input[name=reponse-site][value=yes]")
    phone.check("input[name=reponse-ecran][value=no]")
    phone.locator("#affiche .enlarge").click()
    phone.wait_for_url("**/voir/affiche/")
    phone.locator(".back a").click()
    phone.wait_for_url("**/choix/#affiche")
    assert phone.is_checked("input[name=reponse-site][value=yes]")
    assert phone.is_checked("input[name=reponse-ecran][value=no]")
    phone.locator("button[name=enregistrer]").click()
    confirm(phone)
    assert list(Consent.objects.values_list("usage", flat=True)) == ["site"]
    phone.locator("#site button").click()
    phone.wait_for_url("**/etat/?note=retire")
    assert Consent.objects.get().ended_at
    phone.locator("button[value=annuler]").click()
    phone.wait_for_url("**/etat/?note=annule")
    assert Consent.objects.filter(ended_at__isnull=True).count() == 1
    token = address.split("/")[-2]
    assert referers
    assert not [referer for referer in referers if token in referer]
    assert phone.problems == []


def test_without_javascript(browser, address):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = into(context.new_page(), address)
    page.locator("#site > .preview .enlarge").click()
    page.wait_for_url("**/voir/site/")
    page.locator(".back a").click()
    page.locator("button[name=tout]").click()
    page.wait_for_url("**/etat/?note=note")
    context.close()
    assert not Consent.objects.exists()
    assert ConsentRequest.objects.get().answered_at


def test_two_taps_to_withdraw(phone, address):
    factories.say(ConsentRequest.objects.get().subject.version, Usage.SITE)
    phone.goto(address)
    phone.locator("main button").click()
    phone.locator("#site button").click()
    phone.wait_for_url("**/etat/?note=retire")
    assert Consent.objects.get().ended_at


def test_by_keyboard_alone(phone, address):
    phone.goto(address)
    phone.locator("main button").focus()
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/choix/")
    reached, radios = [], []
    for _ in range(60):
        phone.keyboard.press("Tab")
        active = phone.evaluate(
            "({tag: document.activeElement.tagName, name: document.activeElement.name || '',"
            " ring: getComputedStyle(document.activeElement.closest('label') || document.activeElement).outlineStyle})"
        )
        assert active["tag"] != "IFRAME"  # a preview behind its glass is no stop
        assert active["ring"] != "none" or active["tag"] == "BODY"
        reached.append(active["name"])
        if active["name"] == "reponse-ecran":
            phone.keyboard.press("Space")
            radios.append(phone.evaluate("document.activeElement.value"))
        if active["name"] == "enregistrer":
            break
    assert reached[-1] == "enregistrer"
    assert radios
    phone.keyboard.press("Enter")
    if radios[-1] == "yes":
        confirm(phone)
    phone.wait_for_url("**/etat/?note=note")


def test_enter_in_an_answer_saves_rather_than_enlarges(phone, address):
    into(phone, address)
    phone.check("input[name=reponse-ecran][value=no]")
    phone.locator("input[name=reponse-ecran][value=no]").press("Enter")
    phone.wait_for_url("**/etat/?note=note")


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_yes_and_no_weigh_the_same_and_everything_fits(phone, address, width):
    phone.set_viewport_size({"width": width, "height": 844})
    into(phone, address)
    see_everything(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    labels = boxes(phone, ".choice label")
    assert all(box["height"] >= 56 for box in labels)
    for yes, no in zip(labels[::2], labels[1::2], strict=True):
        assert abs(yes["width"] - no["width"]) <= 1
        assert yes["height"] == no["height"]
    save, refuse = boxes(phone, ".actions button")
    assert save["width"] == refuse["width"]
    assert save["height"] == refuse["height"]
    assert all(box["height"] >= 56 and box["width"] >= 56 for box in boxes(phone, "main button"))
    phone.locator("#site > .preview .enlarge").click()
    phone.wait_for_url("**/voir/site/")
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    assert boxes(phone, ".back a")[0]["height"] >= 56


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(phone, address, scheme):
    phone.emulate_media(color_scheme=scheme)
    phone.goto(address)
    assert violations(phone) == []
    into(phone, address)
    see_everything(phone)
    assert violations(phone) == []
    phone.locator("#site > .preview .enlarge").click()
    phone.wait_for_url("**/voir/site/")
    phone.wait_for_load_state("networkidle")
    assert violations(phone) == []
    phone.locator(".back a").click()
    phone.check("input[name=reponse-site][value=yes]")
    for summary in phone.locator("summary").all():
        summary.click()
    assert violations(phone) == []
    phone.locator("button[name=enregistrer]").click()
    phone.wait_for_url("**/code/")
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    confirm(phone)
    assert violations(phone) == []
    phone.locator("button[value=pause]").click()
    phone.wait_for_url("**/etat/?note=pause")
    assert violations(phone) == []
    phone.goto(address + "nulle-part/")
    assert violations(phone) == []
