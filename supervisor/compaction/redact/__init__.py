"""redact: mask secrets in every text that leaves memory.

One file a kind of evidence: the vendors' formats, the places where secrets stand, assignments,
blocks of keys, the environment.
"""

from .redactor import Redactor, redact_values, redactor

__all__ = ["Redactor", "redact_values", "redactor"]
