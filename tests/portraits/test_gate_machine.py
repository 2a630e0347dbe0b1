"""The door is right on thousands of histories, and the proof finds each seeded fault."""

import pytest
from django.db import IntegrityError, connection

from portraits import triggers
from tests import factories
from tests.portraits import gate_machine
from tests.portraits.gate_faults import FAULTS, FINDS, planted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bench(db):
    """One photograph for all; the database's own refusals out of the way, so that a row can be changed behind the door."""
    triggers.remove(connection)
    gate_machine.DoorMachine.photo = factories.photo()


@pytest.fixture
def seeded(request):
    """The product with one defect in its source, for the length of a test."""
    with planted(request.param):
        yield request.param


def test_the_door_equals_the_oracle():
    gate_machine.tell_then_play(30)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(20), ids="part{}".format)
def test_the_door_equals_the_oracle_at_length(part):
    """10,000 histories in all, in parts that may be played apart."""
    gate_machine.play(500, part=part)


@pytest.mark.one_database  # what is proven here is the proof, not the product
@pytest.mark.parametrize("seeded", FAULTS, indirect=True)
def test_a_seeded_fault_is_found(seeded):
    """By a written history, by a random one, or by the database itself."""
    with pytest.raises((AssertionError, IntegrityError)):
        gate_machine.tell_then_play(60, first=FINDS.get(seeded))
