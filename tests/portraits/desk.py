"""What the browser of somebody from human resources sends: plain functions for the tests of the CMS."""

import re

from django.test import Client
from django.urls import reverse

from tests import factories

JSON = {"headers": {"accept": "application/json"}}


def signed_in(*groups, username="rh", **fields):
    client = Client(raise_request_exception=True)
    client.force_login(factories.user(username, *groups, **fields))
    return client


def url(name, *args, model="portrait"):
    return reverse(f"wagtailsnippets_portraits_{model}:{name}", args=args)


def form(people=(), kept=(), **values):
    """The edit form as it is posted. `people`: ids, in order; `kept`: the ids of their rows, when they were saved."""
    data = {
        "first_name": "Nadia",
        "job": "",
        "sentence": "",
        "story": "",
        "photo": "",
        "alt": "",
        "partner_name": "",
        "partner_photo": "",
        "partner_alt": "",
        "tags": "",
        "subjects-TOTAL_FORMS": len(people),
        "subjects-INITIAL_FORMS": len(kept),
        "subjects-MIN_NUM_FORMS": 0,
        "subjects-MAX_NUM_FORMS": 1000,
    }
    for number, person in enumerate(people):
        row = {"person": person, "role": "paired" if number else "main", "ORDER": number + 1}
        row["id"] = kept[number] if number < len(kept) else ""
        data |= {f"subjects-{number}-{name}": value for name, value in row.items()}
    return data | values


def full(photo, people, **values):
    return form(
        people,
        **{
            "job": "Horticultrice",
            "sentence": "Je plante 1400 vivaces.",
            "story": "Mon année commence en février.\n\nEn mai, je sors.",
            "photo": photo,
            "alt": "Nadia sourit entre les rangs de la serre.",
            "tags": "parc, serre",
            **values,
        },
    )


def same(page: str) -> str:
    """A page without what changes at each request: the anti-forgery token, and the number of the editing session."""
    page = re.sub(r"(/portrait/\d+/|sessions/release/)\d+/", r"\1", page)
    page = re.sub(r'csrfmiddlewaretoken[^>]*value="\w+"|"CSRF_TOKEN": "\w+"', "", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "", page)
