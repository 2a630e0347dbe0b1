"""In the CMS: what is about to leave and to whom, the button, a test, and what became of each delivery."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from infolettre import mail, send
from infolettre.assemble import assemble
from infolettre.models import Delivery, Infolettre, Subscriber
from infolettre.views.preview import preview
from portraits.blocks import labels

State = Delivery.State
TROUBLE = (State.REFUSED, State.UNCERTAIN, State.DUE, State.CLAIMED)
WORDS = {  # as editors say it, for one or for several
    State.DONE: ngettext_lazy("sent", "sent"),
    State.DUE: ngettext_lazy("waiting", "waiting"),
    State.CLAIMED: ngettext_lazy("leaving", "leaving"),
    State.REFUSED: ngettext_lazy("refused", "refused"),
    State.UNCERTAIN: ngettext_lazy("uncertain", "uncertain"),
    State.CANCELLED: ngettext_lazy("cancelled", "cancelled"),
}


def for_editors(view):
    """Only those who may change an issue; the issue instead of its id."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("infolettre.change_infolettre"):
            raise PermissionDenied
        return view(request, get_object_or_404(Infolettre, pk=pk))

    return guarded


@require_safe
@for_editors
def confirm(request: HttpRequest, issue: Infolettre) -> HttpResponse:
    """What would leave now, and to how many; once it has left, where it went."""
    if issue.state != Infolettre.State.DRAFT:
        return redirect("infolettre-envois", issue.pk)
    return _page(request, issue)


def _page(request: HttpRequest, issue: Infolettre, status: int = 200) -> HttpResponse:
    draft = send.desk(issue)
    shown = assemble(draft, timezone.now())
    recipients = Subscriber.objects.filter(active=True).count()
    context = {
        **_header(issue, _("Send issue %(number)s") % {"number": issue.number}),
        "shown": shown,
        "subject": mail.subject(shown),
        "kilobytes": round(len(mail.html(shown).encode()) / 1000),
        "left_out": labels(send.left_out(draft, shown)),
        "recipients": recipients,
        "obstacles": send.obstacles(shown, recipients),
    }
    return render(request, "infolettre/admin/confirm.html", context, status=status)


def _header(issue: Infolettre, title: str) -> dict:
    """The issue, and what Wagtail's own page header wants."""
    viewset = Infolettre.snippet_viewset
    edit_url = reverse(viewset.get_url_name("edit"), args=[issue.pk])
    crumbs = [
        {"url": reverse(viewset.get_url_name("list")), "label": viewset.menu_label},
        {"url": edit_url, "label": str(issue)},
        {"url": "", "label": title},
    ]
    header = {"page_title": title, "header_title": title, "header_icon": "mail", "breadcrumbs_items": crumbs}
    return {"issue": issue, "edit_url": edit_url, **header}


@require_POST
@for_editors
def leave(request: HttpRequest, issue: Infolettre) -> HttpResponse:
    """Start sending."""
    try:
        count = send.start(issue, by=request.user, at=timezone.now())
    except send.NotReady as problem:
        messages.error(request, " ".join(problem.sentences))
        return _page(request, issue, status=409)
    words = ngettext(
        "The issue is leaving to %(count)s person.", "The issue is leaving to %(count)s people.", count
    ) % {"count": count}
    messages.success(request, words)
    return redirect("infolettre-envois", issue.pk)


@require_POST
@for_editors
def test(request: HttpRequest, issue: Infolettre) -> HttpResponse:
    """Mail the draft to the editor, and to nobody else."""
    if not request.user.email:
        messages.error(request, _("Your account has no e-mail address."))
    else:
        send.try_out(issue, to=request.user.email, at=timezone.now())
        messages.success(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})
    return redirect("infolettre-envoyer", issue.pk)


@require_safe
@xframe_options_sameorigin
@for_editors
def look(request: HttpRequest, issue: Infolettre) -> HttpResponse:
    """The mail that would leave, framed by the confirmation page."""
    return preview(send.desk(issue), "html")


@require_safe
@for_editors
def deliveries(request: HttpRequest, issue: Infolettre) -> HttpResponse:
    """Counts, and whatever did not simply arrive, with the reason in the server's words."""
    counts = dict(issue.deliveries.values_list("state").annotate(count=Count("pk")).order_by())
    rows = issue.deliveries.filter(state__in=TROUBLE).order_by("state", "address")
    page = Paginator(rows, 50).get_page(request.GET.get("p"))
    context = {
        **_header(issue, _("Deliveries of issue %(number)s") % {"number": issue.number}),
        "total": sum(counts.values()),
        "counts": [(count, WORDS[state] % count) for state in State if (count := counts.get(state, 0))],
        "page": page,
        "rows": [(row, WORDS[row.state] % 1) for row in page],
    }
    return render(request, "infolettre/admin/deliveries.html", context)
