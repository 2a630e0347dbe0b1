"""On the page of a message that was passed on: correcting whom it is for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _

from portraits import correcting
from portraits.inbox_forms import AddForm
from portraits.views.inbox import number


class Correcting:
    """What the page of a message (inbox_message.py) offers once it was passed on."""

    def correction(self) -> dict:
        """What its template needs."""
        allowed = correcting.may(self.row, at=self.now)
        return {"correctable": allowed, "add_form": AddForm(row=self.row) if allowed else None}

    def not_for(self) -> None:
        """It was for somebody else; « equipe » stands for the whole team."""
        key, person = self.request.POST.get("person", ""), None
        if key != "equipe":
            named = self.row.named.filter(person=number(key)).select_related("person").first()
            if named is None:
                raise Http404
            person = named.person
        row = correcting.not_for(self.row, person, by=self.request.user, at=self.now)
        messages.success(self.request, _("Corrected: it is theirs no more, and quoted nowhere."))
        if row.passed_on_at is None:
            messages.warning(self.request, _("Nobody has these words now: say whom they are for."))

    def also_for(self) -> None:
        form = self.valid("add_form", AddForm(self.request.POST, row=self.row))
        row = correcting.also_for(self.row, form.cleaned_data["person"], by=self.request.user, at=self.now)
        to_print = row.named.filter(told_at__isnull=True).exists()
        messages.success(self.request, _("Passed on. A slip is to be printed.") if to_print else _("Passed on."))
