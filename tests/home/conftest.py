"""The public site, open."""

import pytest
from django.db import transaction

from home.models import HomePage
from home.publish import open_site


@pytest.fixture(scope="module")
def opened_once(django_db_setup, django_db_blocker):
    """Opened once for a module, rolled back at its end: each test finds it as `open_site` left it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield open_site("testserver", 80).pk
        transaction.set_rollback(True)


@pytest.fixture
def french(opened_once, db):
    """The French article of the site."""
    return HomePage.objects.get(pk=opened_once)
