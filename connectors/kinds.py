"""Each kind of source has one conformer. A new format is a module and a line here."""

from collections.abc import Mapping

from connectors import police_pole, ssda903
from connectors.config import Kind
from connectors.conformed import Conformer

CONFORMERS: Mapping[Kind, Conformer] = {
    "police-pole": police_pole.conform,
    "ssda903": ssda903.conform,
}
