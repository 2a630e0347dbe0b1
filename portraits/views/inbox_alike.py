"""On the page of a message: those that it may be again, or be about the same event as, and the gestures that settle it."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from portraits import alike
from portraits.models import Compliment


class Alike:
    """What the page of a message (inbox_message.py) says and does about others like it."""

    def _alike(self) -> list[dict]:
        """Those that this one may be again, or be about the same event as; what is settled is not asked again."""
        row, found = self.row, []
        for one in alike.suggest(row):
            other = one.row
            if one.band == alike.Band.SAME_EVENT:
                told, question, verb = row.happening_id, _("the same event?"), _("Yes, group them")
                told = told and told == other.happening_id
            else:
                told, question, verb = other.pk == row.same_as_id, _("probably sent twice"), _("Yes, link them")
                told = told or other.same_as_id == row.pk
            gesture = "grouper" if one.band == alike.Band.SAME_EVENT else "lier"
            if not told:
                found.append({"row": other, "question": question, "verb": verb, "gesture": gesture})
        return found

    def _other(self, *bands: alike.Band) -> Compliment:
        """The one that was proposed, and no other."""
        key = self.request.POST.get("other", "")
        for one in alike.suggest(self.row):
            if str(one.row.pk) == key and one.band in bands:
                return one.row
        raise Http404

    def link(self) -> None:
        alike.same(self.row, self._other(alike.Band.RESEND, alike.Band.LINKED))

    def unlink(self) -> None:
        alike.apart(self.row)

    def group(self) -> None:
        place = str(self.row.spot or "")
        alike.together(self.row, self._other(alike.Band.SAME_EVENT), label=place)

    def ungroup(self) -> None:
        alike.out(self.row)
