"""What an issue is made of: few blocks, so that every issue is well laid out in every mail program."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from portraits.blocks import CapsuleBlock, EditionBlock


class TextBlock(blocks.StructBlock):
    """A few words between the portraits. Plain text: it must read the same in both parts of the mail."""

    heading = blocks.CharBlock(
        label=_("Heading"), max_length=80, required=False, help_text=_("A short sentence. Leave empty for none.")
    )
    words = blocks.TextBlock(
        label=_("Text"), max_length=1500, rows=5, help_text=_("A blank line starts a paragraph. Keep it short.")
    )
    link_text = blocks.CharBlock(
        label=_("Words of the link"),
        max_length=60,
        required=False,
        help_text=_("Says where it leads: « Voir l’horaire des piscines », never « cliquez ici »."),
    )
    link = blocks.URLBlock(label=_("Address of the link"), required=False, help_text=_("Starts with https://."))

    def clean(self, value):
        value = super().clean(value)
        if bool(value["link"]) != bool(value["link_text"]):
            lacking = "link" if value["link_text"] else "link_text"
            problem = ValidationError(gettext("A link needs both its words and its address."))
            raise blocks.StructBlockValidationError(block_errors={lacking: problem})
        return value

    class Meta:
        icon = "pilcrow"
        label = _("Text")


class WordsBlock(blocks.StructBlock):
    """Kind words, the newest that everybody agrees to show: chosen by themselves, never typed."""

    heading = blocks.CharBlock(
        label=_("Heading"), max_length=80, required=False, help_text=_("A short sentence. Leave empty for none.")
    )
    most = blocks.IntegerBlock(
        label=_("How many"),
        default=3,
        min_value=1,
        max_value=6,
        help_text=_("The newest that their writers and everybody they name agree to show. Fewer when there are fewer."),
    )

    class Meta:
        icon = "openquote"
        label = _("Kind words")


def body_blocks():
    """The blocks offered in an issue's body."""
    return [
        (
            "feature",
            CapsuleBlock(
                icon="image",
                label=_("Portrait, large"),
                help_text=_("The photo over the whole width, and how the story begins."),
            ),
        ),
        (
            "shorts",
            blocks.ListBlock(
                CapsuleBlock(label=_("Portrait")),
                icon="grip",
                label=_("Portraits, two by two"),
                min_num=1,
                max_num=6,
                help_text=_("Short portraits in two columns. A portrait without consent leaves no hole."),
            ),
        ),
        ("text", TextBlock()),
        ("quotes", WordsBlock()),
        (
            "edition",
            EditionBlock(
                icon="calendar-alt",
                label=_("Special edition"),
                help_text=_(
                    "Its title and introduction in its colour, then its portraits two by two. Nobody left: no block."
                ),
            ),
        ),
    ]
