"""Whether a generated transcript deserves to be measured with: whole, and true to its facts."""

from __future__ import annotations

import io
from collections.abc import Sequence

from . import structure
from .contestants import joined
from .facts import Truth
from .generate import Order, generate
from .render import pieces
from .score import holds, plain

OFF = 0.35  # of the size that was asked for; a small file is mostly facts


def faults(order: Order) -> list[str]:
    """What is wrong with the transcript of `order`, in words; nothing where all is well."""
    out, again = io.BytesIO(), io.BytesIO()
    truth = generate(out, order)
    generate(again, order)
    found = faults_of(out.getvalue().splitlines(), truth)
    if out.getvalue() != again.getvalue():
        found.append("another transcript by the same seed")
    if abs(len(out.getvalue()) - order.size) > OFF * order.size:
        found.append(f"{len(out.getvalue()):,} bytes instead of {order.size:,}")
    return found


def faults_of(lines: Sequence[bytes], truth: Truth) -> list[str]:
    """What is wrong with the lines of a transcript in which `truth` should stand."""
    found = structure.faults(lines)
    shown = joined(pieces(lines))
    seen = plain(shown)
    for fact in truth.facts:
        if not fact.probe or not all(fact.probe):
            found.append(f"a fact without a probe: {fact.category}")
        elif not holds(seen, fact):
            found.append(f"a fact that cannot be read: {fact.category} at {fact.place:.2f}")
    found += ["a secret that cannot be read" for secret in truth.secrets if secret not in shown]
    found += ["a decoy on the live branch" for decoy in truth.decoys if plain(decoy) in seen]
    return found
