"""The front-end files taken from elsewhere are the ones their manifest describes, and nothing else."""

import hashlib
import json
import re
from pathlib import Path

from tests.support.offenders import every

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
ENTRIES = json.loads(MANIFEST.read_text())


def test_every_vendored_file_is_the_one_its_manifest_describes() -> None:
    with every("take the file from its source again, or describe the new one in static/vendor/manifest.json") as at:
        for entry in ENTRIES:
            with at(entry["path"]):
                content = (ROOT / entry["path"]).read_bytes()
                assert hashlib.sha256(content).hexdigest() == entry["sha256"]
                assert all(entry[key] for key in ("name", "version", "licence", "source"))


def test_no_vendored_file_is_unlisted() -> None:
    on_disk = {str(path.relative_to(ROOT)) for path in VENDOR.rglob("*") if path.is_file() and path != MANIFEST}
    listed = {entry["path"] for entry in ENTRIES if entry["path"].startswith("static/vendor/")}
    assert on_disk == listed


def test_every_vendored_package_brings_its_licence_text() -> None:
    for name in {entry["name"].split(".")[0].split("-")[0] for entry in ENTRIES}:
        texts = [e for e in ENTRIES if e["name"].startswith(name) and e["path"].endswith("LICENSE.txt")]
        assert texts, name


def test_vendored_files_ask_for_nothing_beside_themselves() -> None:
    """A source map or an imported sheet would be a request that ends in 404, or leaves the network."""
    with every("take the request out of the file and its new sum into the manifest") as at:
        for entry in ENTRIES:
            with at(entry["path"]):
                text = (ROOT / entry["path"]).read_text()
                assert "sourceMappingURL" not in text
                assert not entry["path"].endswith(".css") or not re.search(r"url\(|@import", text)
