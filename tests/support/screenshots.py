"""Take the pictures of the HTML report that the documentation shows: `docs/images/renew` runs this."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains

from reconciler.report.html import render_plan_html
from support.networks_after import five_apps, in_network
from support.report_page import ReportPage, running_browser
from support.three_plans import five_thousand_changes, forty_changes

PLANS = {
    "forty-changes": forty_changes,
    "five-thousand-changes": five_thousand_changes,
    "five-apps": five_apps,
    "five-thousand-apps": lambda: in_network(forty_changes(), spaces=200, apps=25),
}


def take(folder: Path) -> None:
    """Write a picture of each plan in each theme."""
    with tempfile.TemporaryDirectory() as place, running_browser(width=1280, height=1080) as browser:
        for name, plan in PLANS.items():
            file = Path(place) / f"{name}.html"
            file.write_text(render_plan_html(plan()), encoding="utf-8")
            for theme in ("light", "dark"):
                page = ReportPage(browser, file, dark=theme == "dark")
                if page.all("#changes input[value=unchanged]:not(:checked)"):
                    page.toggle("changes", "unchanged")
                page.run("document.querySelector('#reach-title').parentElement.scrollIntoView()")
                ActionChains(browser).move_to_element(page.one("#search")).perform()  # away from the picture
                browser.save_screenshot(str(folder / f"html-report-{name}-{theme}.png"))


if __name__ == "__main__":
    take(Path(sys.argv[1]))
