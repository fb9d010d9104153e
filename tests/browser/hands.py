"""Working a page by its keys alone: what cannot be reached by them is not found."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 60
IS_FOCUSED = "one => one === document.activeElement"


class Keys:
    """The keyboard of one page. A control is reached by Tab, from where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def reach(self, control: Locator, *, back: bool = False) -> None:
        """Go to the control, by Tab or by Shift and Tab; there is exactly one."""
        expect(control).to_have_count(1)
        for _ in range(MOST_STOPS):
            if control.evaluate(IS_FOCUSED):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Not reached in {MOST_STOPS} stops: {control}")

    def write(self, label: str, text: str) -> None:
        """Write into the input below the focus that has this label."""
        self.reach(self.page.get_by_role("textbox", name=label, exact=True))
        self.type(text)

    def choose(self, choice: Locator, typed: str, shown: str) -> None:
        """Choose by autocomplete the one thing that the typed words find."""
        self.reach(choice)
        self.press("Enter")
        search = self.page.locator(".select2-container--open input[type=search]")
        expect(search).to_be_focused()  # it is there before it takes what is typed
        self.type(typed)
        expect(search).to_have_value(typed)
        expect(self.page.locator(".select2-results__option--highlighted")).to_have_text(shown)
        self.press("Enter")

    def create(self, what: Locator) -> Keys:
        """Open the window in which a thing is made in place, with the focus in its first field."""
        self.reach(what)
        with self.page.expect_popup() as opened:
            self.press("Enter")
        window = opened.value
        window.wait_for_load_state()
        return Keys(window)

    def done(self) -> None:
        """Save what was made in the window, which closes."""
        with self.page.expect_event("close"):
            self.press("Enter")
