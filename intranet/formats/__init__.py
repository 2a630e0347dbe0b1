"""How dates and hours are written, where the house departs from Django."""
