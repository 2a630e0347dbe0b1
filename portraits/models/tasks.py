"""The steps of a portrait's workflow, and what was submitted. Nouns: the verbs are in workflow.py and unlock.py."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.forms import TaskStateCommentForm
from wagtail.locks import WorkflowLock
from wagtail.models import AbstractGroupApprovalTask, Task, TaskState

from portraits.models.readers import Circle, Why, hands


@register_setting(icon="glasses")
class ReadingRule(BaseGenericSetting):
    """How many people read a portrait, beside its author, before the person is asked."""

    class Readers(models.IntegerChoices):
        ONE = 1, _("One reader")
        TWO = 2, _("Two readers")

    readers = models.PositiveSmallIntegerField(
        _("readers"),
        choices=Readers,
        default=Readers.ONE,
        help_text=_("One is enough: a text seen by too many people falls flat. The person is always the last one."),
    )

    class Meta:
        verbose_name = _("reading")

    @classmethod
    def wanted(cls) -> int:
        """How many readers there must be now. One query; the row need not exist."""
        return (cls.objects.first() or cls()).readers


class Submission(models.Model):
    """A portrait given to be read, and what will be asked once it is. Never changed: another submission makes another."""

    workflow_state = models.OneToOneField("wagtailcore.WorkflowState", models.CASCADE, related_name="submission")
    usages = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    version = models.ForeignKey("portraits.Version", models.PROTECT, null=True, related_name="+")

    def __str__(self):
        return f"submission {self.pk}"


class ReadingState(TaskState):
    """What was read, not only that somebody read: autosave may rewrite a revision after its approval.

    `recipients` is the hash of whom the request will go to. `said_by` is the person, when a portrait comes back with
    their words.
    """

    fingerprint = models.CharField(max_length=64, blank=True)
    recipients = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True)
    said_by = models.ForeignKey("portraits.Person", models.SET_NULL, null=True, related_name="+")


class ReadingForm(TaskStateCommentForm):
    """What a reading leaves. The two hashes come from the reading page: an approval from elsewhere has none."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    recipients = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DistinctReadingTask(AbstractGroupApprovalTask):
    """One reading, by somebody who neither wrote this nor read it already; superusers too. `groups` are the services."""

    task_state_class = ReadingState

    class Meta:
        verbose_name = _("reading by another person")
        verbose_name_plural = _("readings by another person")

    @classmethod
    def get_description(cls):
        return _("Somebody of the other service reads the portrait. Nobody reads what they wrote, nor twice.")

    def why(self, portrait, user, *, at: datetime) -> Why | None:
        """What lets this user read the portrait as it is now, or None."""
        state = portrait.current_workflow_task_state
        if state is None or state.task_id != self.pk:
            return None
        revision = portrait.get_latest_revision()
        barred = hands([(state, revision)])[state.pk]
        second = ReadingState.objects.filter(
            workflow_state=state.workflow_state_id, status=TaskState.STATUS_APPROVED, revision=revision
        ).exists()
        return Circle.of(self, at=at).why(user, author=revision.user_id, barred=barred, second=second)

    def get_actions(self, obj, user):
        if not self.why(obj, user, at=timezone.now()):
            return []
        return [("reject", _("Ask for changes"), True), ("approve", _("Approve"), True)]

    def get_form_for_action(self, action):
        return ReadingForm if action == "approve" else TaskStateCommentForm

    def get_task_states_user_can_moderate(self, user, **kwargs):
        return TaskState.objects.none()  # « Aujourd'hui » lists them, for those who may read

    @transaction.atomic
    def on_action(self, task_state, user, action_name, *, comment="", fingerprint="", recipients="", at=None):
        """Approve or send back. What was read is kept with the reading. Raises PermissionDenied to whoever may not read."""
        at = at or timezone.now()
        state = ReadingState.objects.select_for_update(of=("self",)).get(pk=task_state.pk)
        portrait = state.workflow_state.content_object
        if action_name not in {"approve", "reject"} or not self.why(portrait, user, at=at):
            raise PermissionDenied
        if action_name == "approve" and not (fingerprint and recipients):
            raise PermissionDenied
        state.revision = portrait.get_latest_revision()
        state.fingerprint, state.recipients, state.read_at = fingerprint, recipients, at
        getattr(state, action_name)(user=user, comment=comment)


class ConsentLock(WorkflowLock):
    """While people are asked, nobody writes: what they read stays what is on the desk."""

    def get_message(self, user):
        return gettext(
            "Consent is asked: this portrait is locked until the answers are in. To change it, take the request back."
        )

    def get_locked_by(self, user, can_lock=False):
        return gettext("Locked: consent is asked")

    def get_description(self, user, can_lock=False):
        return gettext("Nobody changes a portrait while people are asked about it.")


class ConsentTask(Task):
    """The people in the picture are asked. Nobody on staff ends it: their answers do, or the end of the time to answer."""

    task_state_class = ReadingState
    lock_class = ConsentLock

    class Meta:
        verbose_name = _("consent of the people in the picture")
        verbose_name_plural = _("consents of the people in the picture")

    @classmethod
    def get_description(cls):
        return _("Each person in the picture is asked. Nobody can approve for them.")

    def locked_for_user(self, obj, user):
        return True

    def get_actions(self, obj, user):
        return []

    def on_action(self, *args, **kwargs):
        raise PermissionDenied
