"""What a page may not have, as assistive technology sees it (axe-core)."""

from pathlib import Path

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RUN = "without => axe.run({exclude: without}, {resultTypes: ['violations']})"

WIDTHS = (1440, 390)
# Wagtail's own, which we do not write. It names the link around the mark itself (« Tableau de bord »), whatever is drawn there;
STOCK = [".sidebar-custom-branding"]
# the form of a snippet has no title of level one, only a trail that ends with its name.
# Whoever edits pages has Wagtail's own search in the sidebar, beside the one of a list: neither form has a name.
STOCK_RULES = {
    ("page-has-heading-one", "/admin/personnes/edit/"),
    ("page-has-heading-one", "/admin/editions/edit/"),
    ("landmark-unique", "/admin/chiffres/publications/"),
    ("landmark-unique", "/admin/editions/"),
}


def violations(page, without=()):
    """axe-core's violations on the page: (rule, the elements). Evaluated, since a <script> would meet the content policy.

    `without`: selectors of what is not ours.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"() => {{ {AXE} }}")
    found = page.evaluate(RUN, list(without))["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]


def found_on(page):
    """What axe finds of ours at both widths, and whatever is wider than the window."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        stock = {rule for rule, path in STOCK_RULES if path in page.url}
        wrong += [(width, rule, nodes) for rule, nodes in violations(page, STOCK) if rule not in stock]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append((width, "wider than the window"))
    return wrong


def walk(page, address, paths):
    """Opens each of these paths; (path, width, what) of everything wrong on them."""
    wrong = []
    for path in paths:
        assert page.goto(address + path).status == 200, path
        wrong += [(path, *one) for one in found_on(page)]
    return wrong
