"""Django's admin in Chinese: units, people, rules and the calendar; the audit log and messages to read."""

from tasks_app.admin import lists, people, records, units

__all__ = ["lists", "people", "records", "units"]
