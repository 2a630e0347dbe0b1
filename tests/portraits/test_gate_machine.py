"""The door is right on thousands of histories, and the proof finds each seeded fault."""

from pathlib import Path

import pytest
from django.db import IntegrityError, connection

from portraits import triggers
from tests import factories
from tests.portraits import gate_machine
from tests.portraits.gate_faults import FAULTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bench(db):
    """One photograph for all; the database's own refusals out of the way, so that a row can be changed behind the door."""
    triggers.remove(connection)
    gate_machine.DoorMachine.photo = factories.photo()


@pytest.fixture
def seeded(request):
    """The product with one defect in its source, for the length of a test."""
    module, right, wrong = FAULTS[request.param]
    source = Path(module.__file__).read_text()
    assert source.count(right) == 1, f"the fault « {request.param} » no longer matches the source"
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), module.__dict__)  # noqa: S102
    yield request.param
    exec(compile(source, module.__file__, "exec"), module.__dict__)  # noqa: S102


def test_the_door_equals_the_oracle():
    gate_machine.tell_then_play(30)


@pytest.mark.nightly
def test_the_door_equals_the_oracle_at_length():
    gate_machine.play(10_000)


@pytest.mark.parametrize("seeded", FAULTS, indirect=True)
def test_a_seeded_fault_is_found(seeded):
    """By a written history, by a random one, or by the database itself."""
    with pytest.raises((AssertionError, IntegrityError)):
        gate_machine.tell_then_play(60)
