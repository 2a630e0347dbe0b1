"""Places, screens and posters."""
