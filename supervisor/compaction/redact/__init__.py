"""redact: mask secrets in every text that leaves memory.

One file a kind of evidence: the vendors' formats, the places where secrets stand, assignments,
blocks of keys, syntaxes, JSON values, the environment.
"""

from .redactor import Redactor, redactor
from .structured import redact_values, strings

__all__ = ["Redactor", "redact_values", "redactor", "strings"]
