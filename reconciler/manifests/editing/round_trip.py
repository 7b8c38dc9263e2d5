"""Reading and writing YAML with its comments, by a library two of whose mistakes are mended here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.emitter import RoundTripEmitter

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 1_000_000  # a line is never wrapped: wrapping is a change that no reviewer asked for


def round_trip() -> YAML:
    """Make a reader and writer that keeps comments, quotes and brackets, and writes in canonical indentation."""
    yaml = YAML()
    yaml.Composer = _Composer
    yaml.Emitter = _Emitter
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    _read_days_as_text(yaml)
    return yaml


class _Composer(Composer):
    """Keeps the comments above brackets, which one behind them would replace."""

    def compose_mapping_node(self, anchor: Any) -> Any:  # noqa: ANN401 - as in the library
        return self._with_comments_above(super().compose_mapping_node, anchor)

    def compose_sequence_node(self, anchor: Any) -> Any:  # noqa: ANN401 - as in the library
        return self._with_comments_above(super().compose_sequence_node, anchor)

    def _with_comments_above(self, compose: Callable[[Any], Any], anchor: Any) -> Any:  # noqa: ANN401 - as above
        start = self.parser.peek_event()
        comment = start.comment
        if not (start.flow_style and comment and comment[1] and comment[0] is None):
            return compose(anchor)
        start.comment = None
        node = compose(anchor)
        behind = node.comment[0] if node.comment else None
        node.comment = [behind, comment[1]]
        return node


class _Emitter(RoundTripEmitter):
    """Begins each item of a list anew: after brackets it would write the keys of the next item into one line."""

    def expect_block_sequence_item(self, first: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the library
        if not first:
            self.no_newline = False
        super().expect_block_sequence_item(first)


def _read_days_as_text(yaml: YAML) -> None:
    """Take away the timestamps of YAML 1.1: a day that does not exist must not keep its file from being formatted."""
    for first, resolvers in yaml.resolver.versioned_resolver.items():
        yaml.resolver.versioned_resolver[first] = [item for item in resolvers if not item[0].endswith(":timestamp")]
