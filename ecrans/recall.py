from portraits import recall
from portraits.usages import Usage


@recall.handler(Usage.ECRAN, Usage.AFFICHE, Usage.VITRINE, Usage.OBJET)
def clear(owed: recall.Owed) -> str:
    return ""
