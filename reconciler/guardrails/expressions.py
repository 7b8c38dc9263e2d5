"""The one door to CEL: text in, a program out that answers yes, no, or that it cannot say.

`cel` costs more to import than the rest of c2c together, so it is imported when the first expression is compiled.
"""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from reconciler.guardrails.expression_syntax import ExpressionError, check_functions, check_names, check_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_SYNTAX = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_MIXED = ("No such overload", "Unsupported operation")
_LONGEST_REASON = 200


class Program:
    """A compiled expression. It keeps what it was told last, so that only what differs has to be handed over again."""

    def __init__(self, text: str) -> None:
        """Compile. Raise ExpressionError for text that is not CEL, names what is not there, or is not bounded."""
        reading = check_text(text)
        self._program, self._context = _compiled(text)
        references = self._program.references()
        check_names(reading.bound, references["variables"])
        check_functions(references["functions"])
        self.fields = reading.fields
        """The names and fields of `expression_syntax.ROOTS` that the answer depends on."""

    def tell(self, name: str, value: Mapping[str, Any]) -> None:
        """Say what a name stands for from now on. Raise ExpressionError for text that is none, as half a character."""
        try:
            self._context.add_variable(name, value)
        except (TypeError, ValueError) as problem:
            raise ExpressionError(f"`{name}` cannot be read: {_reason(problem)}") from None

    def answer(self) -> bool:
        """Evaluate. Raise ExpressionError when that fails or gives anything but a bool."""
        try:
            result = self._program.execute(self._context)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # noqa: BLE001 - a panic in Rust is no Exception
            raise ExpressionError(_reason(problem), hint=_hint(problem)) from None
        if not isinstance(result, bool):
            raise ExpressionError(
                f"it gives {_kind(result)}, not true or false", hint="compare it with something, such as `== 'web'`"
            )
        return result


def _library() -> Any:  # noqa: ANN401 - a compiled module without types
    """Import CEL without the interactive command line that it imports first: that takes longer than most plans."""
    sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
    import cel  # noqa: PLC0415 - see above

    return cel


def _compiled(text: str) -> tuple[Any, Any]:
    cel = _library()
    try:
        return cel.compile(text), cel.Context()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:  # noqa: BLE001 - a panic in Rust is no Exception
        raise ExpressionError(_reason(problem), hint=_hint(problem)) from None


def _reason(problem: BaseException) -> str:
    """Say in one short line what CEL says in many."""
    if isinstance(problem, KeyError):
        return f"there is no {problem.args[0]!r} in what it reads"
    text = str(problem)
    found = _SYNTAX.search(text)
    if found:
        wrong = found[3].removeprefix("Syntax error: ").split(" expecting ")[0]
        return f"it is not CEL: {wrong} (line {found[1]}, column {found[2]} of it)"[:_LONGEST_REASON]
    if text.startswith(_MIXED):
        return "it compares or combines things of different kinds"
    return (text.splitlines() or [type(problem).__name__])[0][:_LONGEST_REASON]


def _hint(problem: BaseException) -> str | None:
    if isinstance(problem, KeyError):
        return f"a label may be missing: ask first with `{problem.args[0]!r} in source.labels && ...`"
    text = str(problem)
    if _SYNTAX.search(text):
        return "`==` compares; `&&` is and, `||` is or, `!` is not"
    if text.startswith(_MIXED):
        return (
            "`policy.start` and `.end` are numbers, `grant.declared` is true or false, `labels` a map; all else is text"
        )
    return None


def _kind(value: object) -> str:
    kinds: dict[type, str] = {str: "text", int: "a number", float: "a number", list: "a list", dict: "a map"}
    return kinds.get(type(value), "nothing" if value is None else type(value).__name__)
