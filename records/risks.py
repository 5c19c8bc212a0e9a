"""Which risks of a child are told of. It loads nothing: region files check it."""

RISK_INDICATORS = (
    "cse_victim", "cse_at_risk", "cse_perpetrator", "cce", "missing", "gang",
    "trafficked", "uasc", "return_interview_outstanding",
)  # fmt: skip
"""The seven criteria of ADCS and the College of Policing, criminal exploitation, and a
return interview that nobody has held."""
