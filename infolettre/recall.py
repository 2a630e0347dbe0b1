from portraits import recall
from portraits.usages import Usage


@recall.handler(Usage.INFOLETTRE, Usage.INFOLETTRE_PUBLIQUE)
def clear(owed: recall.Owed) -> str:
    return ""
