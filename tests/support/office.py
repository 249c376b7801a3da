"""Documents opened for real: LibreOffice turns them into PDF, poppler reads the PDF."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

# A conversion takes a few seconds; a busy machine many more.
PATIENCE = 180


def _program(name: str, package: str) -> str:
    """Where a program is; skips the test loudly when it is nowhere, fails it where nothing may be skipped."""
    if found := shutil.which(name):
        return found
    missing = f"{name} is not installed (Debian package {package}): no document was opened"
    if os.environ.get("DUBAN_TEST_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def converted(content: bytes, *, suffix: str, to: str) -> bytes:
    """A document as LibreOffice writes it anew in another format, as `converted(docx, suffix="docx", to="pdf")`."""
    return all_converted({"document": content}, suffix=suffix, to=to)["document"]


def all_converted(contents: dict[str, bytes], *, suffix: str, to: str) -> dict[str, bytes]:
    """Several documents by their names: to start LibreOffice takes much longer than to convert one."""
    program = _program("soffice", "libreoffice-writer-nogui")
    with tempfile.TemporaryDirectory(prefix="duban-office-") as folder:
        out = Path(folder) / "out"
        sources = [Path(folder) / f"{name}.{suffix}" for name in contents]
        for source, content in zip(sources, contents.values(), strict=True):
            source.write_bytes(content)
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to]
        done = subprocess.run(
            [*command, "--outdir", str(out), *map(str, sources)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={**os.environ, "HOME": folder},
        )
        results = {path.stem: path.read_bytes() for path in out.glob("*")} if out.exists() else {}
        assert results.keys() == contents.keys(), f"LibreOffice did not write all: {done.stdout}{done.stderr}"
        return results


def pdf_text(pdf: bytes) -> str:
    """The words of a PDF, laid out as on the page."""
    program = _program("pdftotext", "poppler-utils")
    done = subprocess.run([program, "-layout", "-", "-"], input=pdf, capture_output=True, timeout=PATIENCE, check=True)
    return done.stdout.decode()


def pdf_pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in points; an A4 page is 595 x 842."""
    program = _program("pdfinfo", "poppler-utils")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        command = [program, "-f", "1", "-l", "9999", file.name]
        said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    lines = [line for line in said.splitlines() if line.startswith("Page ") and "size:" in line]
    sizes = [line.split("size:")[1].split() for line in lines]
    return [(float(words[0]), float(words[2])) for words in sizes]
