"""`zalobot eval`: how well messages are understood, printed as tables.

The one rule: the samples that come with the service are read by models trained without them; a file of other messages
is read by the model as it is shipped.
"""

import json
from collections.abc import Callable
from pathlib import Path

import typer

from zalobot import province
from zalobot.errors import ConfigError
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


def write(pack: str) -> Path:
    """Train the model that is shipped, from all phrases and samples, and write it into the package."""
    trainer = Trainer(phrases.pack_examples(province.load(pack).key))
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


def _intents(whole: Figures) -> None:
    typer.echo("\nintent                messages  precision  recall     F1")
    for intent, score in whole.intents.items():
        typer.echo(f"{intent:22} {score.meant:7} {score.precision:10.3f} {score.recall:7.3f} {score.f1:6.3f}")
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
