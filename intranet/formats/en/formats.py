"""English hours as « 5:05 PM »: Django’s own « 5:05 p.m. » ends in a point, and so do the sentences that it closes."""

TIME_FORMAT = "g:i\xa0A"
DATETIME_FORMAT = "N j, Y, g:i\xa0A"
