"""The plan as one HTML file that works from disk: no network, no libraries, a picture of who can reach whom."""

from reconciler.report.html.page import render_plan_html

__all__ = ["render_plan_html"]
