"""Histories of one portrait, each too narrow a path to wait for by chance: the machine plays them first.

`m` is a DoorMachine (gate_machine.py).
"""

from portraits import consent
from portraits.usages import Usage

DAY = 86400
SITE = Usage.SITE
YES = {SITE: "yes"}


def _alone(m):
    """One portrait of one person."""
    return m.portrait([m.person()])


def one_usage_only(m):
    m.everyone_answers(_alone(m), YES, 30)


def a_wider_audience(m):
    m.everyone_answers(_alone(m), YES, 30)
    m.tick(600)
    m.widen_usage(SITE)
    m.door_equals_oracle()
    m.tick(1)
    m.see_every_past()


def nothing_before_the_answer(m):
    portrait = _alone(m)
    m.tick(600)
    m.everyone_answers(portrait, YES, 30)
    m.see_every_past()


def the_end_to_the_second(m):
    m.everyone_answers(_alone(m), YES, 1)
    for offset in (-1, 0, 1):
        m.jump_to_boundary(0, offset, 5)
        m.door_equals_oracle()


def a_withdrawal(m):
    m.everyone_answers(_alone(m), YES, 30)
    m.tick(600)
    m.withdraw(0)
    m.door_equals_oracle()


def one_of_two(m):
    m.one_answers(m.portrait([m.person(), m.person()]), 0, 0, YES, 30)


def nobody_on_it(m):
    m.portrait([])


def asked_again_without_answer(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 30)
    m.edit_and_ask(portrait, "Je suis la version 1.")


def hidden_then_asked_again(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 30)
    m.tick(1)
    m.hide(portrait, 3600)
    m.door_equals_oracle()
    for offset in (-1, 0):
        m.jump_to_the_end_of_a_hide(0, offset)
        m.door_equals_oracle()
    m.hide(portrait, None)
    m.tick(1)
    m.edit_and_ask(portrait, "Je suis la version 2.")
    m.everyone_answers(portrait, YES, 30)


def changed_behind_the_door(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 30)
    m.tamper(portrait, 0, "Je suis la version 3.")


def left_blank(m):
    m.everyone_answers(_alone(m), {SITE: ""}, 30)


def a_no_to_the_newer(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 30)
    m.edit_and_ask(portrait, "Je suis la version 1.")
    m.everyone_answers(portrait, {SITE: "no"}, 30)


def withdrawn_while_the_newer_waits(m):
    portrait = m.portrait([m.person(), m.person()])
    m.everyone_answers(portrait, YES, 30)
    m.edit_and_ask(portrait, "Je suis la version 1.")
    m.one_answers(portrait, 0, 0, YES, 30)
    m.tick(1)
    m.withdraw(2)


def a_short_yes_after_a_long_one(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 365)
    m.edit_and_ask(portrait, "Je suis la version 1.")
    m.everyone_answers(portrait, YES, 1)
    m.tick(DAY)


def too_late(m):
    portrait = _alone(m)
    m.tick(30 * DAY)
    m.everyone_answers(portrait, YES, 30)


def the_birthday(m):
    """What a parent said ends that day, to the second."""
    portrait = m.portrait([m.child(29)])
    m.everyone_answers(portrait, YES, 365)
    for offset in (-1, 0):
        m.jump_to_boundary(0, offset, 5)
        m.door_equals_oracle()


def a_parent_answers_after_the_birthday(m):
    """Then the minor must answer too: the parent alone says nothing any more."""
    portrait = m.portrait([m.child(1)])
    m.tick(2 * DAY)
    m.everyone_answers(portrait, YES, 30)


def the_link_alone(m):
    m.a_yes_by_the_link_alone(_alone(m), SITE)


def a_slip_undone(m):
    m.everyone_answers(_alone(m), YES, 30)
    m.tick(600)
    m.withdraw(0)
    m.undo(0, 599)
    m.tick(1)
    m.withdraw(0)
    m.undo(0, 600)


def a_pause_undone(m):
    m.everyone_answers(_alone(m), YES, 30)
    m.tick(600)
    m.withdraw(0, consent.Reason.PAUSED)
    m.undo(0, 599)


def a_refusal_undone(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 30)
    m.tick(1)
    m.everyone_answers(portrait, {SITE: "no"}, 30)
    m.undo(0, 1)


def two_gestures_and_one_undo(m):
    """Refused, then withdrawn elsewhere by mistake: what was refused stays refused."""
    portrait = _alone(m)
    m.everyone_answers(portrait, {SITE: "yes", Usage.ECRAN: "yes"}, 30)
    m.tick(1)
    m.everyone_answers(portrait, {SITE: "no"}, 30)
    m.tick(1)
    m.withdraw(1)
    m.undo(0, 1)


def an_undo_after_a_new_yes(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 365)
    m.tick(1)
    m.withdraw(0)
    m.tick(1)
    m.everyone_answers(portrait, YES, 1)
    m.slips[portrait, next(iter(m.people[m.frozen[portrait][-1]])), SITE] = (m.now - 600, [])  # nothing left to undo
    m.undo(0, 0)
    m.tick(DAY)


def a_slip_on_two_versions(m):
    """The older Version was replaced: undoing a later withdrawal leaves it where it was."""
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 365)
    m.edit_and_ask(portrait, "Je suis la version 1.")
    m.everyone_answers(portrait, YES, 30)
    m.tick(1)
    m.withdraw(0)
    m.undo(0, 1)
    m.tick(30 * DAY)


def hidden_then_lifted(m):
    portrait = _alone(m)
    m.everyone_answers(portrait, YES, 30)
    m.hide(portrait, None)
    m.tick(600)
    m.lift(0)
    m.tick(1)


HISTORIES = [
    a_slip_undone,
    a_pause_undone,
    a_refusal_undone,
    two_gestures_and_one_undo,
    an_undo_after_a_new_yes,
    a_slip_on_two_versions,
    hidden_then_lifted,
    one_usage_only,
    a_wider_audience,
    nothing_before_the_answer,
    the_end_to_the_second,
    a_withdrawal,
    one_of_two,
    nobody_on_it,
    asked_again_without_answer,
    hidden_then_asked_again,
    changed_behind_the_door,
    left_blank,
    a_no_to_the_newer,
    withdrawn_while_the_newer_waits,
    a_short_yes_after_a_long_one,
    too_late,
    the_birthday,
    a_parent_answers_after_the_birthday,
    the_link_alone,
]
