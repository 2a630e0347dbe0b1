"""A wrong password slows the one who types it down, and nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from intranet.roles import HR
from intranet.signin import PER_NAME
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/connexion/", "/admin/login/"])
def test_ten_wrong_passwords_and_the_right_one_waits(address):
    factories.user("rh", HR)
    client, now = Client(), timezone.now().replace(minute=0, second=1)
    wrong, right = {"username": "rh", "password": "faux"}, {"username": "RH".lower(), "password": "motdepasse"}
    with time_machine.travel(now, tick=False):
        for _ in range(PER_NAME):
            assert client.post(address, wrong).status_code == 200
        assert client.post(address, right).status_code == 200
        assert "_auth_user_id" not in client.session
        assert Client(REMOTE_ADDR="203.0.113.9").post(address, right).status_code == 302
        factories.user("comms", HR)
        assert Client().post(address, {**right, "username": "comms"}).status_code == 302
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        assert client.post(address, right).status_code == 302


def test_nobody_who_types_it_right_is_ever_slowed_down():
    factories.user("rh", HR)
    for _ in range(PER_NAME + 2):
        assert Client().post("/connexion/", {"username": "rh", "password": "motdepasse"}).status_code == 302
