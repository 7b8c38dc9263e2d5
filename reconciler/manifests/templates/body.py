"""The body of a template: data in which `{parameter: NAME}` stands for whole values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.manifests.templates.parameters import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests.parsing import marks

    Path = tuple[str | int, ...]


class Argument(NamedTuple):
    """What a parameter stands for in one use: the value, its positions, and how many values it consists of."""

    value: Any
    mark: marks.Mark
    size: int


def _referenced(value: Any) -> str | None:  # noqa: ANN401 - any data
    """Give the parameter for which a value stands. The schema lets no other mapping have this key."""
    return value["parameter"] if isinstance(value, dict) and "parameter" in value else None


def references(body: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Give every reference with its path."""
    waiting: list[tuple[Path, Any]] = [((), body)]
    while waiting:
        path, value = waiting.pop()
        name = _referenced(value)
        if name is not None:
            yield path, name
        elif isinstance(value, dict):
            waiting += [((*path, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*path, index), item) for index, item in reversed(list(enumerate(value)))]


class Body:
    """A body that is filled again and again: what holds no reference is shared, not copied."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.references = tuple(references(data))
        self._counts = Counter(name for _, name in self.references)
        self._size = size_of(data)
        self._names: dict[int, set[str]] = {}
        for path, name in self.references:
            value: Any = data
            for step in path:
                value = value[step]
                self._names.setdefault(id(value), set()).add(name)

    def size(self, arguments: Mapping[str, Argument]) -> int:
        """Count the values that filling makes, before it does."""
        return self._size + sum(count * arguments[name].size for name, count in self._counts.items())

    def fill(self, arguments: Mapping[str, Argument], place: int) -> tuple[dict[str, Any], dict[str, marks.Mark]]:
        """Put the arguments in and give data and marks by key. What is the template's own stands at `place`."""
        filled = {key: self._fill(value, place, arguments) for key, value in self.data.items()}
        return {key: value for key, (value, _) in filled.items()}, {key: mark for key, (_, mark) in filled.items()}

    def fill_where_possible(
        self, arguments: Mapping[str, Argument], mark: marks.Mark
    ) -> tuple[dict[str, Any], marks.Mark]:
        """Put in the arguments that there are, and leave out the keys and the items of lists that lack one.

        `mark` is that of the body: what is its own stands where it is written.
        """
        data: dict[str, Any] = {}
        kept: dict[str, Any] = {}
        for key, value in self.data.items():
            key_position, own = mark[1][key]
            if self._is_filled(value, arguments):
                data[key], filled = self._fill(value, own, arguments)
                kept[key] = (key_position, filled)
            elif isinstance(value, list):
                pairs = [
                    self._fill(item, below, arguments)
                    for item, below in zip(value, own[1], strict=True)
                    if self._is_filled(item, arguments)
                ]
                if pairs:
                    data[key] = [item for item, _ in pairs]
                    kept[key] = (key_position, (own[0], [below for _, below in pairs]))
        return data, (mark[0], kept)

    def _is_filled(self, value: Any, arguments: Mapping[str, Argument]) -> bool:  # noqa: ANN401 - any data
        return self._names.get(id(value), set()) <= arguments.keys()

    def _fill(
        self,
        value: Any,  # noqa: ANN401 - any data
        mark: marks.Mark,
        arguments: Mapping[str, Argument],
    ) -> tuple[Any, marks.Mark]:
        """Fill a value. `mark` is its own, or one position for all that is in it."""
        if id(value) not in self._names:
            return value, mark
        name = _referenced(value)
        if name is not None:
            argument = arguments[name]
            return argument.value, argument.mark
        position, below = (mark, None) if isinstance(mark, int) else mark
        if isinstance(value, list):
            items = [self._fill(item, below[n] if below else mark, arguments) for n, item in enumerate(value)]
            return [item for item, _ in items], (position, [filled for _, filled in items])
        keys = {key: below[key][0] if below else mark for key in value}
        pairs = {key: self._fill(item, below[key][1] if below else mark, arguments) for key, item in value.items()}
        data = {key: item for key, (item, _) in pairs.items()}
        return data, (position, {key: (keys[key], filled) for key, (_, filled) in pairs.items()})
