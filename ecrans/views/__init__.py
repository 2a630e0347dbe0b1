"""What the addresses of screens and posters answer."""
