"""Remarks as a JUnit report, which Concourse, Jenkins and GitLab show as tests: an error is a test that failed."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.report.escape import escape
from reconciler.report.remarks import Level

if TYPE_CHECKING:
    from reconciler.report.remarks import Remark, Remarks

_NOT_XML = re.compile("[\ufffe\uffff]")


def render_junit(remarks: Remarks) -> str:
    """Write a report with one suite. The first test is the verdict; each remark is one more, warnings passing."""
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", name=f"c2c {remarks.command}")
    verdict = SubElement(suite, "testcase", classname=f"c2c.{remarks.command}", name="verdict", time="0")
    _say(verdict, "failure" if remarks.is_failed else None, "refused", remarks.summary)
    seen: Counter[tuple[str, str]] = Counter()
    for item in remarks.items:
        key = (item.code, item.subject or item.message)
        seen[key] += 1
        again = f" ({seen[key]})" if seen[key] > 1 else ""
        name, group = _text(key[1] + again), _text(f"c2c.{remarks.command}.{item.code}")
        case = SubElement(suite, "testcase", classname=group, name=name, time="0")
        if item.span is not None:
            case.set("file", _text(item.span.file))
            case.set("line", str(item.span.line))
        _say(case, "failure" if item.level is Level.ERROR else None, item.code, _told(item))
    failures = sum(item.level is Level.ERROR for item in remarks.items) + remarks.is_failed
    for element in (suites, suite):
        element.set("tests", str(len(remarks.items) + 1))
        element.set("failures", str(failures))
        element.set("errors", "0")
        element.set("time", "0")
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _told(item: Remark) -> str:
    place = f"{item.span}: " if item.span else ""
    return f"{place}{item.level}[{item.code}] {item.text}"


def _say(case: Element, outcome: str | None, kind: str, words: str) -> None:
    """Put words below a test: why it failed, or what it said."""
    text = _text(words)
    if outcome is None:
        SubElement(case, "system-out").text = text
    else:
        SubElement(case, outcome, type=_text(kind), message=text).text = text


def _text(text: str) -> str:
    return _NOT_XML.sub("?", escape(text))
