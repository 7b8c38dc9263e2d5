"""The body of a template: data in which `{parameter: NAME}` stands for whole values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.manifests.templates.parameters import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests import marks

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
        self._open: set[int] = set()
        for path, _ in self.references:
            value: Any = data
            for step in path:
                value = value[step]
                self._open.add(id(value))

    def size(self, arguments: Mapping[str, Argument]) -> int:
        """Count the values that filling makes, before it does."""
        return self._size + sum(count * arguments[name].size for name, count in self._counts.items())

    def fill(self, arguments: Mapping[str, Argument], place: int) -> tuple[dict[str, Any], dict[str, marks.Mark]]:
        """Put the arguments in and give data and marks by key. What is the template's own stands at `place`."""
        filled = {key: self._fill(value, arguments, place) for key, value in self.data.items()}
        return {key: value for key, (value, _) in filled.items()}, {key: mark for key, (_, mark) in filled.items()}

    def _fill(self, value: Any, arguments: Mapping[str, Argument], place: int) -> tuple[Any, marks.Mark]:  # noqa: ANN401
        if id(value) not in self._open:
            return value, place
        name = _referenced(value)
        if name is not None:
            argument = arguments[name]
            return argument.value, argument.mark
        if isinstance(value, list):
            items = [self._fill(item, arguments, place) for item in value]
            return [item for item, _ in items], (place, [mark for _, mark in items])
        pairs = {key: self._fill(item, arguments, place) for key, item in value.items()}
        data = {key: item for key, (item, _) in pairs.items()}
        return data, (place, {key: (place, mark) for key, (_, mark) in pairs.items()})

    def without_references(self, mark: marks.Mark) -> tuple[dict[str, Any], marks.Mark]:
        """Leave out what depends on parameters: keys, and items of the lists, that hold a reference."""
        data: dict[str, Any] = {}
        kept: dict[str, Any] = {}
        position, children = mark
        for key, value in self.data.items():
            key_position, own = children[key]
            if id(value) not in self._open:
                data[key], kept[key] = value, children[key]
            elif isinstance(value, list):
                numbers = [number for number, item in enumerate(value) if id(item) not in self._open]
                if numbers:
                    data[key] = [value[number] for number in numbers]
                    kept[key] = (key_position, (own[0], [own[1][number] for number in numbers]))
        return data, (position, kept)
