"""The prompt templates: what they may hold, where they come from, what CLAUDE.md adds."""

from .instructions import compact_instructions, find_compact_instructions
from .places import (
    FROM_PROJECT,
    PACKAGE,
    PROFILES,
    SHIPPED,
    find,
    find_project,
    folder_for_project,
    folders,
    load,
    load_sound,
    origin,
    profile_folders,
)
from .survey import survey
from .template import (
    PURPOSES,
    VARIABLES,
    Fault,
    Prompt,
    PromptError,
    check,
    did_you_mean,
    faults,
    printable,
)

__all__ = [
    "FROM_PROJECT",
    "PACKAGE",
    "PROFILES",
    "PURPOSES",
    "SHIPPED",
    "VARIABLES",
    "Fault",
    "Prompt",
    "PromptError",
    "check",
    "compact_instructions",
    "did_you_mean",
    "faults",
    "find",
    "find_compact_instructions",
    "find_project",
    "folder_for_project",
    "folders",
    "load",
    "load_sound",
    "origin",
    "printable",
    "profile_folders",
    "survey",
]
