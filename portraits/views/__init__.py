"""What the heart answers itself: the gated media view and the consent page."""
