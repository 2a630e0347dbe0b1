"""Places, screens and posters."""

from ecrans.models.affiche import Affiche
from ecrans.models.ecran import Ecran, Pulse
from ecrans.models.place import Audience, Place

__all__ = ["Affiche", "Audience", "Ecran", "Place", "Pulse"]
