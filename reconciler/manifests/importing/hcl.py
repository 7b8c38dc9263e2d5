"""HCL's native syntax as blocks and attributes with positions; expressions as far as they only name or hold things.

What an import needs is structure: which block holds which attribute, what is a text, a list, an object or a reference.
Any other expression is kept as its text. The time is linear in the file, and nothing nests deeper than `MAX_DEPTH`;
see `docs/adr/0016-hcl-read-here.md` for why no library does it.
"""

from __future__ import annotations

import re

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.importing.hcl_nodes import Block, Expression, Fields, Items, Other, Reference, Text
from reconciler.manifests.importing.hcl_scanner import NotHclError, Scanner
from reconciler.manifests.parsing.reading import check_text

MAX_PROBLEMS = 20
"""How often one file is taken up again after something that is not HCL."""


def parse_hcl(file: str, content: bytes) -> tuple[tuple[Block, ...], tuple[Diagnostic, ...]]:
    """Read the blocks of a file, and everything in it that is not HCL. Attributes outside of blocks are read over."""
    text = check_text(file, content)
    if isinstance(text, Diagnostic):
        return (), (text,)
    parser = _Parser(file, text.decode().replace("\r\n", "\n"))
    blocks: list[Block] = []
    problems: list[Diagnostic] = []
    while len(problems) < MAX_PROBLEMS:
        try:
            parser.file_body(blocks)
        except NotHclError as problem:
            hint = "`terraform validate` says more" if problem.hint is None else problem.hint
            problems.append(error("hcl-syntax", f"not HCL: {problem}", parser.span(problem.offset), hint=hint))
            if parser.skip_to_next_block(problem.offset):
                continue
        break
    return tuple(blocks), tuple(problems)


_NAME = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INDEX = re.compile(r"\[[ \t]*(?:[0-9]+|\*|\"[^\"\\$%\n]*\")[ \t]*\]")
_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)[ \t]*\n")
_WORD_ALONE = re.compile(r"^[ \t]*([^\W\d][\w-]*)(?=[ \t]*$)", re.MULTILINE)
_PLAIN = re.compile(r'[^"\\$%\n]+')
_FOR = re.compile(r"for\s")
_TOP_BLOCK = re.compile(r"^(?:resource|data|locals|variable|module|output|provider|terraform)\b", re.MULTILINE)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_OPENING = {"(": ")", "[": "]", "{": "}"}
_ENDS = frozenset("\n,)]}")
_LONGEST = 200
_DIGITS = {"u": 4, "U": 8}


class _Parser(Scanner):
    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        self._templates: dict[int, tuple[Text, int]] = {}

    def skip_to_next_block(self, offset: int) -> bool:
        """Go on at the next line that begins a block of Terraform's; say whether there is one."""
        found = _TOP_BLOCK.search(self._text, max(offset, self._at) + 1)
        self._at, self._depth = (found.start() if found else len(self._text)), 0
        return found is not None

    def file_body(self, blocks: list[Block]) -> None:
        """Read to the end of the file; what was read before a problem stays."""
        while self._skip_lines() < len(self._text):
            found = self._entry()
            if isinstance(found, Block):
                blocks.append(found)

    # -- structure

    def _entry(self) -> Block | tuple[str, Expression]:
        start = self._at
        name = self._match(_NAME)
        if name is None:
            raise NotHclError(start, "a name is expected here")
        self._skip_blanks()
        if self._peek() == "=" and self._peek(1) != "=":
            self._at += 1
            value = self._expression()
            return name, value
        labels = []
        while self._peek() != "{":
            at = self._at
            label = self._match(_NAME)
            if label is None:
                text = self._template() if self._peek() == '"' else None
                label = "".join(part for part in text.parts if isinstance(part, str)) if text else None
            if label is None:
                raise NotHclError(at, "`=` or `{` is expected here")
            labels.append(label)
            self._skip_blanks()
        return self._block(start, name, tuple(labels))

    def _block(self, start: int, kind: str, labels: tuple[str, ...]) -> Block:
        opened = self._open()
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        while self._skip_lines() < len(self._text):
            if self._peek() == "}":
                self._close()
                return Block(self.span(start), kind, labels, attributes, tuple(blocks))
            at = self._at
            found = self._entry()
            if isinstance(found, Block):
                blocks.append(found)
            elif found[0] in attributes:
                raise NotHclError(at, f"the attribute `{found[0]}` stands twice in this block", "keep one of the two")
            else:
                attributes[found[0]] = found[1]
        raise NotHclError(opened, "the block that begins here is never closed", "write the missing `}`")

    # -- expressions

    def _expression(self) -> Expression:
        """Read an expression to its end: the end of the line, a comma, or the bracket around it."""
        self._skip_blanks()
        start = self._at
        value = self._primary()
        if value is not None:
            self._skip_blanks()
            if self._peek() in _ENDS or not self._peek():
                return value
        self._at = start
        self._skip_expression()
        if self._at == start:
            raise NotHclError(start, "a value is expected here")
        return Other(self.span(start), _cut(self._text[start : self._at].strip()))

    def _primary(self) -> Expression | None:
        char = self._peek()
        if char == '"':
            return self._template()
        if char == "[":
            return self._items()
        if char == "{":
            return self._fields()
        span = self.span(self._at)
        number = self._match(_NUMBER)
        return Text(span, (number,)) if number is not None else self._reference(span)

    def _reference(self, span: Span) -> Reference | None:
        first = self._match(_NAME)
        if first is None:
            return None
        steps = [first]
        while True:
            index = self._match(_INDEX)
            if index is not None:
                steps.append("[" + index[1:-1].strip() + "]")
            elif self._peek() == "." and _NAME.match(self._text, self._at + 1):
                self._at += 1
                steps.append(self._match(_NAME) or "")
            else:
                return Reference(span, tuple(steps))

    def _items(self) -> Items | None:
        start = self._open()
        items: list[Expression] = []
        while self._skip_lines() < len(self._text):
            if self._peek() == "]":
                self._close()
                return Items(self.span(start), tuple(items))
            if not items and self._is_comprehension():
                break
            items.append(self._expression())
            self._skip_lines()
            if self._peek() == ",":
                self._at += 1
            elif self._peek() != "]":
                break
        self._depth -= 1
        return None

    def _fields(self) -> Fields | None:
        start = self._open()
        fields: dict[str, Expression] = {}
        while self._skip_lines() < len(self._text):
            if self._peek() == "}":
                self._close()
                return Fields(self.span(start), fields)
            name = None if self._is_comprehension() else self._field_name()
            self._skip_blanks()
            if name is None or self._peek() not in {"=", ":"}:
                break
            self._at += 1
            fields[name] = self._expression()
            self._skip_blanks()
            if self._peek() == ",":
                self._at += 1
        self._depth -= 1
        return None

    def _field_name(self) -> str | None:
        if self._peek() != '"':
            return self._match(_NAME)
        parts = self._template().parts
        return "".join(part for part in parts if isinstance(part, str))

    def _is_comprehension(self) -> bool:
        return _FOR.match(self._text, self._at) is not None

    def _template(self) -> Text:
        """Read a quoted text with what is put into it. Each is read once: trying twice at every depth would explode."""
        known = self._templates.get(start := self._at)
        if known is None:
            known = self._templates[start] = (self._new_template(start), self._at)
        self._at = known[1]
        return known[0]

    def _new_template(self, start: int) -> Text:
        self._at += 1
        parts: list[str | Expression] = []
        while True:
            plain, char = self._match(_PLAIN), self._peek()
            if plain is not None:
                parts.append(plain)
            elif char == '"':
                self._at += 1
                return Text(self.span(start), tuple(parts) or ("",))
            elif char == "\\":
                parts.append(self._escape())
            elif char in {"$", "%"}:
                parts.append(self._sequence(char))
            else:
                raise NotHclError(start, "the quote that begins here is never closed", "close the quote")

    def _escape(self) -> str:
        at, kind = self._at, self._peek(1)
        self._at += 2
        if kind in _ESCAPES:
            return _ESCAPES[kind]
        digits = self._text[self._at : self._at + _DIGITS.get(kind, 0)]
        if kind in _DIGITS and re.fullmatch("[0-9A-Fa-f]+", digits) and len(digits) == _DIGITS[kind]:
            self._at += len(digits)
            code = int(digits, 16)
            if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - Unicode's bounds
                return chr(code)
        raise NotHclError(at, "HCL knows no such escape", "write the backslash twice")

    def _sequence(self, char: str) -> str | Expression:
        """Read `${...}`, `%{...}`, or the sign alone; doubled it stands for itself."""
        start = self._at
        if self._text.startswith(f"{char}{char}{{", start):
            self._at += 3
            return f"{char}{{"
        self._at += 1
        if self._peek() != "{":
            return char
        self._open()
        self._skip_lines()
        inner = self._at
        value = self._primary() if char == "$" else None
        self._skip_lines()
        if value is None or self._peek() != "}":
            self._at = inner
            self._skip_expression(closing="}")
            value = Other(self.span(start), _cut(self._text[start : self._at + 1]))
        if self._peek() != "}":
            raise NotHclError(start, "the sequence that begins here is never closed", "write the missing `}`")
        self._close()
        return value

    def _skip_expression(self, closing: str = "") -> None:
        """Move to the end of an expression: with `closing`, to that bracket; else to the end of the line or item."""
        brackets: list[str] = []
        while char := self._peek():
            heredoc = self._match(_HEREDOC)
            if heredoc is not None:
                self._skip_heredoc(heredoc)
            elif char == '"':
                self._template()
            elif brackets and char == brackets[-1]:
                brackets.pop()
                self._at += 1
            elif not brackets and (char == closing if closing else char in _ENDS):
                return
            elif char in _OPENING:
                brackets.append(_OPENING[char])
                self._at += 1
            elif not self._skip_blanks():
                self._at += 1
        if brackets or closing:
            raise NotHclError(self._at, f"`{(brackets or [closing])[-1]}` is missing", "close every bracket")

    def _skip_heredoc(self, opening: str) -> None:
        word = opening.lstrip("<-").strip()
        end = next((line for line in _WORD_ALONE.finditer(self._text, self._at) if line[1] == word), None)
        if end is None:
            raise NotHclError(
                self._at - len(opening), f"the text up to `{word}` is never ended", f"end it with `{word}`"
            )
        self._at = end.end()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
