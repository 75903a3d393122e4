"""What a change of words takes away or brings in, so that its editor is asked once more.

The one rule: it is asked and not refused; whoever edits may mean it.
"""

from collections.abc import Iterator

from zalobot import languages
from zalobot.languages import DEFAULT
from zalobot.templating.findings import Finding, Kind, found
from zalobot.templating.language import Unsafe, button_kind, button_lines
from zalobot.templating.lint import TAG, lost
from zalobot.templating.wording import Wording
from zalobot.vietnamese import plain


def findings(wording: Wording, source: str, before: str) -> Iterator[Finding]:
    """What these words lack that those before had, and buttons that send what the bot was never sent."""
    try:
        for word in lost(before, source):
            yield found(source, 1, Kind.WARNING, "dropped", word)
    except Unsafe:
        return
    sent = {_shape(payload): (line, payload) for line, _, payload in button_lines(source) if payload}
    had = {_shape(payload): title for _, title, payload in button_lines(before) if payload}
    for shape, title in had.items():
        if shape not in sent:
            yield found(source, 1, Kind.WARNING, "dropped_button", title)
    for shape, (line, payload) in sent.items():
        if before and button_kind(payload) == "query" and shape not in had and shape not in _heard(wording):
            yield found(source, line, Kind.WARNING, "unheard", payload)


def _shape(payload: str) -> str:
    """What is sent back, whatever its placeholders say."""
    if button_kind(payload) != "query":
        return TAG.sub("_", payload)
    return plain(TAG.sub(" _ ", payload))


def _heard(wording: Wording) -> frozenset[str]:
    """What shipped buttons send, and what people may type anywhere."""
    kept: frozenset[str] | None = wording.worked_out.get("heard")
    if kept is None:
        sources = (message.source for message in wording.shipped[DEFAULT].values())
        sent = {_shape(payload) for source in sources for _, _, payload in button_lines(source) if payload}
        typed = languages.words()["typed"]
        kept = frozenset(sent | {plain(word) for kind in typed for word in languages.lists("typed", kind)})
        wording.worked_out["heard"] = kept
    return kept
