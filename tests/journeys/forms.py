"""Forms as a browser, or a robot, fills them: nothing of the product's code is known here."""

from html.parser import HTMLParser
from urllib.parse import urljoin


class Forms(HTMLParser):
    """The forms of a page, as a browser would fill them: action, values by default, options, buttons."""

    def __init__(self, text, url):
        super().__init__()
        self.url, self.found = url, []
        self._select = self._option = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        one = dict(attrs)
        if tag == "form":
            action = urljoin(self.url, one.get("action") or "")
            self.found.append({"action": action, "values": {}, "choices": {}, "buttons": []})
        if not self.found:
            return
        form, name = self.found[-1], one.get("name", "")
        if tag == "button":
            form["buttons"].append((name, one.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._option = one.get("value", "")
            form["choices"].setdefault(self._select, {})[self._option] = ""
        elif tag == "input" and name:
            self._input(form, name, one)

    def _input(self, form, name, one):
        if one.get("type") not in {"radio", "checkbox"}:
            form["values"][name] = one.get("value", "")
            return
        form["choices"].setdefault(name, {})[one.get("value", "on")] = ""
        if "checked" in one:
            form["values"][name] = one.get("value", "on")

    def handle_data(self, data):
        if self._select and self._option is not None:
            self.found[-1]["choices"][self._select][self._option] += data.strip()

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = self._option = None

    def having(self, name):
        """The form that holds a button or a field of this name."""
        for form in self.found:
            if name in {*form["values"], *form["choices"], *(button for button, _value in form["buttons"])}:
                return form
        raise AssertionError(f"no form with « {name} » at {self.url}")
