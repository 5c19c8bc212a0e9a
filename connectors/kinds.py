"""Each kind of source has one conformer. A new format is a module and a line here."""

from collections.abc import Mapping

from connectors import csc_api, police_pole, ssd, ssda903
from connectors.config import Kind
from connectors.conformed import Conformer

CONFORMERS: Mapping[Kind, Conformer] = {
    "csc-api-json": csc_api.conform,
    "police-pole": police_pole.conform,
    "ssd-csv": ssd.conform,
    "ssda903": ssda903.conform,
}
