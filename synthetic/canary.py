"""Names that no other person bears: where they turn up, personal data has turned up.

One looked-after child and one nominal carry them. The child is placed out of area and
is not known there, so it is notified. Its names may stand in extracts, in stage
outputs, in the register and in what recipients see, and nowhere else: never in a log,
an exception, a metric or a run report.
"""

FORENAME = "Ondrathel"
MIDDLE_NAME = "Isquevane"
SURNAME = "Quillonbrax"
KNOWN_AS = "Thelliwick"
ADDRESS = "1 Vexmoor Lantern Row"
CARER = "Ysolde Brackenthwaight"
NOMINAL_FORENAME = "Corvandal"
NOMINAL_SURNAME = "Hexwittering"

WORDS = (
    "Ondrathel",
    "Isquevane",
    "Quillonbrax",
    "Thelliwick",
    "Vexmoor",
    "Brackenthwaight",
    "Corvandal",
    "Hexwittering",
)
"""Search for each of these in any mixture of capitals and small letters."""
