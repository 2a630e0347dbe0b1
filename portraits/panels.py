"""The edit form of a portrait: where consent stands, then the fields in the order in which a portrait is written."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel

from portraits import reading, state, translate
from portraits.forms import PortraitForm
from portraits.person_form import PersonForm


class ConsentPanel(Panel):
    """« Accords »: one of three words per usage, what is being read or asked, and what staff can do about it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "portraits/admin/consent_panel.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            if self.instance.pk is None:
                return context
            at = timezone.now()
            standings = state.standings([self.instance.pk], at=at)[self.instance.pk]
            waiting = [one.until for one in standings if one.word == state.Word.ASKED]
            stage = reading.stages([self.instance.pk]).get(self.instance.pk)
            context.update(
                standings=standings,
                answer_by=max(waiting, default=None),
                stop=state.stop(self.instance.pk, at=at),
                stage=stage,
                former=state.former(self.instance.pk, at=at) if stage == "asked" else None,
                submission=reading.current(self.instance) if stage == "reading" else None,
                why=self._why(at) if stage == "reading" else None,
                comments=reading.comments(self.instance),
                to_settle=[one for rows in self.form.margin.values() for one in rows if one.settled_at is None],
                other=translate.existing(self.instance),
                other_language=translate.other_language(self.instance),
                may_change=self.request.user.has_perm("portraits.change_portrait"),
            )
            return context

        def _why(self, at):
            """What lets this user read the portrait, if anything does."""
            task = self.instance.current_workflow_task
            return task.why(self.instance, self.request.user, at=at) if task else None


class ReadField(FieldPanel):
    """A field that is read, with what was said beside it and waits to be settled. (Wagtail's own comments are for pages.)"""

    class BoundPanel(FieldPanel.BoundPanel):
        template_name = "portraits/admin/read_field.html"

        def get_context_data(self, parent_context=None):
            said = self.form.margin.get(self.field_name, ())
            return super().get_context_data(parent_context) | {"said": [one for one in said if one.settled_at is None]}


def portrait_edit_handler() -> ObjectList:
    """The form in the order in which a portrait is written. A first name is enough to start."""
    return ObjectList(
        [
            ConsentPanel(heading=_("Consents"), icon="key"),
            MultiFieldPanel(
                [ReadField("first_name", required_on_save=True), ReadField("job"), ReadField("sentence")],
                heading=_("Who"),
                icon="user",
            ),
            ReadField("story", icon="doc-full"),
            MultiFieldPanel([ReadField("photo"), ReadField("alt")], heading=_("Photo"), icon="image"),
            MultiFieldPanel(
                [ReadField("partner_name"), ReadField("partner_photo"), ReadField("partner_alt")],
                heading=_("Bandeau: a paired resident"),
                icon="openquote",
                classname="collapsed",
            ),
            InlinePanel("subjects", heading=_("People in the picture"), label=_("Person"), icon="group"),
            FieldPanel("tags", icon="tag"),
        ],
        base_form_class=PortraitForm,
    )


def person_edit_handler() -> ObjectList:
    """What is kept of a person, in the order one asks for it."""

    def group(heading: str, *names: str, **options) -> MultiFieldPanel:
        return MultiFieldPanel([FieldPanel(name) for name in names], heading=heading, **options)

    return ObjectList(
        [
            group(_("Who"), "first_name", "last_name", "kind", "team", "language", icon="user"),
            group(_("How we reach them"), "reach", "email", "phone", icon="mail"),
            group(
                _("A minor, or a represented adult"),
                "turns_14_on",
                "turns_18_on",
                "representative",
                "quality",
                "represented_until",
                icon="group",
            ),
            FieldPanel("groups", widget=forms.CheckboxSelectMultiple, icon="view"),
            FieldPanel("in_service_since", icon="date"),
            FieldPanel("left_on", icon="date"),
            # An account proves somebody's yes: whoever may give one away could answer in their place.
            FieldPanel("user", permission="superuser", icon="key"),
        ],
        base_form_class=PersonForm,
    )
