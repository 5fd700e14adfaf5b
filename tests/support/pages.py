"""Reads the HTML that we write, strictly enough for a test."""

from collections import Counter
from html.parser import HTMLParser

from huitoukan.output.render import templates

SCRIPT = (templates() / "_report.js").read_text(encoding="utf-8")  # the only one that any page may hold


class Page(HTMLParser):
    """Collects tags, references and visible text of a page, and checks that its tags close in order."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input", "col"})

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.references, self.text = [], Counter(), [], []
        self.scripts = []  # what would run
        self.rows = []  # the texts of the cells of each row of a table

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.references += [
            value for name, value in attrs if name in ("src", "href", "data", "action") and value
        ]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text.append(data)
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def page(html):
    parsed = Page()
    parsed.feed(html)
    assert parsed.open == []
    return parsed
