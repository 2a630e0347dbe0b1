"""The form of thanks: what somebody may say, and how little of it is needed. Whatever is wrong, every word stays in it."""

from __future__ import annotations

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from portraits import inbox, ingest, thanking
from portraits.usages import Audience

ELSEWHERE = "ailleurs"
MOST_FIGURES = 18  # of the number of a row
YES_NO = (("yes", _("Yes")), ("no", _("No")))
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{6,18}")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


class ThanksForm(forms.Form):
    """The names of the fields are those of the addresses: French."""

    mot = forms.CharField(required=False, strip=False)
    lieu = forms.CharField(required=False)
    ailleurs = forms.CharField(required=False, max_length=120)
    jour = forms.DateField(required=False, input_formats=_DAYS)
    prenom = forms.CharField(required=False, max_length=80)
    equipe = forms.CharField(required=False)
    contact = forms.CharField(required=False, max_length=254)
    signe = forms.CharField(required=False, max_length=40)
    quartier = forms.CharField(required=False, max_length=60)
    signature = forms.ChoiceField(required=False, choices=inbox.Signature.choices)
    colleagues = forms.ChoiceField(required=False, choices=YES_NO)
    public = forms.ChoiceField(required=False, choices=YES_NO)
    photo = forms.FileField(required=False)
    siteweb = forms.CharField(required=False)  # nobody sees it: only a machine fills it in
    billet = forms.CharField(required=False)
    effort = forms.CharField(required=False)

    def __init__(self, *args, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.spots, self.teams = thanking.spots(language), thanking.teams(language)
        self.fields["mot"].validators.clear()  # what nobody sees in it is dropped, not refused (inbox.legible)
        self.fields["jour"].error_messages["invalid"] = _(
            "We cannot read this day. Leave it blank, or write it so: 2026-06-21."
        )

    def clean_mot(self) -> str:
        words = self.cleaned_data["mot"]
        length = thanking.length(words)
        if length < inbox.SHORTEST:
            raise ValidationError(_("Write a few words: what happened?"))
        if length > thanking.LONGEST:
            over = length - thanking.LONGEST
            values = {
                "length": number_format(length, force_grouping=True),
                "over": number_format(over, force_grouping=True),
            }
            raise ValidationError(
                _("Your words have %(length)s characters; the most is 2,000. Take out %(over)s: nothing is lost.")
                % values
            )
        return words

    def clean_lieu(self) -> int | None:
        return self._known("lieu", self.spots)

    def clean_equipe(self) -> int | None:
        return self._known("equipe", self.teams)

    def _known(self, name: str, choices: dict[int, str]) -> int | None:
        """A place or a team that went away since the page was opened is no reason to refuse thanks."""
        value = self.cleaned_data[name]
        return int(value) if value.isdecimal() and len(value) <= MOST_FIGURES and int(value) in choices else None

    def clean_jour(self) -> date | None:
        day = self.cleaned_data["jour"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day is still to come: is it the right one?"))
        return day

    def clean_contact(self) -> str:
        contact = self.cleaned_data["contact"].strip()
        if "@" in contact:
            try:
                validate_email(contact)
            except ValidationError:
                raise ValidationError(_("This does not look like an e-mail address: something@somewhere.")) from None
        elif contact and not _PHONE.fullmatch(contact):
            raise ValidationError(
                _("We read neither an e-mail nor a telephone number here. Leave it blank if you prefer.")
            )
        return contact

    def clean_photo(self) -> bytes:
        file = self.cleaned_data["photo"]
        return ingest.attached(file) if file else b""

    def clean(self):
        signs, name = self.cleaned_data.get("signature") == inbox.Signature.FIRST_NAME, self.cleaned_data.get("signe")
        if signs and not name:
            self.add_error("signe", _("Write your first name, or choose to stay anonymous."))
        elif signs and not thanking.is_first_name(name):
            self.add_error(
                "signe", _("A first name has letters alone: no number, no address, no sentence. Or stay anonymous.")
            )

    # -- what was understood

    @property
    def writer(self) -> inbox.Writer:
        said, contact = self.cleaned_data, self.cleaned_data["contact"]
        return inbox.Writer(
            first_name=said["signe"].strip(),
            district=said["quartier"].strip(),
            email=contact if "@" in contact else "",
            phone="" if "@" in contact else contact,
            signature=inbox.Signature(said["signature"] or inbox.Signature.ANONYMOUS),
        )

    @property
    def wishes(self) -> dict[Audience, str]:
        return {audience: self.cleaned_data[audience.value] for audience in Audience}

    @property
    def about(self) -> dict:
        """Where, when and to whom, as the inbox takes them."""
        said = self.cleaned_data
        return {
            "spot_id": said["lieu"],
            "elsewhere": said["ailleurs"].strip(),
            "team_id": said["equipe"],
            "to_whom": said["prenom"].strip(),
            "happened_on": said["jour"],
            "attachment": said["photo"],
        }
