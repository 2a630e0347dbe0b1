"""The forms of the inbox. A refusal is one sentence, and what was typed stays in its box."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.widgets import AdminSnippetChooser

from portraits.inbox import SHORTEST
from portraits.match import folded
from portraits.models import Brief, Compliment, Person, Reply, Spot, Team, Wording
from portraits.models.compliment import LONGEST

RUN = 5  # words in a row that make it a quotation


def _lines(rows: int, **attrs) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class SortForm(forms.ModelForm):
    """What it is, and where, when, to whom, as far as it is understood."""

    kind = forms.ChoiceField(choices=Compliment.Kind.choices)
    language = forms.ChoiceField(
        label=capfirst(_("language")),
        choices=settings.LANGUAGES,
        required=False,
        help_text=_("Of the message. The answer templates, the masks and our mails to whoever wrote it are in it."),
    )

    class Meta:
        model = Compliment
        fields = ["team", "spot", "elsewhere", "happened_on", "to_whom", "language"]
        widgets = {"happened_on": AdminDateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, model in (("team", Team), ("spot", Spot)):
            now = getattr(self.instance, f"{name}_id")
            self.fields[name].queryset = model.objects.filter(active=True) | model.objects.filter(pk=now)

    def clean_language(self):
        return self.cleaned_data["language"] or self.instance.language

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day and day > localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class WordForm(forms.Form):
    """The words as they would be passed on, and why they are not the original's."""

    text = forms.CharField(
        label=_("Words passed on"), min_length=SHORTEST, max_length=LONGEST, widget=_lines(7), strip=True
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=Wording._meta.get_field("reason").max_length,
        help_text=Wording._meta.get_field("reason").help_text,
        error_messages={"required": _("Say why, in a few words: whoever opens this message next reads it.")},
    )


def _here():
    """Whom words can be for: employees who have not left."""
    return Person.objects.filter(kind=Person.Kind.EMPLOYEE).exclude(left_on__lte=localdate())


class PersonChooser(AdminSnippetChooser):
    """One of our people. What is no number is nobody's: the form says so, and the page still opens."""

    def __init__(self, **kwargs):
        super().__init__(Person, **kwargs)

    def get_instance(self, value):
        try:
            return super().get_instance(value)
        except ValueError:
            return None


class PassOnForm(forms.Form):
    """Whom the words are for."""

    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), required=False, label=_("For"), widget=forms.CheckboxSelectMultiple
    )

    other = forms.ModelChoiceField(
        Person.objects.none(), required=False, label=_("Somebody else"), widget=PersonChooser()
    )

    def __init__(self, *args, team: Team | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team
        self.fields["people"].queryset = self.fields["other"].queryset = _here()

    def clean(self):
        data = super().clean()
        if not self.whom() and self.team is None:
            raise forms.ValidationError(_("Say whom these words are for: somebody, or a team."))
        return data

    def whom(self) -> list[Person]:
        """Everybody who was ticked or added, once each."""
        chosen = [*self.cleaned_data.get("people", ()), self.cleaned_data.get("other")]
        return list(dict.fromkeys(one for one in chosen if one))


class AddForm(forms.Form):
    """Somebody whom words that were passed on are for too."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Somebody else"), widget=PersonChooser())

    def __init__(self, *args, row: Compliment, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["person"].queryset = _here()

    def clean_person(self):
        person = self.cleaned_data["person"]
        if person.pk == self.row.writer_id:
            raise forms.ValidationError(_("They wrote these words: nobody thanks themselves."))
        if self.row.named.filter(person=person).exists():
            raise forms.ValidationError(_("They have these words already."))
        return person


class AnswerForm(forms.Form):
    """The answer to the writer."""

    text = forms.CharField(
        label=_("Answer"), max_length=Reply._meta.get_field("text").max_length, widget=_lines(9), strip=True
    )


class CloseForm(forms.Form):
    """Why kind words are closed although nobody received them."""

    reason = forms.CharField(
        label=_("Why nobody gets them"),
        max_length=120,
        help_text=_("« Ces mots sont pour un autre arrondissement. » Kept with the message."),
        error_messages={"required": _("Say why, in a few words: whoever opens this message next reads it.")},
    )


class HandForm(forms.Form):
    """Where a criticism goes, and its number there: a team of ours gets it by mail, another service from whoever fills this in."""

    team = forms.ModelChoiceField(
        Team.objects.none(), required=False, label=_("Team"), help_text=_("It gets the words by e-mail, at once.")
    )
    service = forms.CharField(
        label=_("Another service"),
        max_length=50,
        required=False,
        help_text=_("« 311 », « Travaux publics ». Nothing leaves by itself: you bring it the words."),
    )
    number = forms.CharField(
        label=_("Number there"), max_length=25, required=False, help_text=_("So that it can be found again.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="hand_%s", **kwargs)  # the form that sorts has a team too, on the same page
        self.fields["team"].queryset = Team.objects.filter(active=True).exclude(email="")

    def clean(self):
        data = super().clean()
        team, service = data.get("team"), data.get("service")
        if team and service:
            self.add_error("service", _("A team, or another service: choose one."))
        elif not team and not self.errors:
            for name in ("service", "number"):
                if not data.get(name):
                    self.add_error(name, _("Say where it went, and its number there; or choose a team."))
        return data

    def handed_to(self) -> str:
        data = self.cleaned_data
        name = data["team"].name[:50] if data["team"] else data["service"]
        return ", ".join(filter(None, (name, data["number"])))


class BriefForm(forms.ModelForm):
    """The theme of a criticism, turned round. Its words stay where they are."""

    class Meta:
        model = Brief
        fields = ["theme", "trade", "note"]
        widgets = {"note": _lines(3)}

    def __init__(self, *args, original: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.original = f" {folded(original)} "

    def clean(self):
        data = super().clean()
        for name in self.fields:
            if self._quotes(data.get(name, "")):
                self.add_error(name, _("These are the words of the message: say it in your own."))
        return data

    def _quotes(self, text: str) -> bool:
        words = folded(text).split()
        runs = (" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
        return any(f" {run} " in self.original for run in runs)
