"""The inbox searched: by words, team, place, channel and days, on one shelf or all; and the searches that a moderator keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from portraits import inbox, sorting
from portraits.models import Compliment, KeptSearch, Spot, Team

MOST = 12  # searches that one person keeps
LONGEST = 600  # characters of an address that is kept


class SearchForm(forms.Form):
    """Every field may be left blank. The names are those of the address, which may be kept and sent: French."""

    mots = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("All of them, with their accents, in the message or in « for whom »."),
    )
    rayon = forms.ChoiceField(
        label=gettext_lazy("Shelf"), choices=[(one.name, one.label) for one in sorting.SHELVES], required=False
    )
    equipe = forms.ModelChoiceField(Team.objects.all(), label=capfirst(gettext_lazy("team")), required=False)
    lieu = forms.ModelChoiceField(Spot.objects.all(), label=capfirst(gettext_lazy("where")), required=False)
    canal = forms.ChoiceField(
        label=capfirst(gettext_lazy("channel")),
        choices=[("", gettext_lazy("All of them")), *Compliment.Channel.choices],
        required=False,
    )
    depuis = forms.DateField(label=gettext_lazy("Received since"), widget=AdminDateInput, required=False)
    jusqu = forms.DateField(label=gettext_lazy("Received until"), widget=AdminDateInput, required=False)

    def __init__(self, said: Mapping[str, str]):
        super().__init__({"rayon": "tous", **{name: said[name] for name in self.base_fields if said.get(name)}})

    def clean(self):
        data = super().clean()
        if data.get("depuis") and data.get("jusqu") and data["jusqu"] < data["depuis"]:
            self.add_error("jusqu", _("The end is before the beginning."))
        return data

    @property
    def query(self) -> str:
        """What was said, as it stands in an address: the same for the same search."""
        return urlencode({name: self.data[name] for name in self.fields if self.data.get(name)})


def rows(form: SearchForm, *, at: datetime) -> QuerySet[Compliment]:
    """The messages that a valid form describes, in the order of their shelf."""
    said = form.cleaned_data
    found = sorting.rows(said["rayon"] or "tous", at=at)
    for word in said["mots"].split():
        found = found.filter(_spoken(word))
    exact = {"team": said["equipe"], "spot": said["lieu"], "channel": said["canal"]}
    exact |= {"received_at__date__gte": said["depuis"], "received_at__date__lte": said["jusqu"]}
    return found.filter(**{name: value for name, value in exact.items() if value})


def _spoken(word: str) -> Q:
    """SQLite knows no capital of « é »: each way of writing the word is asked for."""
    ways = {word, word.lower(), word.capitalize(), word.upper()}
    found = Q()
    for way in ways:
        found |= Q(original__icontains=way) | Q(to_whom__icontains=way)
    return found


def kept(user) -> QuerySet[KeptSearch]:
    return KeptSearch.objects.filter(by=user)


def keep(name: str, query: str, *, by) -> bool:
    """Under this name, for this person alone; the same name again replaces it. False when they keep MOST already, or when there
    is nothing to keep."""
    name = " ".join(inbox.legible(name).split())[:40]
    others = kept(by).exclude(name=name).count()
    if not name or not query or len(query) > LONGEST or others >= MOST:
        return False
    KeptSearch.objects.update_or_create(by=by, name=name, defaults={"query": query})
    return True
