"""The XML form of the return says the same as its CSV files."""

from pathlib import Path

import pytest
from extract_examples import LA, NIGHT, rows, source_file

from connectors import ssda903
from connectors.conformed import Conformed
from connectors.csvfiles import FileRefused
from connectors.ssda903_xml import read_xml
from records.verdicts import FileOutcome

RETURN = """<?xml version="1.0" encoding="UTF-8"?>
<EXPSSDA903>
  <CHILD>
    <HEADER>
      <CHILDID>C1</CHILDID><UPN>UN1</UPN><SEX>F</SEX><DOB>02/03/2012</DOB>
      <ETHNIC>WBRI</ETHNIC><UASC>0</UASC><MOTHER>0</MOTHER>
      <AREVIEW><REVIEW>01/02/2026</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
      <AMISSING><MISSING>M</MISSING><MIS_START>05/06/2026</MIS_START></AMISSING>
      <OC2><SDQ_SCORE>12</SDQ_SCORE></OC2>
      <AD_PLACED><DATE_PLACED>01/07/2026</DATE_PLACED></AD_PLACED>
    </HEADER>
    <EPISODE>
      <DECOM>10/01/2026</DECOM><RNE>S</RNE><LS>C1</LS><CIN>N1</CIN><PL>U4</PL>
      <PL_POST>CV7 8QZ</PL_POST><HOME_POST>B1 1BB</HOME_POST><DEC>01/03/2026</DEC>
      <REC>X1</REC>
    </EPISODE>
    <EPISODE>
      <DECOM>01/03/2026</DECOM><RNE>L</RNE><LS>C2</LS><PL>U4</PL>
      <PL_POST>CV7 8QZ</PL_POST><SHOE_SIZE>4</SHOE_SIZE>
    </EPISODE>
  </CHILD>
  <CHILD>
    <HEADER>
      <CHILDID>C2</CHILDID><SEX>M</SEX><DOB>15/01/2010</DOB><UASC>1</UASC>
    </HEADER>
    <EPISODE><DECOM/><PL>K2</PL></EPISODE>
  </CHILD>
</EXPSSDA903>
"""


def read(folder: Path, xml: str) -> Conformed:
    names = "child_id,forename,surname,dob\nC1,Ann,Lee,2012-03-02\n"
    return ssda903.conform(
        LA,
        [
            source_file(folder, "identities.csv", names, authority=LA),
            source_file(folder, "return.XML", xml, authority=LA),
        ],
        NIGHT,
    )


def test_the_modules_of_an_xml_return_become_the_same_tables(tmp_path: Path) -> None:
    tables = read(tmp_path, RETURN).tables
    children = rows(tables["children"], "child_ref", "forename", "sex", "uasc")
    assert children == [("C1", "Ann", "F", False), ("C2", None, "M", True)]
    placements = rows(
        tables["placements"], "child_ref", "end", "place_code", "legal_status"
    )
    assert placements == [("C1", None, "U4", "C2")]
    assert rows(tables["missing_episodes"], "child_ref", "kind") == [("C1", "M")]
    risks = rows(tables["risks"], "child_ref", "indicator", "answer")
    assert risks == [("C2", "uasc", True), ("C1", "missing", True)]


def test_an_xml_file_has_one_verdict_that_balances(tmp_path: Path) -> None:
    conformed = read(tmp_path, RETURN)
    (verdict,) = (v for v in conformed.verdicts if v.file == "return.XML")
    assert verdict.outcome is FileOutcome.PARTLY_ACCEPTED
    assert (verdict.rows, verdict.accepted, verdict.rejected) == (10, 9, 1)
    (reject,) = conformed.rejects
    assert (reject.record_ref, reject.code) == ("C2", "missing_value")
    assert RETURN.splitlines()[reject.line - 1].strip().startswith("<EPISODE><DECOM/>")
    assert "unknown_elements 1: SHOE_SIZE" in verdict.notes


def test_a_child_placed_for_adoption_is_shielded_by_the_xml_too(
    tmp_path: Path,
) -> None:
    shielded = read(tmp_path, RETURN).shielded
    assert shielded is not None
    assert rows(shielded, "child_ref") == [("C1",)]


REFUSED = {
    "cut off": (RETURN[:400], "cut off"),
    "not XML": ("CHILD,DOB\nC1,", "not XML"),
    "something else": ("<Message><CHILD/></Message>", "EXPSSDA903"),
    "a document type": (
        '<!DOCTYPE x [<!ENTITY a "b">]><EXPSSDA903>&a;</EXPSSDA903>',
        "document type",
    ),
}


@pytest.mark.parametrize(("xml", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_xml_that_is_no_return_is_refused(tmp_path: Path, xml: str, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        read_xml(xml)
    conformed = read(tmp_path, xml)
    assert why in conformed.problem
    assert conformed.verdicts[-1].outcome is FileOutcome.REFUSED
