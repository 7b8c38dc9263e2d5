"""Answers decoded straight into their shapes. What does not fit is named in the words of `fields`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec import DecodeError, ValidationError

from reconciler.cf.fields import FieldError

if TYPE_CHECKING:
    from msgspec.json import Decoder

    from reconciler.cf.exchange import Answer

Shape = TypeVar("Shape")

_MISSING = re.compile(r"Object missing required field `(\w+)`")
_OTHER_TYPE = re.compile(r"Expected `(\w+)(?: \| null)?`, got .*")
_PROBLEMS = {
    "object": "is not an object",
    "array": "is not a list",
    "str": "is not a string",
    "int": "is not an integer",
    "bool": "is not true or false",
}


def shaped(answer: Answer, decoder: Decoder[Shape]) -> Shape:
    """Decode an answer. Raise UnexpectedAnswerError when it is not JSON, and FieldError when it has another shape."""
    try:
        if not answer.body.isascii():
            # The decoder looks only at the texts that it keeps.
            answer.body.decode()
        return fitted(decoder, answer.body)
    except FieldError:
        answer.json()  # what is wrong later on may be that it is no JSON at all
        raise
    except (DecodeError, UnicodeDecodeError, RecursionError):
        answer.json()  # it says where
        raise answer.unexpected("cannot be read: it is nested too deep") from None


def fitted(decoder: Decoder[Shape], content: bytes) -> Shape:
    """Decode a part of an answer. Raise FieldError when it has another shape, DecodeError when it is not JSON."""
    try:
        return decoder.decode(content)
    except ValidationError as error:
        problem = str(error)
    raise _field_error(problem)


def _field_error(said: str) -> FieldError:
    """Put the decoder's words, such as "Expected `str`, got `int` - at `$.resources[3].guid`", into ours."""
    problem, _, place = said.partition(" - at `$")
    field = place.removesuffix("`").removeprefix(".")
    if missing := _MISSING.fullmatch(problem):
        return FieldError(f"{field}.{missing[1]}" if field else missing[1], "is missing")
    if problem == "Expected `str` of length >= 1":
        return FieldError(field, "is empty")
    if other := _OTHER_TYPE.fullmatch(problem):
        return FieldError(field, _PROBLEMS[other[1]])
    return FieldError(field, "is a number out of range")
