"""An HTML report in a real browser, as its readers use it."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver.remote.webelement import WebElement

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
_OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}


def missing_browser() -> str | None:
    """Say what is missing to open a page here; None when nothing is."""
    if _found_browser() is None:
        return f"no browser here: none of {', '.join(BROWSERS)} is on PATH (Debian: apt-get install chromium)"
    if shutil.which(DRIVER) is None:
        return f"no driver for the browser here: {DRIVER} is not on PATH (Debian: apt-get install chromium-driver)"
    return None


def _found_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def running_browser(*, width: int = 1440, height: int = 1400) -> Iterator[Chrome]:
    """Start a browser that cannot reach any network."""
    options = Options()
    options.binary_location = _found_browser() or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",  # it opens only our own file, and checks often run as root
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--window-size={width},{height}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(shutil.which(DRIVER)))
    try:
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", _OFFLINE)
        yield browser
    finally:
        browser.quit()


class ReportPage:
    """What a reader does with a report, and what the reader sees."""

    def __init__(self, browser: Chrome, file: Path, *, dark: bool = False, width: int = 0) -> None:
        """Open the file, in a system that prefers light or dark, on a screen of some width: the window's if it is 0."""
        self.browser = browser
        self.url = file.as_uri()
        self.media(dark=dark)
        screen = {"width": width, "height": 0, "deviceScaleFactor": 0, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        for kind in ("browser", "performance"):
            browser.get_log(kind)  # what other pages left
        browser.get(self.url)

    def media(self, *, dark: bool = False, kind: str = "") -> None:
        """Set what the system prefers, and whether the page is printed."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})

    def messages(self) -> list[str]:
        """Give what the browser complains about: errors, and what the Content-Security-Policy stopped."""
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def requests(self) -> set[str]:
        """Give every address that the page asked for since it was opened; data: is no request."""
        entries = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        asked = [
            entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"
        ]
        return {url for url in asked if not url.startswith("data:")}

    def run(self, script: str, *arguments: Any) -> Any:
        """Ask the page itself. Only for what cannot be seen from outside."""
        return self.browser.execute_script(script, *arguments)

    def one(self, selector: str) -> WebElement:
        """Find one element."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """Find elements."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """Give the texts of elements, shown or not."""
        return self.run("return [...document.querySelectorAll(arguments[0])].map((item) => item.textContent)", selector)

    def column(self, number: int) -> list[str]:
        """Give a column of the table of connections, from 1."""
        return self.texts(f"#connections-table tbody td:nth-child({number})")

    def nodes(self) -> set[str]:
        """Give the labels of the spaces and apps in the picture."""
        return set(
            self.run(
                "return [...document.querySelectorAll('#picture [role=button]')]"
                ".map((item) => item.getAttribute('aria-label'))"
            )
        )

    def lines(self) -> list[str]:
        """Give what the lines in the picture say."""
        return self.texts("#picture .line-group > title")

    def count(self) -> str:
        """Give the sentence that counts what is shown."""
        return self.one("#count").text

    def search(self, words: str) -> None:
        """Type into the search field, and wait for the answer."""
        field = self.one("#search")
        self._changing(lambda: (field.clear(), field.send_keys(words)))

    def choose(self, control: str, value: str) -> None:
        """Choose an option of a list."""
        self._changing(lambda: self.one(f"#{control}").send_keys(value))

    def toggle(self, group: str, value: str) -> None:
        """Tick or untick a box."""
        self._changing(lambda: self.one(f"#{group} input[value='{value}']").click())

    def clear(self) -> None:
        """Clear every filter."""
        self._changing(self.one("#clear").click)

    def _changing(self, act) -> None:
        act()
        form = self.one("#filters")
        WebDriverWait(self.browser, 20, poll_frequency=0.05).until(lambda _: form.get_attribute("aria-busy") is None)

    def node(self, label: str) -> WebElement:
        """Find a space or an app in the picture by the beginning of its label."""
        return self.one(f"#picture [role=button][aria-label^='{label}']")

    def line(self, beginning: str) -> WebElement:
        """Find a line in the picture by the beginning of its title."""
        return self.run(
            "return [...document.querySelectorAll('#picture .line-group')]"
            ".find((item) => item.querySelector('title').textContent.startsWith(arguments[0]))",
            beginning,
        )

    def click_line(self, beginning: str) -> None:
        """Click a line where it is: in the middle of its way."""
        x, y = self.run(
            """
            const path = arguments[0].querySelector(".reach");
            const rectangles = [...Array(19).keys()].map((step) => {
              const point = path.getPointAtLength((path.getTotalLength() * (step + 1)) / 20);
              return point.matrixTransform(path.getScreenCTM());
            });
            const free = rectangles.find((point) => arguments[0].contains(document.elementFromPoint(point.x, point.y)));
            return free ? [free.x, free.y] : [null, null];
            """,
            self.line(beginning),
        )
        assert x is not None, "the line is covered all the way"
        actions = ActionChains(self.browser)
        actions.w3c_actions.pointer_action.move_to_location(int(x), int(y))
        actions.click().perform()

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def focused(self) -> str:
        """Give the label or text of what has the focus."""
        return self.run(
            "const item = document.activeElement; return item.getAttribute('aria-label') ?? item.textContent"
        )

    def details(self) -> str:
        """Give the text of the panel beside the picture."""
        return self.one("#details").text
