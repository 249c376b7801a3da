"""Django's admin in Chinese: units, people, rules and the calendar; the audit log and messages to read."""

from tasks_app.admin import people, records, rules, units

__all__ = ["people", "records", "rules", "units"]
