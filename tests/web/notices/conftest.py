"""The same notices as in tests/notices."""

from tests.notices.conftest import calendar, issue

__all__ = ["calendar", "issue"]
