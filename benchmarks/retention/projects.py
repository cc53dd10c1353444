"""The kinds of project that the generated sessions work on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    cwd: str
    roots: tuple[str, ...]  # folders that hold its sources
    endings: tuple[str, ...]  # of its files
    runner: str  # what runs its tests
    builds: tuple[str, ...]  # commands that print a build log


PROJECTS = (
    Project(
        "web backend",
        "/home/dev/storefront",
        ("src/api", "src/core", "src/jobs", "tests/unit"),
        ("py",),
        "pytest",
        ("make lint", "docker compose build"),
    ),
    Project(
        "data pipeline",
        "/srv/data/lakehouse",
        ("pipelines", "models/staging", "models/marts", "dags"),
        ("py", "sql", "yml"),
        "pytest",
        ("dbt compile", "make dags"),
    ),
    Project(
        "infrastructure",
        "/Users/kim/infra/platform",
        ("modules/network", "modules/compute", "cmd/agent", "deploy/base"),
        ("tf", "go", "yaml", "rs"),
        "cargo",
        ("terraform plan", "cargo build --workspace"),
    ),
    Project(
        "frontend",
        "/home/dev/web client",
        ("src/components", "src/pages", "src/lib", "e2e"),
        ("tsx", "ts", "css"),
        "jest",
        ("npm run build", "npx tsc --noEmit"),
    ),
)
