"""A real browser without a window, for tests of the pages that we write. One start for all tests of a module."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

_NONE = (
    "The tests of the web pages need the browser Chromium, and there is none on the PATH. "
    "Debian, Ubuntu: apt-get install chromium. Elsewhere install Chromium and put it on the PATH as `chromium`."
)


_NO_POPPLER = (
    "The tests of what is printed need {program} of Poppler. Debian, Ubuntu: apt-get install poppler-utils."
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the system, without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(_NONE, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def poppler(program: str, *arguments: object) -> str:
    """What a program of Poppler says of a PDF."""
    if shutil.which(program) is None:
        pytest.fail(_NO_POPPLER.format(program=program), pytrace=False)
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


class Visit:
    """A page opened from the disk; `complaints` are what its console said, `requests` what it asked of anybody else."""

    def __init__(self, browser: Browser, path: Path, hash_: str = "", **options: object) -> None:
        self.context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._own = path.resolve().as_uri()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._asked)
        self.page.goto(self._own + hash_)

    def _asked(self, route: Route) -> None:
        if route.request.url.partition("#")[0] == self._own:
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()

    def close(self) -> None:
        """Close the page; it must have kept to itself."""
        self.context.close()
        assert self.requests == []
        assert self.complaints == []


# What a reader sees, by the browser's own computed styles: how many visible texts there are, and each whose contrast with
# what lies behind it is below the ratio that WCAG 2 asks for at level AA (4.5, or 3 for large text). Drawings are left out.
CONTRAST = """() => {
  const parse = text => { const m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m.slice(0, 3), 1] : m; };
  const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => {
    const [r, g, b] = c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const paper = element => {
    const all = [];
    for (let one = element; one; one = one.parentElement) all.push(parse(getComputedStyle(one).backgroundColor));
    return all.reverse().reduce((below, one) => over(one, below), [255, 255, 255, 1]);
  };
  const bad = new Set();
  let seen = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.nodeValue.trim(), element = walk.currentNode.parentElement;
    if (!text || element.closest("svg, option, script, style") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), below = paper(element);
    const [high, low] = [light(over(parse(style.color), below)), light(below)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
    const ratio = (high + .05) / (low + .05);
    seen += 1;
    if (ratio < (large ? 3 : 4.5)) bad.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)} ${text.slice(0, 20)}`);
  }
  return [seen, [...bad]];
}"""
