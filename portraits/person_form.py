"""The form of a person: how they are reached, who answers for them, when they leave. What a change owes is done with it."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.widgets import AdminSnippetChooser

from portraits import asking, consent, entrusting, guardians, texting
from portraits.models import Person, Representation

Quality = Representation.Quality
KINDS = [choice for choice in Person.Kind.choices if choice[0] != Person.Kind.WRITER]  # what staff may write down
BIRTHDAYS = {"turns_14_on", "turns_18_on"}


class NewPersonForm(WagtailAdminModelForm):
    """A person added without leaving the portrait."""

    class Meta:
        model = Person
        fields = ("first_name", "last_name", "email", "phone", "reach", "kind", "language")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = KINDS


class PersonForm(WagtailAdminModelForm):
    """A person. Whoever may be asked is told at their former address or number when it changes: a link must not go astray."""

    representative = forms.ModelChoiceField(
        label=_("Represented by"),
        queryset=Person.objects.known(),
        required=False,
        widget=AdminSnippetChooser(Person),
        help_text=_("Who answers for a minor or a represented adult. They receive the request."),
    )
    quality = forms.ChoiceField(
        label=_("As"), choices=Quality.choices, required=False, help_text=_("What lets them answer.")
    )
    represented_until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Empty: until the 18th birthday. For a mandate, the day when it ends."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].choices = KINDS
        self.before = Person.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        found = guardians.representation(self.before, at=timezone.now()) if self.before else None
        self.represented = found
        self.closed = 0  # questions that a change stopped, once saved
        if found:
            self.initial |= {
                "representative": found.representative,
                "quality": found.quality,
                "represented_until": found.valid_until,
            }

    def clean(self):
        data = super().clean()
        self._reach(data)
        self._birthdays(data)
        self._representation(data)
        if data.get("left_on") and data.get("kind") == Person.Kind.RESIDENT:
            self.add_error("left_on", _("Only an employee leaves the borough."))
        return data

    def _reach(self, data: dict) -> None:
        if data.get("reach") == Person.Reach.SMS and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("A text message needs a mobile number."))

    def _birthdays(self, data: dict) -> None:
        child, grown = data.get("turns_14_on"), data.get("turns_18_on")
        if child and not grown and "turns_18_on" not in self.errors:
            self.add_error("turns_18_on", _("Give the 18th birthday too."))
        elif child and child >= grown:
            self.add_error("turns_18_on", _("The 18th birthday comes after the 14th."))
        elif child and grown.year - child.year != 4:
            self.add_error("turns_18_on", _("The 18th birthday comes four years after the 14th."))

    def _representation(self, data: dict) -> None:
        """A minor has a representative, who is an adult, somebody else, and not whoever writes it down."""
        if self.errors:
            return
        grown, who, today = data.get("turns_18_on"), data.get("representative"), localdate()
        minor = grown is not None and grown > today
        if who is None:
            if minor:
                self.add_error("representative", _("A minor needs somebody who answers for them: choose who."))
            return
        if who.pk == self.instance.pk:
            self.add_error("representative", _("Nobody represents themselves."))
        if who.turns_18_on and who.turns_18_on > today:
            self.add_error("representative", _("A minor cannot answer for somebody else."))
        if self.for_user and who.user_id == self.for_user.pk:
            self.add_error("representative", _("This is you: ask a colleague to write it down."))
        quality = data.get("quality") or Quality.PARENT
        if minor and quality != Quality.MANDATE:
            data["represented_until"] = min(data.get("represented_until") or grown, grown)
        elif not minor:
            self._mandate(quality, data)
        if not data.get("represented_until"):
            self.add_error("represented_until", _("Say until when."))
        elif data["represented_until"] <= today and self._changed():
            self.add_error("represented_until", _("This day is past: leave « Represented by » empty instead."))
        data["quality"] = quality

    def _mandate(self, quality: str, data: dict) -> None:
        """Answering for an adult takes a mandate, which an administrator alone writes down: else whoever writes portraits
        could have anybody's requests sent to somebody else."""
        if quality != Quality.MANDATE:
            self.add_error("quality", _("An adult answers alone, unless somebody has a mandate."))
        elif self._changed() and not (self.for_user and self.for_user.is_superuser):
            self.add_error("representative", _("Only an administrator writes down a mandate."))

    def _changed(self) -> bool:
        return bool({"representative", "quality", "represented_until"} & set(self.changed_data))

    def save(self, commit=True):
        at = timezone.now()
        with transaction.atomic():
            person = super().save(commit)
            if self._changed():
                data = self.cleaned_data
                entrusting.entrust(
                    person, data["representative"], data["quality"], data.get("represented_until"), at=at
                )
            if BIRTHDAYS & set(self.changed_data):
                entrusting.birthdays_changed(person, at=at)
            if person.left_on and "left_on" in self.changed_data:
                consent.depart(person, on=person.left_on, at=at)
            self.closed = self._readdress(person, at) if self.before else 0
        return person

    def _readdress(self, person: Person, at: datetime) -> int:
        """Whoever was asked is told at their former addresses, and what they are being asked closes (asking.readdress), when
        a request would now go elsewhere, be proved by another account, or be answered by somebody else. Returns how many."""
        former, answers = self.represented, _answers(guardians.representation(person, at=at))
        elsewhere, other = _ways(self.before) != _ways(person), _answers(former) != answers
        other = other or self.before.user_id != person.user_id or bool(BIRTHDAYS & set(self.changed_data))
        if not (elsewhere or other):
            return 0
        ways = (self.before.email, self.before.phone)
        by = former.representative if former and other else None
        return asking.readdress(person, former=ways, by=by, elsewhere=elsewhere, at=at)


def _ways(person: Person) -> tuple[str, str, str]:
    """Where somebody is written to. A number that is not used yet does not count."""
    return person.email.lower(), texting.number(person.phone) if texting.reaches(person) else "", person.reach


def _answers(found: Representation | None) -> tuple | None:
    return found and (found.representative_id, found.quality, found.valid_until)
