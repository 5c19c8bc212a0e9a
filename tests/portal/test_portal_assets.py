"""What browsers are given is what was vendored, and nothing that is not ours to use."""

import io
import shutil
import tarfile

import pytest

from portal import vendor_assets
from portal.vendor_assets import CSS, SCRIPT, STATIC, NotThePackage, faults, vendor

SOME_CSS = (
    '@font-face{font-family:GDS Transport;src:url(/x.woff2)}.a{font-family:"GDS '
    'Transport",arial,sans-serif}.govuk-footer__copyright-logo{background:url('
    "/assets/images/govuk-crest.svg)}.b{color:red}\n/*# sourceMappingURL=x.map */"
)


def test_the_vendored_files_are_as_the_manifest_says_and_clean():
    assert faults() == []


def test_the_licence_travels_with_them():
    notice = (STATIC / "NOTICE").read_text()

    assert "Copyright (C) 2017 Crown Copyright (Government Digital Service)" in notice
    assert "The above copyright notice and this permission notice" in notice


def test_no_font_and_no_picture_of_theirs_is_there():
    kinds = {path.suffix for path in STATIC.iterdir()}

    assert kinds == {".css", ".js", ".svg", ".json", ".md", ""}
    for path in STATIC.glob("*.svg"):
        assert "crest" not in path.read_text()


@pytest.mark.parametrize(
    ("name", "added"),
    [
        (CSS, ".x{background:url(https://elsewhere.example/x.png)}"),
        (CSS, "@import 'x.css';"),
        (CSS, "@font-face{font-family:x}"),
        (SCRIPT, "//# sourceMappingURL=x.map"),
        (SCRIPT, "changed();"),
    ],
)
def test_a_change_by_hand_is_found(tmp_path, name, added):
    static = shutil.copytree(STATIC, tmp_path / "static")
    (static / name).write_text((static / name).read_text() + added)

    assert faults(static)


def test_stripping_leaves_neither_font_nor_crest_nor_map():
    assert vendor_assets.stripped_css(SOME_CSS) == (
        ".a{font-family:Arial,Helvetica,sans-serif}.b{color:red}\n"
    )


def test_only_the_released_package_is_vendored(tmp_path, monkeypatch):
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name, text in ((CSS, SOME_CSS), (SCRIPT, "go();")):
            content = text.encode()
            entry = tarfile.TarInfo(f"package/dist/govuk/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with pytest.raises(NotThePackage):
        vendor(package, tmp_path)

    right = vendor_assets._sha256(package.read_bytes())
    monkeypatch.setattr(vendor_assets, "PACKAGE_SHA256", right)
    vendor(package, tmp_path)

    assert faults(tmp_path) == []
    assert (tmp_path / SCRIPT).read_text() == "go();\n"
