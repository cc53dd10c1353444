"""The fixture `home`: a person's HOME and AWS files, of which this machine has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from .home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)
