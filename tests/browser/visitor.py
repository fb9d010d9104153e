"""Somebody at the browser, and what goes wrong there without a word: all is kept and looked at in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Page,
    Response,
    ViewportSize,
    expect,
)

from tests.browser.sites import Site
from tests.browser.worlds import PASSWORD

SIZE: ViewportSize = {"width": 1280, "height": 900}
# What a script of a stranger would call; and what the browser refused by the site's policy.
LISTENER = """
addEventListener("securitypolicyviolation", (event) => {
  amiss(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample} at ${location.pathname}`);
});
"""


class Visitor:
    """One person's browser. `page` is the tab in front; `amiss` is what went wrong in any."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context, self.site = context, site
        self.amiss: list[str] = []
        context.set_default_timeout(10_000)
        context.expose_binding("amiss", lambda source, told: self.amiss.append(str(told)))
        context.expose_binding("pwned", lambda source, told: self.amiss.append(f"executed: {told}"))
        context.add_init_script(LISTENER)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.amiss.append(f"error: {error.error}"))
        context.on("dialog", self._on_dialog)
        context.on("response", self._on_response)
        self.page: Page = context.new_page()

    def _on_console(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told by the answers.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.amiss.append(f"console: {message.text} at {message.location.get('url', '')}")

    def _on_dialog(self, dialog: Any) -> None:
        self.amiss.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _on_response(self, response: Response) -> None:
        """A page that is refused is for the test to judge; what a page needs is always there."""
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.amiss.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.site.root + path)
        return self.page

    def log_in(self, username: str) -> Page:
        """By the form, which leads to the desk."""
        page = self.open("/admin/login/?next=/admin/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return page

    def send_table(self, *lines: str) -> Page:
        """Send a table of events to the import; then it is shown what would come of each line."""
        page = self.open("/admin/timeline/event/import/")
        file = FilePayload(name="events.csv", mimeType="text/csv", buffer="\n".join(lines).encode())
        page.get_by_label("File").set_input_files(file)
        page.locator("#content [type=submit]").click()
        expect(page.get_by_role("table", name="What would come of each line")).to_be_visible()
        return page


@contextmanager
def visiting(browser: Browser, site: Site, username: str = "", **options: Any) -> Iterator[Visitor]:
    """A browser of their own for a person, logged in if named. Nothing may have gone wrong in the end."""
    context = browser.new_context(viewport=SIZE, locale="en-GB", timezone_id="UTC", **options)
    try:
        visitor = Visitor(context, site)
        if username:
            visitor.log_in(username)
        yield visitor
        assert visitor.amiss == []
    finally:
        context.close()
