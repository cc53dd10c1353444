"""The environment of a summarizing process, for the SDK and boto3 read their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from ..world import environment

Env = Callable[..., Mapping[str, str]]


@pytest.fixture
def env_of(tmp_path: Path) -> Iterator[Env]:
    """A function that makes os.environ that of a Bedrock user and gives it."""
    before = dict(os.environ)

    def become(url: str, **changes: str | None) -> Mapping[str, str]:
        found = {**environment(tmp_path, url, None), **changes}
        os.environ.clear()
        os.environ.update({name: value for name, value in found.items() if value is not None})
        return dict(os.environ)

    yield become
    os.environ.clear()
    os.environ.update(before)
