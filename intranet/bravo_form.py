"""The form of a bravo: whom it is for, the words, and who may read them. Whatever is wrong, every word stays in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from portraits import bravo, colleagues, inbox, thanking
from portraits.colleagues import Colleague
from portraits.models import Person, Team

LEAST = 3  # words
SOMEBODY_ELSE = "autre"
CHOICES = ((bravo.ALONE, _("Just for them")), (bravo.WALL, _("For the wall too")))


class BravoForm(forms.Form):
    """The names of the fields are those of the addresses: French. `everybody` are those who may be chosen by a first name."""

    nom = forms.CharField(required=False, max_length=60)
    personne = forms.CharField(required=False)
    equipe = forms.CharField(required=False)
    mot = forms.CharField(required=False, strip=False)
    choix = forms.ChoiceField(
        choices=CHOICES,
        error_messages={
            "required": pgettext_lazy("tu", "Choose who may read your words: nothing is chosen for you."),
            "invalid_choice": pgettext_lazy("tu", "Choose who may read your words: nothing is chosen for you."),
        },
    )
    cle = forms.CharField(max_length=64)

    def __init__(self, *args, everybody: Sequence[Colleague], language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.everybody, self.teams = {str(one.key): one for one in everybody}, thanking.teams(language)
        self.fields["mot"].validators.clear()  # what nobody sees in it is dropped, not refused (inbox.legible)

    @property
    def said(self) -> str:
        """The first name that was typed."""
        return str(self["nom"].value() or "").strip()

    @property
    def chosen(self) -> Colleague | None:
        """Whoever is ticked, while the intranet shows them."""
        return self.everybody.get(str(self["personne"].value() or ""))

    @property
    def found(self) -> list[Colleague]:
        """Those whom the typed name may mean; whoever is ticked comes first."""
        others = colleagues.named(self.everybody.values(), self.said)
        return [self.chosen, *(one for one in others if one != self.chosen)] if self.chosen else others

    def clean_mot(self) -> str:
        words = self.cleaned_data["mot"]
        length = thanking.length(words)
        if length > thanking.LONGEST:
            values = {
                "length": number_format(length, force_grouping=True),
                "over": number_format(length - thanking.LONGEST, force_grouping=True),
            }
            words = pgettext(
                "tu",
                "Your words have %(length)s characters; the most is 2,000. Take out %(over)s: nothing is lost.",
            )
            raise ValidationError(words % values)
        if len(re.findall(r"\w+", inbox.legible(words))) < LEAST:
            raise ValidationError(pgettext("tu", "Write three words at least: what did they do?"))
        return words

    def clean_equipe(self) -> int | None:
        return next((key for key in self.teams if str(key) == self.cleaned_data["equipe"]), None)

    def clean(self):
        """One person, or one team: never both, never a guess."""
        said = self.cleaned_data
        if said.get("equipe") and (self.chosen or said.get("nom")):
            self.add_error("equipe", pgettext("tu", "A person or a team: keep one of the two."))
        elif not said.get("equipe") and self.chosen is None and not self._else:
            if not self.said:
                self.add_error(
                    "nom", pgettext("tu", "Whom do you want to thank? Write a first name, or choose a team.")
                )
            elif self.found:
                self.add_error("nom", pgettext("tu", "Is it one of these people? Tick the right one."))
            else:
                self.add_error(
                    "nom", pgettext("tu", "We find nobody of that name here. Tick below if we should look for them.")
                )

    @property
    def _else(self) -> bool:
        return self["personne"].value() == SOMEBODY_ELSE and bool(self.said)

    @property
    def to(self) -> bravo.For:
        """Whom it is for, once the form is right."""
        if self.cleaned_data["equipe"]:
            return bravo.For(team=Team.objects.get(pk=self.cleaned_data["equipe"]))
        if self.chosen:
            return bravo.For(person=Person.objects.get(pk=self.chosen.key))
        return bravo.For(said=self.said)
