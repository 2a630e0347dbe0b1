"""Days away, declared by oneself; an administrator declares anybody's."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.usage import UsageView


class AbsenceIndex(generic.IndexView):
    """One's own absences; an administrator's list has everybody's."""

    def get_base_queryset(self):
        rows = super().get_base_queryset().select_related("user", "substitute")
        return rows if self.request.user.is_superuser else rows.filter(user=self.request.user)


class OwnAbsence:
    """Nobody changes somebody else's absence: it decides who may read in their place."""

    def get_object(self, *args, **kwargs):
        found = super().get_object(*args, **kwargs)
        if found.user_id != self.request.user.pk and not self.request.user.is_superuser:
            raise PermissionDenied
        return found


class AbsenceEdit(OwnAbsence, generic.EditView):
    pass


class AbsenceDelete(OwnAbsence, generic.DeleteView):
    pass


class AbsenceHistory(OwnAbsence, HistoryView):
    pass


class AbsenceUsage(OwnAbsence, UsageView):
    pass
