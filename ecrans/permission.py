"""Who may do what with paper."""

from portraits.permission import NeverAlone


class Printed(NeverAlone):
    """What was ordered stays as it was ordered: the walls know nothing of a correction."""

    refused = NeverAlone.refused | {"change"}
