"""Which words this process speaks."""

from collections.abc import Iterator
from contextlib import contextmanager

from zalobot.templating.wording import Wording

_current: Wording | None = None


def use(wording: Wording) -> None:
    """Let the whole process speak these words from now on."""
    global _current
    _current = wording


def current() -> Wording:
    """The words in use; RuntimeError before `use`."""
    if _current is None:
        raise RuntimeError("templating.use(wording) has not been called")
    return _current


@contextmanager
def one_moment() -> Iterator[None]:
    """Inside, in this thread, all is said in the words of one moment: what every transaction is put in."""
    if _current is None:
        yield
        return
    with _current.holding():
        yield
