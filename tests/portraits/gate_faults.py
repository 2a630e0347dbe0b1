"""Defects seeded into the source of the product, one at a time: each must be found. The proof itself is proven."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portraits import consent, gate, guardians, hiding
from tests.portraits import gate_histories as histories

# name: (module, what the source says, what the fault says)
FAULTS = {
    "usage ignored": (gate, "        usage=usage,\n        usage_number", "        usage_number"),
    "usage's number ignored": (gate, "        usage_number=usages.number(usage, at),\n", ""),
    "today's number for yesterday": (
        gate,
        "usage_number=usages.number(usage, at)",
        "usage_number=usages.number(usage, datetime.max.replace(tzinfo=at.tzinfo))",
    ),
    "start ignored": (gate, "        starts_at__lte=at,\n", ""),
    "end inclusive": (gate, "ends_at__gt=at,", "ends_at__gte=at,"),
    "end ignored": (gate, "        ends_at__gt=at,\n", ""),
    "withdrawal ignored": (gate, "        Q(ended_at__isnull=True) | Q(ended_at__gt=at),\n", ""),
    "withdrawal a second late": (gate, "Q(ended_at__gt=at),\n        usage=", "Q(ended_at__gte=at),\n        usage="),
    "any subject is enough": (
        gate,
        "~Exists(without)",
        "Exists(subjects.filter(Exists(living(usage, at).filter(subject=OuterRef('pk')))))",
    ),
    "nobody on it, yet shown": (gate, "filter(Exists(subjects), ~Exists(without)", "filter(~Exists(without)"),
    "only the newest version": (
        gate,
        "newer = [passing.filter(",
        "newer = [Version.objects.filter(frozen_at__lte=at, ",
    ),
    "hide ignored": (gate, "in (*newer, *stops)", "in newer"),
    "one instant for ever": (gate, "[instant if value == place else value for value in values]", "[*values]"),
    "hide for ever": (
        gate,
        "Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at, from_at__gte",
        "from_at__lte=at, from_at__gte",
    ),
    "hide covers what is asked later": (gate, ', from_at__gte=OuterRef("frozen_at")', ""),
    "fingerprint trusted": (gate, "if fingerprint(row.content, photos) == row.fingerprint:", "if True:"),
    "blank is a yes": (consent, 'if said == "yes":', 'if said in {"yes", ""}:'),
    "a no leaves the older yes": (
        consent,
        "    _stop(request.subject.version.work, request.subject.person, [usage], at=at, reason=Reason.WITHDRAWN)\n",
        "",
    ),
    "withdrawal ends only the newest version": (
        consent,
        "        _end(rows, at=at, reason=reason, line=line)\n        ended",
        "        last = rows.order_by('subject__version').last().subject.version_id\n"
        "        _end(rows.filter(subject__version=last), at=at, reason=reason, line=line)\n        ended",
    ),
    "an older version comes back": (consent, "    if _end(older, at=at", "    if False and _end(older, at=at"),
    "answers taken after the close": (consent, "    if at >= request.closes_at:\n        raise Closed\n", ""),
    "a yes without a second proof": (consent, "raise Unproven(usage)", "proof = Proof(Method.CODE)"),
    "a parent’s yes outlives the birthday": (
        consent,
        "    ends = min(ends, limit) if limit else ends\n",
        "",
    ),
    "a parent answers alone for a minor of 14": (
        guardians,
        "person.turns_14_on if minor else None",
        "person.turns_14_on if is_child(person, at=at) else person.turns_18_on",
    ),
    "undo at any time": (consent, "at__gt=at - UNDO", "at__gt=at - timedelta(days=99)"),
    "undo brings back an earlier no": (consent, " if line.at == newest)", ")"),
    "undo forgets the pause": (consent, '{"refused", "withdrawn", "paused"}', '{"refused", "withdrawn"}'),
    "undo after a new yes": (consent, 'elif line.kind in {"granted", "undone"}:', 'elif line.kind == "undone":'),
    "undo gives the default term": (
        consent,
        "        ends_at=ends,\n        ended_at=row.ended_before,",
        "        ends_at=at + timedelta(days=365),\n        ended_at=row.ended_before,",
    ),
    "a lift that lifts nothing": (hiding, "rows.update(to_at=at, ", "rows.update("),
}
# The history that finds each of them soonest, played first: when it does not any more, all the others are played after it.
FINDS = {
    "usage's number ignored": histories.a_wider_audience,
    "today's number for yesterday": histories.a_wider_audience,
    "end inclusive": histories.the_end_to_the_second,
    "end ignored": histories.the_end_to_the_second,
    "any subject is enough": histories.one_of_two,
    "nobody on it, yet shown": histories.nobody_on_it,
    "only the newest version": histories.asked_again_without_answer,
    "hide ignored": histories.hidden_then_lifted,
    "hide for ever": histories.hidden_then_lifted,
    "hide covers what is asked later": histories.hidden_then_asked_again,
    "fingerprint trusted": histories.changed_behind_the_door,
    "blank is a yes": histories.left_blank,
    "a no leaves the older yes": histories.a_no_to_the_newer,
    "withdrawal ends only the newest version": histories.withdrawn_while_the_newer_waits,
    "an older version comes back": histories.a_short_yes_after_a_long_one,
    "answers taken after the close": histories.too_late,
    "a yes without a second proof": histories.the_link_alone,
    "a parent’s yes outlives the birthday": histories.the_birthday,
    "a parent answers alone for a minor of 14": histories.a_parent_answers_after_the_birthday,
    "undo brings back an earlier no": histories.two_gestures_and_one_undo,
    "undo forgets the pause": histories.a_pause_undone,
    "undo after a new yes": histories.an_undo_after_a_new_yes,
    "undo gives the default term": histories.a_slip_on_two_versions,
    "a lift that lifts nothing": histories.hidden_then_lifted,
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """The product with this defect in its source, in this process."""
    module, right, wrong = FAULTS[name]
    source = Path(module.__file__).read_text()
    assert source.count(right) == 1, f"the fault « {name} » no longer matches the source"
    before = dict(module.__dict__)  # others hold these very classes: what is raised afterwards must be what they catch
    try:
        exec(compile(source.replace(right, wrong), module.__file__, "exec"), module.__dict__)  # noqa: S102
        yield
    finally:
        module.__dict__.clear()
        module.__dict__.update(before)
