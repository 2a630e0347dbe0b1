"""Canadian French: « 17 h 05 », « 12 décembre 2026 », with no-break spaces. (Django's own « h » is the hour again: « 17 05 05 ».)"""

DATE_FORMAT = "j\xa0F Y"
TIME_FORMAT = "G\xa0\\h\xa0i"
DATETIME_FORMAT = "j\xa0F Y, G\xa0\\h\xa0i"
SHORT_DATETIME_FORMAT = "Y-m-d G\xa0\\h\xa0i"
