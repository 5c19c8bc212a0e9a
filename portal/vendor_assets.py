"""Makes ``portal/static``'s copy of govuk-frontend from its npm package.

    npm pack govuk-frontend@6.3.0
    python -m portal.vendor_assets govuk-frontend-6.3.0.tgz

Development time only. The fonts are licensed for gov.uk sites alone and the crest is
not ours to show, so both are taken out; :func:`faults` says whether any is left.
"""

import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path

VERSION = "6.3.0"
PACKAGE_SHA256 = "3d91fd1353e32e306a8ae493b44ba9c0277348b5dbc08442a3e63d822e516048"
STATIC = Path(__file__).parent / "static"
MANIFEST = STATIC / "manifest.json"
CSS, SCRIPT = "govuk-frontend.min.css", "govuk-frontend.min.js"
_INSIDE = "package/dist/govuk/"


class NotThePackage(Exception):
    """The file is not the package that this release was made with."""


def stripped_css(css: str) -> str:
    """The styles without the gov.uk fonts and crest, and without their source map."""
    css = re.sub(r"/\*!.*?\*/", "", css, flags=re.DOTALL)  # the fonts' copyright
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,\s*arial', "Arial,Helvetica", css)
    css = re.sub(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}", "", css)
    return _without_map(css)


def stripped_script(script: str) -> str:
    """The script without its source map's address."""
    return _without_map(script)


def faults(static: Path = STATIC) -> list[str]:
    """What is wrong with the vendored files; nothing, when they are as they should be.

    They must be the manifest's, byte for byte, ask for nothing from elsewhere, and
    hold neither the fonts nor the crest.
    """
    found = []
    manifest = json.loads((static / MANIFEST.name).read_text())
    for name, wanted in manifest["files"].items():
        if _sha256((static / name).read_bytes()) != wanted:
            found.append(f"{name} is not the file of the manifest")
    css = (static / CSS).read_text()
    unwanted = ("Transport", "@font-face", "crest", "url(", "@import")
    found += [f"{CSS} holds {text}" for text in unwanted if text in css]
    if "sourceMappingURL" in css + (static / SCRIPT).read_text():
        found.append("a source map is asked for")
    return found


def vendor(package: Path, static: Path = STATIC) -> None:
    """The stripped files and their manifest are written.

    Raises:
        NotThePackage: the file is another version, or changed.
    """
    if _sha256(package.read_bytes()) != PACKAGE_SHA256:
        raise NotThePackage(
            f"{package.name} is not govuk-frontend {VERSION} as released"
        )
    made = {}
    with tarfile.open(package) as archive:
        for name, strip in ((CSS, stripped_css), (SCRIPT, stripped_script)):
            member = archive.extractfile(_INSIDE + name)
            if member is None:
                raise NotThePackage(f"{package.name} has no {name}")
            made[name] = strip(member.read().decode()).encode()
    for name, content in made.items():
        (static / name).write_bytes(content)
    manifest = {
        "package": f"govuk-frontend {VERSION}",
        "package_sha256": PACKAGE_SHA256,
        "files": {name: _sha256(content) for name, content in made.items()},
    }
    (static / MANIFEST.name).write_text(json.dumps(manifest, indent=2) + "\n")


def _without_map(text: str) -> str:
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    return re.sub(r"//# sourceMappingURL=.*", "", text).rstrip() + "\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> int:
    """Vendors the package named on the command line, and checks what came of it."""
    vendor(Path(sys.argv[1]))
    left = faults()
    sys.stderr.writelines(f"{fault}\n" for fault in left)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
