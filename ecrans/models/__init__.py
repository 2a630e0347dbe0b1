"""Places, screens and posters."""

from ecrans.models.ecran import Ecran
from ecrans.models.place import Audience, Place

__all__ = ["Audience", "Ecran", "Place"]
