"""Who may do what with posts."""

from portraits.permission import NeverAlone


class Posted(NeverAlone):
    """What was posted stays as it was recorded: only its removal is added."""

    refused = NeverAlone.refused | {"change"}
