"""What the page says to the person: « tu » to an employee, « vous » to a resident.

The same English sentence has two French ones, told apart by their context; what needs neither is in the templates.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy, pgettext_lazy

from portraits.models import ConsentRequest, Subject

EMPLOYEE = {
    "title": pgettext_lazy("tu", "%(name)s, where may we show your portrait?"),
    "intro": pgettext_lazy(
        "tu",
        "You choose, one use at a time. Saying no changes nothing in your job, and you can change your mind whenever you like.",
    ),
    "end": pgettext_lazy(
        "tu",
        "That day everything is taken down, unless you say yes again. Until then, you can withdraw whatever you like "
        "through the link of your receipt, without giving a reason.",
    ),
    "secret": pgettext_lazy("tu", "Your colleagues and human resources never see a no: a no and a silence look alike."),
    "deadline": pgettext_lazy("tu", "You can answer until %(deadline)s."),
    "present": pgettext_lazy("tu", "Your answers, %(name)s"),
    "link": pgettext_lazy(
        "tu",
        "Keep the e-mail: its link opens this page again, so that you can withdraw whatever you like, without a password.",
    ),
    "nowhere": pgettext_lazy("tu", "Your portrait is shown nowhere."),
    "waits": pgettext_lazy(
        "tu", "What you said yes to on paper or by telephone waits for a second person, who checks it."
    ),
    "limited": pgettext_lazy(
        "tu",
        "This link does not show what you answered before. It is enough to withdraw everything, and to see what you "
        "decide during this visit.",
    ),
    "preview": pgettext_lazy(
        "tu", "A preview has changed since you opened this page. Look at it again: nothing was recorded yet."
    ),
    "closed": pgettext_lazy(
        "tu",
        "This request closed in the meantime, so nothing was recorded. If a newer one replaces it, you have its link by e-mail.",
    ),
    "code": pgettext_lazy("tu", "We have just sent six digits to %(where)s. They confirm that it is you."),
    "undo": pgettext_lazy("tu", "A slip? Until %(undo)s you can undo what you did last."),
    "pause": pgettext_lazy(
        "tu", "Everything disappears now. You come back whenever you like: this page asks you again."
    ),
    "paused": pgettext_lazy(
        "tu", "You took a break. Nothing is shown, and nothing will be without a new yes from you."
    ),
    "asked_again": pgettext_lazy("tu", "Your request is on its way: look at your messages."),
    "change": pgettext_lazy(
        "tu", "Is a word wrong, or the picture? Write it: your portrait goes back to the person who wrote it."
    ),
    "help": pgettext_lazy("tu", "Somebody answers you who is neither your manager nor human resources."),
    "change_sent": pgettext_lazy(
        "tu", "It is sent. You will be asked again once the portrait is corrected; nothing new is shown meanwhile."
    ),
    "help_sent": pgettext_lazy("tu", "It is sent: somebody will answer you. Until then, nothing new is shown."),
}
RESIDENT = {
    "title": pgettext_lazy("vous", "%(name)s, where may we show your portrait?"),
    "intro": pgettext_lazy(
        "vous",
        "You choose, one use at a time. Saying no changes nothing in the services you receive, "
        "and you can change your mind whenever you like.",
    ),
    "end": pgettext_lazy(
        "vous",
        "That day everything is taken down, unless you say yes again. Until then, you can withdraw whatever you like "
        "through the link of your receipt, without giving a reason.",
    ),
    "secret": pgettext_lazy("vous", "The people who made the portrait never see a no: a no and a silence look alike."),
    "deadline": pgettext_lazy("vous", "You can answer until %(deadline)s."),
    "present": pgettext_lazy("vous", "Your answers, %(name)s"),
    "link": pgettext_lazy(
        "vous",
        "Keep the e-mail: its link opens this page again, so that you can withdraw whatever you like, without a password.",
    ),
    "nowhere": pgettext_lazy("vous", "Your portrait is shown nowhere."),
    "waits": pgettext_lazy(
        "vous", "What you said yes to on paper or by telephone waits for a second person, who checks it."
    ),
    "limited": pgettext_lazy(
        "vous",
        "This link does not show what you answered before. It is enough to withdraw everything, and to see what you "
        "decide during this visit.",
    ),
    "preview": pgettext_lazy(
        "vous", "A preview has changed since you opened this page. Look at it again: nothing was recorded yet."
    ),
    "closed": pgettext_lazy(
        "vous",
        "This request closed in the meantime, so nothing was recorded. If a newer one replaces it, you have its link by e-mail.",
    ),
    "code": pgettext_lazy("vous", "We have just sent six digits to %(where)s. They confirm that it is you."),
    "undo": pgettext_lazy("vous", "A slip? Until %(undo)s you can undo what you did last."),
    "pause": pgettext_lazy(
        "vous", "Everything disappears now. You come back whenever you like: this page asks you again."
    ),
    "paused": pgettext_lazy(
        "vous", "You took a break. Nothing is shown, and nothing will be without a new yes from you."
    ),
    "asked_again": pgettext_lazy("vous", "Your request is on its way: look at your messages."),
    "change": pgettext_lazy(
        "vous", "Is a word wrong, or the picture? Write it: your portrait goes back to the person who wrote it."
    ),
    "help": pgettext_lazy("vous", "Somebody answers you who is not among those who made the portrait."),
    "change_sent": pgettext_lazy(
        "vous", "It is sent. You will be asked again once the portrait is corrected; nothing new is shown meanwhile."
    ),
    "help_sent": pgettext_lazy("vous", "It is sent: somebody will answer you. Until then, nothing new is shown."),
}
# Somebody beside or behind the person portrayed answers about a picture that is not « theirs ».
BESIDE = {
    "title": gettext_lazy("%(name)s, where may we show this portrait?"),
    "nowhere": gettext_lazy("This portrait is shown nowhere."),
}

# Kind words: whoever they are for, and whoever wrote them, who may have given no name.
NAMED = {
    "envelope": pgettext_lazy("tu", "Kind words are waiting for you"),
    "inside": pgettext_lazy(
        "tu", "Somebody took the time to write. It is meant for you alone: do not pass this link on."
    ),
    "title": pgettext_lazy("tu", "This is yours, %(name)s."),
    "present": pgettext_lazy("tu", "This is yours, %(name)s."),
    "intro": pgettext_lazy(
        "tu", "These words enter no employee file and no appraisal. They are yours, whatever you answer."
    ),
    "colleagues": pgettext_lazy("tu", "May they be quoted among your colleagues?"),
    "public": pgettext_lazy("tu", "May they be quoted in public?"),
    "secret": pgettext_lazy(
        "tu", "Nobody learns of a no: a no and a silence look alike, to who wrote as to your colleagues."
    ),
    "recorded": pgettext_lazy("tu", "It is recorded."),
    "taken_back": pgettext_lazy("tu", "It is withdrawn."),
    "as_before": pgettext_lazy("tu", "All is as before."),
    "nowhere": pgettext_lazy("tu", "These words are quoted nowhere. They remain yours."),
    "link": pgettext_lazy("tu", "Quoted with your yes. You take it back here whenever you like, without a reason."),
}
# The same to a resident, or to whoever answers for somebody else.
NAMED_RESIDENT = {
    "envelope": pgettext_lazy("vous", "Kind words are waiting for you"),
    "inside": pgettext_lazy("vous", "Somebody took the time to write. This link is meant for you alone."),
    "title": pgettext_lazy("vous", "Kind words, %(name)s."),
    "present": pgettext_lazy("vous", "Kind words, %(name)s."),
    "intro": pgettext_lazy(
        "vous", "These words enter no file. They remain with whoever they are for, whatever you answer."
    ),
    "colleagues": pgettext_lazy("vous", "May they be quoted among employees?"),
    "public": pgettext_lazy("vous", "May they be quoted in public?"),
    "secret": pgettext_lazy("vous", "Nobody learns of a no: a no and a silence look alike, to who wrote too."),
    "recorded": pgettext_lazy("vous", "It is recorded."),
    "taken_back": pgettext_lazy("vous", "It is taken back."),
    "as_before": pgettext_lazy("vous", "All is as before."),
    "nowhere": pgettext_lazy("vous", "These words are quoted nowhere."),
    "link": pgettext_lazy("vous", "You can take each yes back here, whenever you like and without a reason."),
    "help": pgettext_lazy("vous", "Write your question: somebody at the borough answers you."),
}
WRITER = {
    "envelope": pgettext_lazy("vous", "Your kind words"),
    "inside": pgettext_lazy(
        "vous", "See what became of them, or take back what you allowed. This link is meant for you alone."
    ),
    "title": pgettext_lazy("vous", "Your words, as we would quote them."),
    "intro": pgettext_lazy(
        "vous", "We changed more than a passage left out. What you said yes to holds only if these words suit you."
    ),
    "present": pgettext_lazy("vous", "Thank you for your words."),
    "colleagues": pgettext_lazy("vous", "May they be quoted so among employees?"),
    "public": pgettext_lazy("vous", "May they be quoted so in public?"),
    "secret": pgettext_lazy("vous", "If you say no, or nothing, they are quoted nowhere; the person keeps them."),
    "recorded": pgettext_lazy("vous", "It is recorded."),
    "taken_back": pgettext_lazy("vous", "It is taken back."),
    "as_before": pgettext_lazy("vous", "All is as before."),
    "nowhere": pgettext_lazy("vous", "Your words are quoted nowhere."),
    "link": pgettext_lazy("vous", "You can take each yes back here, whenever you like and without a reason."),
    "help": pgettext_lazy("vous", "Write your question: somebody at the borough answers you."),
}


def say(request: ConsentRequest, values: Mapping[str, str]) -> dict[str, str]:
    """Every sentence in the present language, for whoever answers, with these values in it."""
    role = request.subject.role
    sentences = dict(EMPLOYEE if request.tu and role != Subject.Role.WRITER else RESIDENT)
    if role == Subject.Role.WRITER:
        sentences |= WRITER
    elif request.subject.version.portrait_id is None:
        sentences |= NAMED if request.tu else NAMED_RESIDENT
    elif role != Subject.Role.MAIN or request.recipient_id is not None:
        sentences |= BESIDE
    return {name: str(sentence) % values for name, sentence in sentences.items()}
