import pytest
from django.contrib.auth.models import Permission

from tests import factories


@pytest.fixture
def comms(client):
    """Somebody of Communications, signed in."""
    someone = factories.user("comms")
    codes = ["access_admin", "add_affiche", "view_affiche", "hang_affiche", "view_recall", "view_portrait"]
    someone.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(someone)
    return someone
