"""Words that must not enter the log: a draft is private to its unit, and administrators read the log (ADR 0004)."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.crypto import salted_hmac

# Acts whose older events still hold words of a draft. Those can't be rewritten: it would break the hash chain.
WORDED = frozenset({"reporting.save", "signing.refuse", "evidence.attach", "evidence.remove"})
_TRACE = {"fields", "digest"}
_SAFE = {"entry", "size", "sha256"}


def trace(words: Mapping[str, Any]) -> dict[str, Any]:
    """{fields, digest}: which fields, and a digest by which a claim about their words can be checked later.

    Keyed with the installation's secret, so that nobody finds a percent by trying all hundred.
    """
    text = json.dumps(words, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return {"fields": sorted(words), "digest": salted_hmac("audit.trace", text, algorithm="sha256").hexdigest()}


def without_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """What may be shown of the data of such an event: traces as they are, else which fields there were."""
    if values.keys() == _TRACE:
        return dict(values)
    shown: dict[str, Any] = {name: value for name, value in values.items() if name in _SAFE}
    rest = {name: value for name, value in values.items() if name not in _SAFE}
    nested = {name: without_words(value) for name, value in rest.items() if isinstance(value, Mapping)}
    plain = sorted(rest.keys() - nested.keys())
    return shown | nested | ({"fields": plain} if plain else {})
