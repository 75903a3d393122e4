"""`zalobot eval`: how well messages are understood, printed as tables.

The one rule: the samples that come with the service are read by models trained without them; the English messages and
a file of other ones, which are in no training, by the model as it is shipped. What is searched for never is one of the
questions an answer is known by.
"""

import json
from collections.abc import Callable
from pathlib import Path

import typer

from zalobot import province
from zalobot.errors import ConfigError
from zalobot.knowledge import paraphrasing
from zalobot.knowledge.measuring import Found, measured, shown_wrongly
from zalobot.knowledge.ranking import Known, index_of
from zalobot.knowledge.searching import ENOUGH
from zalobot.understanding import deciding, measuring, phrases
from zalobot.understanding.measuring import Figures, Read
from zalobot.understanding.phrases import Sample
from zalobot.understanding.reader import Reader
from zalobot.understanding.training import Trainer

FOLDS = 5


def run(pack: str, file: Path | None, *, folds: int, wrong: bool) -> None:
    """Print the figures. Raises ConfigError for a file that cannot be read."""
    here = province.load(pack)
    rows = _rows(file)
    if file:
        reader = Reader(here)
        typer.echo(f"{len(rows)} messages of {file.name}, read by the shipped model")
        _print(rows, lambda _: reader.read, wrong=wrong)
    else:
        typer.echo(f"{len(rows)} samples, each read by a model trained without it ({folds} folds)")
        _print(rows, measuring.folded(here, rows, folds), wrong=wrong)
        _english(Reader(here), wrong=wrong)


def search(pack: str, size: int = 5000, questions: int = 1000) -> None:
    """Print how well answers are found among `size` known ones: those of the pack, and others made of its matters."""
    entries = [Known(one.key, one.questions, one.answer) for one in province.load(pack).knowledge]
    rows = paraphrasing.corpus(pack, size - len(entries))
    index = index_of([*(known for known, _ in rows), *entries])
    by_hand = [asked for asked in paraphrasing.by_hand() if asked.key in index.docs]
    typer.echo(f"{len(index.docs)} answers; questions without accents, in other words than the answers are known by")
    typer.echo("\nquestions            asked  hit@1  hit@5  shown at once  of these right   ms")
    for name, asked in (("made", paraphrasing.asked(rows, questions)), ("written by hand", by_hand)):
        _found(name, measured(index, asked, ENOUGH))
    own = index_of(entries)
    typer.echo(f"\n{len(entries)} answers of the pack alone")
    _found("written by hand", measured(own, by_hand, ENOUGH))
    wrongly = shown_wrongly(own, paraphrasing.strange(), ENOUGH)
    typer.echo(f"\nanswered at once though nothing answers it: {wrongly} of {len(paraphrasing.strange())}")


def _found(name: str, found: Found) -> None:
    hits = f"{found.hit_at_1:6.3f} {found.hit_at_5:6.3f} {found.shown / found.of:14.3f} {found.precision:15.3f}"
    typer.echo(f"{name:18} {found.of:7} {hits} {found.milliseconds:5.1f}")


def write(pack: str) -> Path:
    """Train the model that is shipped, from all phrases and samples, and write it into the package."""
    trainer = Trainer(province.load(pack).key)
    packed = deciding.packed(trainer.model(phrases.samples()))
    path = Path(deciding.__file__).parent / "data" / deciding.MODEL
    path.write_text(json.dumps(packed, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def _rows(file: Path | None) -> tuple[Sample, ...]:
    if file is None:
        return phrases.samples()
    try:
        return phrases.rows(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError([f"{file}: {error!r}"]) from error


def _print(rows: tuple[Sample, ...], read: Callable[[int], Read], *, wrong: bool) -> None:
    found = measuring.judged(rows, read)
    whole = measuring.figures(found, measuring.timed(rows, read))
    _intents(whole)
    _agencies(whole)
    typer.echo("\ntyped otherwise          macro-F1   loss   lead first   loss")
    for name, other in measuring.losses(rows, read):
        lost = whole.macro_f1 - other.macro_f1, whole.lead_first.value - other.lead_first.value
        values = f"{other.macro_f1:8.3f} {lost[0]:6.3f} {other.lead_first.value:12.3f} {lost[1]:6.3f}"
        typer.echo(f"{name:24} {values}")
    typer.echo(f"\n{whole.milliseconds:.2f} ms of processor time per message")
    if wrong:
        _wrong(found)


def _english(reader: Reader, *, wrong: bool) -> None:
    rows = phrases.english_messages()
    found = measuring.judged(rows, lambda _: reader.read)
    whole = measuring.figures(found)
    typer.echo(f"\n{len(rows)} messages in English, which nothing was trained on, read by the shipped model")
    _summary(whole)
    _agencies(whole)
    if wrong:
        _wrong(found)


def _intents(whole: Figures) -> None:
    typer.echo("\nintent                messages  precision  recall     F1")
    for intent, score in whole.intents.items():
        typer.echo(f"{intent:22} {score.meant:7} {score.precision:10.3f} {score.recall:7.3f} {score.f1:6.3f}")
    _summary(whole)


def _summary(whole: Figures) -> None:
    grave = whole.must_be_found
    typer.echo(f"macro-F1 {whole.macro_f1:.3f}")
    typer.echo(f"complaint, denunciation, emergency found: {grave.right} of {grave.of} ({grave.value:.3f})")


def _agencies(whole: Figures) -> None:
    both = whole.together
    typer.echo(f"\nlead agency first {whole.lead_first.value:.3f}, among three {whole.lead_of_three.value:.3f}")
    typer.echo(f"all agencies: precision {both.precision:.3f}, recall {both.recall:.3f}, F1 {both.f1:.3f}")
    typer.echo(f"sure enough to propose {whole.sure.value:.3f}, of these right {whole.sure_right.value:.3f}")
    typer.echo(f"topic first {whole.topic.value:.3f}")


def _wrong(found: measuring.Judged) -> None:
    typer.echo("\nread otherwise than meant:")
    for row, got in found:
        if row.intent is not got.intent:
            typer.echo(f"  {row.intent} as {got.intent} ({got.confidence}, {', '.join(got.words)}): {row.text}")
        elif row.is_matter and row.agencies and got.agencies[0].code != row.agencies[0]:
            typer.echo(f"  {row.agencies[0]} as {got.agencies[0].code}: {row.text}")
