"""Trains the model of the intents, from the phrases of the data files and labelled messages.

The one rule: nothing random but what a seed decides, so that training again gives the same file.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from zalobot.understanding.features import intent_features
from zalobot.understanding.intents import INTENTS
from zalobot.understanding.phrases import Sample
from zalobot.understanding.phrasing import intent_phrases
from zalobot.understanding.statistics import Example, Model, train
from zalobot.vietnamese import fold

ROUNDS: Final = 5
AGAIN: Final = 2  # rounds with the labelled messages
ALONG: Final = 4  # every so many-th phrase goes along with them
RARE: Final = 3  # a feature of fewer phrases than this says nothing
SAMPLE: Final = 3.0  # what a labelled message weighs


class Trainer:
    """What is learnt from the phrases of the data files, to which labelled messages can be added."""

    def __init__(self, pack: str, share: float = 1.0) -> None:
        made = [(intent_features(text), str(intent)) for text, intent in intent_phrases(pack, share)]
        seen = Counter(feature for features, _ in made for feature in features)
        self._phrases: list[Example] = [
            ([feature for feature in features if seen[feature] >= RARE], intent, 1.0) for features, intent in made
        ]
        self._fit = train(self._phrases, [str(intent) for intent in INTENTS], rounds=ROUNDS)

    def model(self, labelled: Iterable[Sample] = ()) -> Model:
        """The model of the phrases and these messages; the phrases that go along keep what was learnt before."""
        own: list[Example] = [
            (intent_features(text), str(sample.intent), SAMPLE)
            for sample in labelled
            for text in dict.fromkeys((sample.text, fold(sample.text)))
        ]
        if not own:
            return self._fit.model()
        fit = self._fit.copy()
        fit.learn([*self._phrases[::ALONG], *own], rounds=AGAIN)
        return fit.model()
