"""check: is the narrative fit to be believed?

`verdict` says so; `account` whether it is an account at all, `grounding` whether what it names
stands in the transcript; `neutral` takes from it what could pass for structure of the context.
"""

from .source import UNVERIFIED, Source
from .verdict import NAMED, Answer, Checked, best, check

__all__ = ["NAMED", "UNVERIFIED", "Answer", "Checked", "Source", "best", "check"]
