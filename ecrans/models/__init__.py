"""Places, screens and posters."""

from ecrans.models.affiche import Affiche
from ecrans.models.ecran import Ecran
from ecrans.models.place import Audience, Place

__all__ = ["Affiche", "Audience", "Ecran", "Place"]
