"""axe-core on a page: what breaks WCAG 2.2 at the levels A and AA, in light and in dark."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Colours on their way from one scheme to the other are nobody's; and axe fetches nothing on its own.
RUN = """(levels) => {
  document.getAnimations().forEach((animation) => animation.finish());
  const runOnly = { type: "tag", values: levels };
  return axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
}"""


@cache
def script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Each broken rule with the elements that break it.

    The script is run by the debugger: the site's policy stays as it is, which would not load it.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    found: dict[str, Any] = page.evaluate(RUN, LEVELS)
    return [
        f"{rule['id']} ({rule['help']}): {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def violations_by_scheme(page: Page) -> dict[str, list[str]]:
    """The violations in light and in dark; an empty dictionary where there are none."""
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if told := violations(page):
            found[scheme] = told
    return found
