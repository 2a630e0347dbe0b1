"""What a page may not have, as assistive technology sees it (axe-core)."""

from pathlib import Path

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


def violations(page):
    """axe-core's violations on the page: (rule, the elements). Evaluated, since a <script> would meet the content policy."""
    page.evaluate(f"() => {{ {AXE} }}")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
