"""HTML as tests compare it: how a template is laid out in lines does not matter."""

import re


def on_one_line(html: str) -> str:
    """Without the line breaks beside tags; others, between attributes or words, as a space."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<|/?>)", "", html))
