"""What the tests of the consent page share: a link, a browser-less visit, the state of every table."""

from django.apps import apps
from django.db import connection
from django.test import Client

from portraits.models import ConsentRequest
from portraits.usages import Usage
from tests import factories

USUAL = (Usage.INFOLETTRE, Usage.ECRAN, Usage.SITE, Usage.INDEXATION)  # posters take half a second to typeset


def link(*usages, at=None, ask=factories.unread, **fields):
    """A portrait asked about, and its link's path. Returns (path, request row). `ask`: factories.ask where its person may send
    it back to the desk."""
    version = ask(factories.portrait(**fields), *(usages or USUAL), at=at)
    return path_of(-1), ConsentRequest.objects.get(subject__version=version, subject__role="main")


def path_of(number):
    return f"/consentement/{factories.tokens()[number]}/"


def visit(path, client=None):
    """« Continuer », followed. Returns the client."""
    client = client or Client()
    response = client.post(path)
    assert response.status_code == 303, response.status_code
    return client


def answers(**said):
    return {f"reponse-{usage}": answer for usage, answer in said.items()}


def tables():
    """Every row of every table, as the database gives it."""
    names = sorted(connection.introspection.table_names())
    with connection.cursor() as cursor:
        dump = {}
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            dump[name] = sorted(map(repr, cursor.fetchall()))
    assert len(dump) > len(list(apps.get_app_configs()))
    return dump


def post(client, path, **said):
    """The sheet is sent, then the code when it is asked for. Returns the last answer."""
    response = client.post(path + "choix/", answers(**said))
    if response.headers["Location"] == path + "code/":
        response = client.post(path + "code/", {"code": factories.code()})
    return response
