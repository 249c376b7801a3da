#!/usr/bin/env bash
# Guess:    rendering 2,000 rows of a template takes the same time however deeply the template is included.
# Happened: at some depths it takes three to eight times as long, at all others not. CPython 3.11 keeps the frames of
#           Python functions in chunks of 16 KB. Where the innermost loop stands just below the edge of a chunk, each
#           call out of it maps a new chunk, touches its pages and unmaps it on return. Here: no page fault per render
#           at depths 0-16, 6,000 at 17, 4,000 at 18, none again up to 35, 16,000 at 37. Which depths are hit depends
#           on everything beneath, so the same template is quick in one deployment or test and slow in another.
# Versions: CPython 3.11.7, Django 5.2.19
# Who:      whoever draws long tables with Django under Python 3.11: a page that becomes several times slower after an
#           innocent {% include %}, or whose time in a profile is "system".
# Here:     tests/support/frames.py puts one very large frame beneath the suite, whose chunk has room for all the rest;
#           crawls of pages took a fifth less.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q Django==5.2.19
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import platform
import resource
import sys
import time

import django
from django.conf import settings
from django.template import Context, Engine

settings.configure()
django.setup()
ROW = "{% for unit in units %}{{ unit.name|default:'—' }} {{ unit.share }}\n{% endfor %}"
UNITS = [{"name": f"单位{number}", "share": number} for number in range(2000)]


def page(depth):
    """The rows, included by a part that is included by a part, so many times."""
    parts = {f"part{n}.html": f"{{% include 'part{n + 1}.html' %}}" for n in range(depth)}
    loader = "django.template.loaders.locmem.Loader"
    return Engine(loaders=[(loader, {**parts, f"part{depth}.html": ROW})]).get_template("part0.html")


faults = {}
for depth in range(40):
    template = page(depth)
    template.render(Context({"units": UNITS}))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.perf_counter()
    template.render(Context({"units": UNITS}))
    faults[depth] = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    print(f"depth {depth:2}: {faults[depth]:6} page faults, {(time.perf_counter() - began) * 1000:6.1f} ms")
hit = [depth for depth, count in faults.items() if count >= len(UNITS)]
spared = [depth for depth, count in faults.items() if count < 100]
print(f"CPython {platform.python_version()}, Django {django.__version__}: hit at {hit}, spared at {len(spared)} others")
as_stated = hit and len(spared) >= 30
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
PY
