"""The headings of a roster file, and the field that each fills."""

COLUMNS = {"单位": "unit", "联络员账号": "liaison", "替补账号": "deputy"}
