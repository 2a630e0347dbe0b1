"""What somebody answers once and for all, when kind words name them: always, never, or « ask me »."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from portraits import consent, ledger, refusing
from portraits.models import Compliment, Person, StandingAnswer
from portraits.usages import PROMISES, Audience, Usage

ASK = "ask"  # « ask me »: no row


@transaction.atomic
def stand(person: Person, audience: Audience, answer: str, *, at: datetime, proof: consent.Proof | None = None) -> None:
    """What this person answers from now on when kind words name them: StandingAnswer.Answer, or ASK. Nothing changes for the
    words that they have already. « Always » is a yes to come: without its proof it raises consent.Unproven."""
    if answer == StandingAnswer.Answer.ALWAYS and proof is None:
        raise consent.Unproven(audience)
    rows = StandingAnswer.objects.filter(person=person, audience=audience)
    if answer == ASK:
        rows.delete()
    else:
        StandingAnswer.objects.update_or_create(
            person=person, audience=audience, defaults={"answer": answer, "since": at}
        )
    ledger.append(
        "standing",
        at=at,
        person=ledger.pseudonym(person),
        audience=audience.value,
        answer=answer,
        method=proof.method if proof else "",
    )


def answers(person: Person) -> dict[str, str]:
    """Audience → what this person answers once and for all. One query."""
    return dict(StandingAnswer.objects.filter(person=person).values_list("audience", "answer"))


def always(person: Person, compliment: Compliment, asked: Iterable[Usage]) -> list[Usage]:
    """The usages to which this person says yes once and for all, but those that they ever took back for these very words;
    none once they put these away."""
    said, gone = answers(person), refusing.taken_back(person, compliment)
    if refusing.put_away(person, compliment):
        return []
    wanted = (usage for usage in asked if said.get(PROMISES[usage].audience) == StandingAnswer.Answer.ALWAYS)
    return [usage for usage in wanted if usage not in gone]
