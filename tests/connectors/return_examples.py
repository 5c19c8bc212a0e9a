"""Small SSDA903 returns, written to disk as an authority would send them."""

from pathlib import Path

from extract_examples import LA, NIGHT, csv_of, source_file

from connectors import ssda903
from connectors.conformed import Conformed
from connectors.ssda903_schema import MODULES
from records.identifiers import upn_check_letter
from records.verdicts import FileVerdict

Row = dict[str, str]


def valid_upn(serial: int) -> str:
    body = f"801200{serial:06d}"
    return upn_check_letter(body) + body


def episode(**changes: str) -> Row:
    return {
        "CHILD": "C1", "DECOM": "10/01/2026", "RNE": "S", "LS": "C2", "CIN": "N1",
        "PLACE": "U4", "PLACE_PROVIDER": "PR1", "HOME_POST": "b1 1bb",
        "PL_POST": "CV7 8QZ", "URN": "SC123456", **changes,
    }  # fmt: skip


def header(**changes: str) -> Row:
    return {
        "CHILD": "C1", "SEX": "F", "DOB": "02/03/2012", "ETHNIC": "WBRI",
        "UPN": valid_upn(1), "MOTHER": "0", **changes,
    }  # fmt: skip


def identity(**changes: str) -> Row:
    return {
        "child_id": "C1", "forename": "Ann", "surname": "Lee", "dob": "2012-03-02",
        "sex": "F", **changes,
    }  # fmt: skip


class Night:
    """The files of one return, written and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, str | bytes] = {}

    def module(self, name: str, *given: Row, file: str = "") -> "Night":
        columns = MODULES[name].columns
        self.files[file or f"{name}.csv"] = csv_of(columns, given)
        return self

    def identities(self, *given: Row) -> "Night":
        columns = dict.fromkeys(key for row in given for key in row)
        needed = ("child_id", "forename", "surname", "dob")
        self.files["identities.csv"] = csv_of(
            [*dict.fromkeys((*needed, *columns))], given
        )
        return self

    def read(self) -> Conformed:
        sources = [
            source_file(self.folder, name, content, authority=LA)
            for name, content in sorted(self.files.items())
        ]
        conformed = ssda903.conform(LA, sources, NIGHT)
        assert sorted(v.file for v in conformed.verdicts) == sorted(self.files)
        for verdict in conformed.verdicts:
            rejects = [r for r in conformed.rejects if r.file == verdict.file]
            assert len(rejects) == verdict.rejected
        return conformed


def sound_return(folder: Path) -> Night:
    """Identities and header of one child, without episodes yet."""
    return Night(folder).identities(identity()).module("header", header())


def verdict(conformed: Conformed, file: str) -> FileVerdict:
    return next(v for v in conformed.verdicts if v.file == file)


def noted(conformed: Conformed, file: str) -> str:
    return "\n".join(verdict(conformed, file).notes)
