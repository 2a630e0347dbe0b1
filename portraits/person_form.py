"""The form of a person: how they are reached, who answers for them, when they leave. What a change owes is done with it."""

from __future__ import annotations

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


class PersonForm(WagtailAdminModelForm):
    """A person. Whoever may be asked is told at their former address or number when it changes: a link must not go astray."""

    representative = forms.ModelChoiceField(
        label=_("Represented by"),
        queryset=Person.objects.all(),
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
        self.before = Person.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        found = guardians.representation(self.before, at=timezone.now()) if self.before else None
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
            if former := self._former_ways(person):
                asking.readdress(person, former=former, at=at)
            if self._changed():
                data = self.cleaned_data
                entrusting.entrust(
                    person, data["representative"], data["quality"], data.get("represented_until"), at=at
                )
            if {"turns_14_on", "turns_18_on"} & set(self.changed_data):
                entrusting.birthdays_changed(person, at=at)
            if person.left_on and "left_on" in self.changed_data:
                consent.depart(person, on=person.left_on, at=at)
        return person

    def _former_ways(self, person: Person) -> list[str]:
        """Where they were written to, when it is somewhere else now. A number that is not used yet does not count."""
        if self.before is None:
            return []

        def ways(one: Person) -> tuple[str, str, str]:
            return one.email.lower(), texting.number(one.phone) if texting.reaches(one) else "", one.reach

        if ways(self.before) == ways(person):
            return []
        return [way for way in (self.before.email, self.before.phone) if way]
