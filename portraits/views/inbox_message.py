"""One message: what was received beside what would be passed on, and every gesture that it is open to.

Two moderators may hold the same page: `seen` says what theirs showed. When it is no longer so, nothing is done, one sentence
says it, and what was typed stays on the page.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.models import Locale

from portraits import (
    bravo,
    gate,
    hiding,
    inbox,
    judging,
    ledger,
    masking,
    match,
    quoting,
    replying,
    signing,
    sorting,
    state,
    turn,
)
from portraits.comparing import changes
from portraits.forms import HideForm
from portraits.inbox_forms import AnswerForm, BriefForm, CloseForm, HandForm, PassOnForm, SortForm, WordForm
from portraits.models import Compliment, DraftSubject, Person, Portrait
from portraits.usages import Audience
from portraits.views.inbox import InboxView, may, number
from portraits.views.inbox_alike import Alike
from portraits.views.inbox_correcting import Correcting

Stage, Kind = Compliment.Stage, Compliment.Kind
REFUSALS = {
    masking.Unmasked: gettext_lazy("A personal detail is still to be judged: mask it, or say that it stays."),
    inbox.StillWhole: gettext_lazy(
        "There is a criticism in these words too: change them first, and keep only what is for the person."
    ),
    inbox.NotHanded: gettext_lazy(
        "A criticism is not closed before somebody has it: hand it over, or say what else it is."
    ),
    inbox.Unsaid: gettext_lazy("Say why, in a few words: whoever opens this message next reads it."),
}


class Invalid(Exception):
    """A form was not filled in as it should: the page shows it again."""

    def __init__(self, name: str, form: forms.BaseForm):
        super().__init__(name)
        self.name, self.form = name, form


class Message(Alike, Correcting, InboxView):
    """The page of one message."""

    template_name = "portraits/admin/inbox_message.html"

    def get_page_subtitle(self):
        return self.row.reference

    @cached_property
    def row(self) -> Compliment:
        found = Compliment.objects.readable().select_related(
            "team", "spot", "portrait", "writer", "happening", "same_as"
        )
        return get_object_or_404(found.select_related("entered_by", "passed_on_by"), pk=self.kwargs["pk"])

    @property
    def address(self) -> str:
        return reverse("portraits_inbox_message", args=[self.row.pk])

    @cached_property
    def words(self) -> str:
        return inbox.wording(self.row)

    @cached_property
    def stop(self) -> state.Stop | None:
        """Staff's, on what was passed on."""
        return state.stop(self.row.pk, at=self.now, of=gate.COMPLIMENT) if self.row.passed_on_at else None

    def seen(self) -> str:
        """What this page rests on: another stage, another wording, another answer, and it is out of date."""
        row = self.row
        last = row.wordings.values_list("pk", flat=True).last()
        sums = (last, row.replies.count(), row.dismissals.count(), row.same_as_id, row.happening_id)
        sums += (row.for_team, *row.named.order_by("pk").values_list("person_id", flat=True))
        about = (row.stage, row.kind, row.team_id, row.spot_id, row.elsewhere, row.happened_on, row.to_whom)
        about += (row.language, row.signature, row.district)
        return masking.digest(repr((sums, about, self.stop is None)))

    def get_context_data(self, **kwargs):
        row, due = self.row, sorting.due(self.row)
        at_work = row.stage in {Stage.RECEIVED, Stage.TRIAGED} and not row.erased_at
        passable = row.stage == Stage.TRIAGED and row.kind in {Kind.COMPLIMENT, Kind.MIXED}
        answerable = row.stage in {Stage.PASSED_ON, Stage.ANSWERED} or (
            row.stage == Stage.TRIAGED and row.kind in {Kind.OFF_TOPIC, Kind.COMPLAINT}
        )
        judged = inbox.rewordable(row)
        place = masking.left(row, row.elsewhere) if judged else ()
        found = {
            "row": row,
            "alike": [] if row.erased_at else self._alike(),
            "seen": self.seen(),
            "words": self.words,
            "pieces": self._pieces(self.words, judging.in_words(row, self.words)) if judged else [(self.words, None)],
            "place_pieces": self._pieces(row.elsewhere, place) if place else (),
            "signature": (signing.said(row), signing.doubts(row)) if at_work else (),
            "diff": changes(row.original, self.words) if self.words != row.original else (),
            "wordings": row.wordings.select_related("by"),
            "replies": row.replies.select_related("by"),
            "named": row.named.select_related("person"),
            "due": due,
            "late": bool(due and due <= self.now),
            "kinds": Kind.choices,
            "at_work": at_work,
            "judged": judged,
            "passable": passable,
            "answerable": answerable,
            "closable": row.stage in {Stage.TRIAGED, Stage.PASSED_ON, Stage.ANSWERED},
            "close_form": CloseForm() if inbox.unreached(row) else None,
            "stop": self.stop,
            "hide_form": HideForm() if self._hidable() else None,
            "may_take_back": self._may_take_back(),
            "ways": self._ways(),
            "may_meet": self.request.user.has_perm("portraits.add_portrait"),
        }
        found |= self.correction()
        return super().get_context_data(**found | self._forms(passable, answerable) | kwargs)

    def _hidable(self) -> bool:
        row = self.row
        return bool(row.passed_on_at) and not (row.private or row.erased_at or row.removed_at or self.stop)

    def _ways(self) -> list[tuple[str, str]]:
        """What channels offer to do with words that were passed on: addresses, and what they are for."""
        if not self.row.passed_on_at or self.row.private:
            return []
        return [way for offer in hooks.get_hooks("register_words_way") for way in offer(self.request, self.row.pk)]

    def _may_take_back(self) -> bool:
        """Whether its writer said something that can be taken back here: a colleague does it signed in, and a comment of a
        network is quoted without its author."""
        row = self.row
        return not row.erased_at and row.channel not in {Compliment.Channel.COLLEAGUE, *Compliment.SOCIAL}

    def _forms(self, passable: bool, answerable: bool) -> dict:
        row = self.row
        made = {"sort_form": SortForm(instance=row), "word_form": WordForm(initial={"text": self.words})}
        if passable:
            found = match.candidates(row)
            made |= {
                "candidates": found,
                "whole": inbox.whole(row),
                "left": judging.left(row, self.words),
                "pass_form": PassOnForm(team=row.team),
            }
        if answerable:
            templates = replying.templates(row)
            chosen = next((one for one in templates if str(one.pk) == self.request.GET.get("modele")), None)
            text = replying.fill(chosen, row) if chosen else ""
            made |= {"templates": templates, "chosen": chosen, "answer_form": AnswerForm(initial={"text": text})}
        if row.kind == Kind.COMPLAINT:
            made |= {"hand_form": HandForm(), "brief_form": BriefForm(original=row.original)}
        return made

    def _pieces(self, text: str, marks: list[masking.Mark]) -> list[tuple[str, masking.Mark | None]]:
        """The text cut at these marks."""
        found, at = [], 0
        for mark in marks:
            found += [(text[at : mark.start], None), (mark.words, mark)]
            at = mark.end
        return [*found, (text[at:], None)]


class Gesture(Message):
    """One thing done to the message. POST only."""

    http_method_names = ["post"]

    def post(self, request, pk, gesture):
        verb = GESTURES.get(gesture)
        if verb is None:
            raise Http404
        try:
            with transaction.atomic():
                turn.take(self.row)
                self._forget()
                if request.POST.get("seen") != self.seen():
                    raise inbox.NotNow(self.row.stage)
                answer = verb(self)
        except inbox.NotNow:
            return self._again(409, conflict=True, typed=self._typed())
        except tuple(REFUSALS) as refusal:
            return self._again(422, problem=REFUSALS[type(refusal)])
        except inbox.Refused as refused:
            words = _("%(count)s characters: between 3 and 2,000, please.") % {"count": refused.length}
            return self._again(422, problem=words, typed=self._typed())
        except Invalid as invalid:
            return self._again(422, **{invalid.name: invalid.form})
        return answer or redirect(self.address)

    def _forget(self) -> None:
        """What was read before our turn came."""
        for name in ("row", "words", "stop"):
            self.__dict__.pop(name, None)

    def _again(self, status: int, **context) -> HttpResponse:
        self._forget()
        return self.render_to_response(self.get_context_data(**context), status=status)

    def _typed(self) -> str:
        return self.request.POST.get("text", "").strip()

    def valid(self, name: str, form: forms.BaseForm) -> forms.BaseForm:
        """The form, filled in. Raises Invalid."""
        if not form.is_valid():
            raise Invalid(name, form)
        return form

    def sort(self) -> None:
        data = self.valid("sort_form", SortForm(self.request.POST, instance=self.row)).cleaned_data
        inbox.triage(self.row, data.pop("kind"), by=self.request.user, at=self.now, **data)

    def word(self) -> None:
        data = self.valid("word_form", WordForm(self.request.POST)).cleaned_data
        if inbox.legible(data["text"]) != self.words:
            inbox.word(self.row, data["text"], reason=data["reason"], by=self.request.user, at=self.now)

    def mask(self) -> None:
        """Every run of these words at once."""
        found = judging.in_words(self.row, self.words)
        chosen = [one for one in found if masking.digest(one.words) == self._digest]
        if chosen:
            text = masking.masked(self.words, chosen, language=self.row.language)
            reason = _("Personal detail masked: %(what)s") % {"what": chosen[0].mask}
            inbox.word(self.row, text, reason=reason, by=self.request.user, at=self.now)

    def keep(self) -> None:
        signed = "signature" in self.request.POST
        found = signing.doubts(self.row) if signed else judging.unsigned(self.row, self.words)
        for one in found:
            if masking.digest(one.words) == self._digest:
                stay, what = (signing.dismiss, one) if signed else (masking.dismiss, one.words)
                stay(self.row, what, by=self.request.user, at=self.now)

    def unsign(self) -> None:
        alone = "district" in self.request.POST
        inbox.unsign(self.row, by=self.request.user, at=self.now, district_alone=alone)

    @property
    def _digest(self) -> str:
        return masking.digest(self.request.POST.get("words", ""))

    def pass_on(self) -> None:
        form = self.valid("pass_form", PassOnForm(self.request.POST, team=self.row.team))
        row = inbox.pass_on(self.row, form.whom(), by=self.request.user, at=self.now)
        to_print = row.named.filter(told_at__isnull=True).exists() or (row.for_team and not row.team_told_at)
        messages.success(self.request, _("Passed on.") if not to_print else _("Passed on. A slip is to be printed."))
        if row.stage == Stage.CLOSED:
            messages.info(self.request, _("Whoever wrote left no address: nothing more is owed, and it is closed."))

    def answer(self) -> HttpResponseBase | None:
        form = AnswerForm(self.request.POST)
        text = self.valid("answer_form", form).cleaned_data["text"]
        if self.row.named.exists() and replying.bare(self.row, text):
            form.add_error("text", _("Somebody was named: add a sentence of your own to the template."))
            raise Invalid("answer_form", form)
        if replying.already(self.row, text):
            messages.warning(self.request, _("This very answer had already gone to the same person."))
        reply = inbox.answer(self.row, text, by=self.request.user, at=self.now)
        messages.success(self.request, _("The answer has left.") if reply.sent else _("Noted: say it, or post it."))

    def hand(self) -> None:
        form = self.valid("hand_form", HandForm(self.request.POST))
        team = form.cleaned_data["team"]
        try:
            inbox.hand_over(self.row, to=form.handed_to(), team=team, by=self.request.user, at=self.now)
        except masking.Unmasked:
            form.add_error("team", REFUSALS[masking.Unmasked])  # what was typed stays
            raise Invalid("hand_form", form) from None
        mailed = _("The words have left for the team. Ours will be erased within 90 days.")
        to_bring = _("Noted. Bring them the words: they are on this page, and will be erased within 90 days.")
        messages.success(self.request, mailed if team else to_bring)

    def close(self) -> None:
        reason = ""
        if inbox.unreached(self.row):
            why = self.valid("close_form", CloseForm(self.request.POST)).cleaned_data["reason"]
            reason = _("Closed without being passed on: %(why)s") % {"why": why}
        inbox.close(self.row, by=self.request.user, at=self.now, reason=reason)

    def reopen(self) -> None:
        inbox.reopen(self.row, by=self.request.user, at=self.now)

    def brief(self) -> HttpResponseBase:
        form = self.valid("brief_form", BriefForm(self.request.POST, original=self.row.original))
        form.instance.by, form.instance.at = self.request.user, self.now
        form.save()
        return redirect("portraits_to_meet")

    def take_back(self) -> None:
        """The writer calls and no longer wants to be quoted: at once, everywhere, as by their own page."""
        if not self._may_take_back():
            raise inbox.NotNow(self.row.stage)
        for audience in Audience:
            quoting.take_back(self.row, self.row.writer, audience, at=self.now)
        line = {"portrait": str(self.row.across), "by": ledger.account(self.request.user)}
        ledger.append("taken_back_for", at=self.now, **line)
        messages.success(self.request, _("Taken back: these words are quoted nowhere any more."))

    def remove(self) -> HttpResponseBase:
        """A colleague's words that should not have been sent: off every wall, and off the pages of those whom they are for."""
        if self.row.channel != Compliment.Channel.COLLEAGUE:
            raise Http404
        bravo.remove(self.row, by=self.request.user, at=self.now)
        messages.success(self.request, _("Removed, from everywhere."))
        return redirect("portraits_inbox")

    def hide(self) -> None:
        """Staff's stop on these words: at once, everywhere. The consent officer alone lifts it."""
        if not self._hidable():
            raise inbox.NotNow(self.row.stage)
        reason = self.valid("hide_form", HideForm(self.request.POST)).cleaned_data["reason"]
        hiding.hide(self.row, by=self.request.user, at=self.now, reason=reason)
        messages.success(self.request, _("Hidden everywhere. Only the consent officer lifts it."))

    def reach(self) -> None:
        """Show the telephone number of somebody to whom we cannot write; each reading is a line of the ledger."""
        if self.row.writer.phone and not self.row.writer.email:
            line = {"portrait": str(self.row.across), "by": ledger.account(self.request.user)}
            ledger.append("contact_read", at=self.now, **line)
            messages.info(self.request, _("Telephone: %(number)s") % {"number": self.row.writer.phone})

    def meet(self) -> HttpResponseBase:
        """A portrait starts: of somebody whom these words name. What is there already is opened."""
        key = number(self.request.POST.get("person", ""))
        named = self.row.named.filter(person=key)
        if not self.request.user.has_perm("portraits.add_portrait") or not named.exists():
            raise Http404
        desk = Portrait.objects.filter(subjects__person=key, subjects__role="main").first()
        return redirect("wagtailsnippets_portraits_portrait:edit", (desk or self._start(named.get().person)).pk)

    def _start(self, person: Person) -> Portrait:
        desk = Portrait(locale=Locale.get_default(), first_name=person.first_name)
        desk.subjects = [DraftSubject(person=person, role="main")]
        desk.save()
        desk.save_revision(user=self.request.user)
        return desk


GESTURES = {
    "trier": Gesture.sort,
    "mots": Gesture.word,
    "masquer": Gesture.mask,
    "laisser": Gesture.keep,
    "anonyme": Gesture.unsign,
    "transmettre": Gesture.pass_on,
    "pas-pour": Gesture.not_for,
    "aussi-pour": Gesture.also_for,
    "repondre": Gesture.answer,
    "remettre": Gesture.hand,
    "fermer": Gesture.close,
    "rouvrir": Gesture.reopen,
    "piste": Gesture.brief,
    "lier": Gesture.link,
    "delier": Gesture.unlink,
    "grouper": Gesture.group,
    "degrouper": Gesture.ungroup,
    "joindre": Gesture.reach,
    "retirer": Gesture.take_back,
    "cacher": Gesture.hide,
    "ecarter": Gesture.remove,
    "rencontrer": Gesture.meet,
}


def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The photograph that came with a message: pixels only, for moderators, in no cache."""
    if not may(request.user):
        raise PermissionDenied
    row = get_object_or_404(Compliment.objects.readable().exclude(attachment=""), pk=pk)
    with default_storage.open(row.attachment.name) as file:
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(file.read(), content_type="image/jpeg", headers=headers)
