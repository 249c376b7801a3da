"""Stored and sent texts are in the system's own language (Chinese), whatever language author or reader has chosen."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import override

P = ParamSpec("P")
T = TypeVar("T")


def in_the_language_of_the_house(compose: Callable[P, T]) -> Callable[P, T]:
    """Run the function in Chinese, labels included; afterwards the language is what it was before.

    Django's own `override` as a decorator is one object for all calls: called within itself, or by two threads at once,
    it restores the wrong language.
    """

    @wraps(compose)
    def composed(*args: P.args, **kwargs: P.kwargs) -> T:
        with override(settings.LANGUAGE_CODE):
            return compose(*args, **kwargs)

    return composed
