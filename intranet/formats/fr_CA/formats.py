"""Canadian French: « 17 h 05 », with no-break spaces. (Django's own « h » is the hour again: « 17 05 05 ».)"""

TIME_FORMAT = "G\xa0\\h\xa0i"
DATETIME_FORMAT = "j F Y, G\xa0\\h\xa0i"
SHORT_DATETIME_FORMAT = "Y-m-d G\xa0\\h\xa0i"
