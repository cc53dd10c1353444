"""What program a process runs."""

from __future__ import annotations


def runs(pid: int, word: str, latest: float | None = None) -> bool:
    """Whether process `pid` lives and `word` stands in its name, its file or its script.

    `latest`: epoch seconds; a process that was created after it is another one, to which the
    kernel has given the number again.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return False
        if latest is not None and process.create_time() > latest:
            return False
        words = [process.name(), *process.cmdline()[:2]]
    except (psutil.Error, OverflowError):
        return False
    return any(word in each.lower() for each in words)
