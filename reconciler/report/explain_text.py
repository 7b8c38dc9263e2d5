"""An explanation as text: the verdict first, then by what, and what is missing with the lines to add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.explanation import Standing
from reconciler.report.escape import escape
from reconciler.report.style import PLAIN, Style
from reconciler.report.words import TLS_WORDS
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.model.desired import Term
    from reconciler.model.explanation import Addition, CallName, ExplainedPolicy, Explanation

_STANDINGS = {
    Standing.IN_PLACE: "live",
    Standing.DECLARED: "declared",
    Standing.PENDING: "waits for the app",
    Standing.TO_CREATE: "comes with the next apply",
    Standing.TO_REVOKE: "live, goes with the next apply",
    Standing.BLOCKED: "declared, out of this caller's reach",
    Standing.FOREIGN: "live, and left alone",
}
_WIDTH = len("certificate")
_MOST_POLICIES = 20


class _ToCopy(str):
    """A line for a manifest: it stays whole, however narrow the terminal is."""

    __slots__ = ()


def render_explanation(answer: Explanation, *, style: Style = PLAIN, width: int | None = None) -> str:
    """Write the answer for people, for a terminal of so many columns if there is one."""
    blocks = [
        [_verdict(answer, style)],
        [*_policies(answer.policies), *_names(answer.names)],
        _chain(answer.chain, style),
        _missing(answer, style),
        _conditions(answer, style),
    ]
    return "\n".join("".join(f"{_fitted(line, width)}\n" for line in block) for block in blocks if block)


def _fitted(line: str, width: int | None) -> str:
    return line if isinstance(line, _ToCopy) else wrap_lines(line, width)


def _verdict(answer: Explanation, style: Style) -> str:
    ports = "" if answer.ports is None else f" {answer.protocol or 'tcp'}/{answer.ports}"
    colour = "green" if answer.allowed else "red"
    words = style.paint(escape(verdict_words(answer)), colour)
    return f"{escape(str(answer.source))} -> {escape(str(answer.destination))}{ports}: {words}"


def verdict_words(answer: Explanation) -> str:
    """Say in a few words what the answer is."""
    if answer.hangs_on_labels:
        return "not known, a label selector decides, and only the platform knows the labels"
    if answer.offline:
        return "allowed by the manifests" if answer.allowed else "not allowed by the manifests"
    if answer.allowed:
        return "allowed" if answer.allowed_after_plan else "allowed now, and no longer after the next apply"
    if answer.hidden:
        spaces = " and ".join(map(str, answer.hidden))
        return f"not known, policies from and to {spaces} are hidden from this caller"
    if answer.allowed_after_plan:
        return "not allowed yet, the next apply allows it"
    waiting = any(item.standing is Standing.PENDING for item in answer.policies)
    return "not allowed yet, it waits for an app" if waiting else "not allowed"


def _policies(items: Sequence[ExplainedPolicy]) -> list[str]:
    lines = [line for item in items[:_MOST_POLICIES] for line in _policy(item)]
    if len(items) > _MOST_POLICIES:
        lines.append(_field("", f"... and {len(items) - _MOST_POLICIES} more policies"))
    return lines


def _policy(item: ExplainedPolicy) -> Iterator[str]:
    notes = ", ".join(note for note in (TLS_WORDS[item.tls], _STANDINGS[item.standing]) if note)
    yield _field("policy", f"{escape(str(item.policy))}  ({notes})")
    for term in item.terms:
        yield _field("manifest", _term(term))
    if not item.terms:
        yield _field("manifest", "no line asks for it")
    for number, rule in enumerate(item.rules):
        yield _field("" if number else "cell rule", escape(rule))


def _term(term: Term) -> str:
    until = f"until {term.until}" if term.until else ""
    words = "; ".join(part for part in (term.why, until) if part)
    return escape(f"{term.origin.file}:{term.origin.line}{f'  {words}' if words else ''}")


def _names(names: Sequence[CallName]) -> list[str]:
    lines = []
    for name in dict.fromkeys(names):
        note = "" if name.live else "  (the route comes with the next apply)"
        lines.append(_field("call", f"{escape(name.address)}{note}"))
    certificates = dict.fromkeys(name.certificate for name in names if name.certificate)
    return lines + [_field("certificate", f"for {escape(name)}, by the platform's CA") for name in certificates]


def _chain(chain: Sequence[ExplainedPolicy], style: Style) -> list[str]:
    if not chain:
        return []
    lines = [style.paint("Through other apps it is reached all the same:", "bold")]
    for item in chain[:_MOST_POLICIES]:
        origin = f"  {item.terms[0].origin.file}:{item.terms[0].origin.line}" if item.terms else "  no manifest line"
        lines.append(f"  {escape(str(item.policy))}{escape(origin)}")
    if len(chain) > _MOST_POLICIES:
        lines.append(f"  ... and {len(chain) - _MOST_POLICIES} more hops")
    return lines


def _missing(answer: Explanation, style: Style) -> list[str]:
    if not answer.missing:
        return []
    lines = [style.paint("Missing:", "bold")]
    for item in answer.missing:
        lines.append(f"  - {escape(item.message)}")
        lines += _addition(item.addition)
        if item.hint:
            lines.append(f"    hint: {escape(item.hint)}")
    return lines


def _conditions(answer: Explanation, style: Style) -> list[str]:
    if not answer.conditions:
        return []
    lines = [style.paint("Has to hold as well, and cannot be seen from here:", "bold")]
    for item in answer.conditions:
        lines.append(f"  - {escape(item.message)}")
        lines += _addition(item.addition)
    return lines


def _addition(addition: Addition | None) -> Iterable[str]:
    if addition is None:
        return ()
    origin = f"{addition.origin.file}:{addition.origin.line}, " if addition.origin else ""
    return (
        f"    {escape(f'{origin}{addition.place}')}:",
        *(_ToCopy(f"      {escape(line)}") for line in addition.lines),
    )


def _field(name: str, text: str) -> str:
    return f"  {name:{_WIDTH}}  {text}"
