"""What a page may not have, as assistive technology sees it (axe-core)."""

from pathlib import Path

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RUN = "without => axe.run({exclude: without}, {resultTypes: ['violations']})"


def violations(page, without=()):
    """axe-core's violations on the page: (rule, the elements). Evaluated, since a <script> would meet the content policy.

    `without`: selectors of what is not ours.
    """
    page.evaluate(f"() => {{ {AXE} }}")
    found = page.evaluate(RUN, list(without))["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
