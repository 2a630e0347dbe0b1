"""Open the public site: its articles in both languages, at an address."""

from django.db import transaction
from django.utils import translation
from wagtail.models import Locale, Page, Site

from home.models import HomePage

TITLES = {"fr-ca": "Je travaille pour vous !", "en": "I work for you!"}
SLUGS = {"fr-ca": "accueil", "en": "home-en"}
ENGLISH = {
    "intro_title": "Behind every cleared street, every shelved book, every planted tree, there is a first name.",
    "intro_text": (
        "The people who work for the borough tell you about their job, in a few lines and in the first person. "
        "The photos were taken where they work. The words are theirs."
    ),
}


@transaction.atomic
def open_site(hostname: str, port: int) -> HomePage:
    """Make what is missing and leave the rest as editors wrote it: both articles, published, and the site that serves
    them. Returns the French article. Calling it again changes the address only."""
    french = _article("fr-ca") or _first_article()
    if not _article("en"):
        _translate(french)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    welcome = site.root_page if site.root_page_id else None
    site.hostname, site.port, site.root_page = hostname, port, french
    site.site_name = site.site_name or french.title
    site.save()
    if welcome and welcome.specific_class is Page and not welcome.is_root() and welcome.is_leaf():
        welcome.delete()  # the page that a new Wagtail comes with
    return french


def _article(language: str) -> HomePage | None:
    return HomePage.objects.filter(locale__language_code=language).first()


def _first_article() -> HomePage:
    locale = Locale.objects.get_or_create(language_code="fr-ca")[0]
    page = HomePage(title=TITLES["fr-ca"], slug=SLUGS["fr-ca"], locale=locale)
    return _published(Page.get_first_root_node().add_child(instance=page))


def _translate(french: HomePage) -> None:
    locale = Locale.objects.get_or_create(language_code="en")[0]
    with translation.override("en"):
        page = french.copy_for_translation(locale)
    page.title, page.slug = TITLES["en"], SLUGS["en"]
    for field, words in ENGLISH.items():
        setattr(page, field, words)
    _published(page)


def _published(page: HomePage) -> HomePage:
    page.save_revision().publish()
    page.refresh_from_db()
    return page
