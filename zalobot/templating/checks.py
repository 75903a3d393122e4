"""The one judgement over the words of a message, before anybody is sent it.

The one rule: the studio, `zalobot templates check` and the tests all ask `check`. What stops a release is a STOP.
"""

from collections.abc import Collection, Sequence

from zalobot import languages
from zalobot.languages import DEFAULT
from zalobot.templating import change, letters, links, lint, sense, translation
from zalobot.templating.findings import Finding, Kind
from zalobot.templating.using import current
from zalobot.templating.wording import Wording
from zalobot.vietnamese import nfc


def check(
    source: str, name: str, language: str = DEFAULT, before: str = "", *, wording: Wording | None = None
) -> tuple[Finding, ...]:
    """All that is to be said about these words for this message in this language, in the order of its lines.

    `before` are the words in use, against which it is seen what disappeared or is new. `wording` is the one in use
    unless given.
    """
    spoken = wording or current()
    source = nfc(source.replace("\r\n", "\n"))
    with languages.speaking(language):
        said = lint.findings(spoken, source, spoken.contexts.get(name, ()))
        if not any(finding.code in ("syntax", "unsafe", "source_too_long") for finding in said):
            said += letters.findings(source)
            said += change.findings(spoken, source, before)
            said += links.findings(source, before)
            said += translation.findings(spoken, source, name, language)
        if not any(finding.kind is Kind.STOP for finding in said):
            said += sense.findings(spoken, source, name)
    return tuple(sorted(set(said), key=lambda finding: finding.rank))


def words(finding: Finding, wording: Wording | None = None) -> str:
    """A finding in its operator's words, which are Vietnamese."""
    spoken, name = wording or current(), f"lint/{finding.code}"
    with languages.speaking(DEFAULT):
        return spoken.render(name, problem=finding).text if spoken.has(name) else finding.detail


def check_all(wording: Wording) -> list[str]:
    """One line for each finding in the Vietnamese messages, and for each that is missing or not declared."""
    lines = [f"{name}.txt: missing" for name in wording.contexts if not wording.has(name)]
    for name in wording.names:
        if name not in wording.contexts:
            lines.append(f"{name}.txt: not declared in message_contexts")
            continue
        lines += _lines(wording, f"{name}.txt", check(wording.source(name), name, wording=wording))
    return sorted(lines)


def check_language(wording: Wording, language: str, needed: Collection[str]) -> list[str]:
    """The same for a further language: all that is `needed` is there, and says what the Vietnamese says."""
    lines = [f"{language}/{name}.txt: missing" for name in needed if not wording.has(name, language)]
    for name in wording.names_in(language):
        where = f"{language}/{name}.txt"
        if name not in needed:
            lines.append(f"{where}: nobody is told this in another language")
            continue
        said = check(wording.source(name, language), name, language, wording=wording)
        lines += _lines(wording, where, said)
    return sorted(lines)


def _lines(wording: Wording, where: str, said: Sequence[Finding]) -> list[str]:
    """What only notes something is for the eye of whoever edits, and no reason to refuse a folder."""
    return [
        f"{where}:{finding.line}: {finding.kind} {finding.code}: {words(finding, wording)}"
        for finding in said
        if finding.kind is not Kind.NOTE and finding.code != "untranslated"
    ]
