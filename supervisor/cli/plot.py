"""A line of figures as a line of signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-:=+*#"


def sparkline(values: Sequence[float], width: int, *, plain: bool = False) -> str:
    """`values` from 0 up to their largest in at most `width` signs; each sign is the largest of
    its stretch. `plain`: ASCII alone."""
    signs = ASCII if plain else BLOCKS
    columns = [max(values[at] for at in stretch) for stretch in stretches(len(values), width)]
    top = max(columns, default=0) or 1
    return "".join(signs[min(len(signs) - 1, int(value * len(signs) / top))] for value in columns)


def marks(places: Iterable[int], count: int, width: int, sign: str = "^") -> str:
    """`sign` beneath those of `count` values that are meant, as `sparkline` places them."""
    wanted = set(places)
    line = [sign if not wanted.isdisjoint(stretch) else " " for stretch in stretches(count, width)]
    return "".join(line).rstrip()


def stretches(count: int, width: int) -> list[range]:
    """The numbers below `count` in at most `width` stretches, none of them empty."""
    many = min(count, max(1, width))
    return [range(at * count // many, (at + 1) * count // many) for at in range(many)]
