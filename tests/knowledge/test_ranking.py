"""What is found quickly is what is found by looking at every answer."""

import random

from zalobot.knowledge.ranking import Index, Known, index_of
from zalobot.knowledge.reading import features, read
from zalobot.knowledge.slips import Slips

LEAST = 0.55
_USED = [f"{first}{last}" for first in ("ba", "co", "do", "gia", "khu", "tro") for last in ("n", "ng", "nh", "t", "ch")]


def _texts(count: int, seed: int) -> list[str]:
    """Texts of words of which some are in nearly all and some in few."""
    dice = random.Random(seed)
    weights = [1 / (place + 1) for place in range(len(_USED))]
    return [" ".join(dice.choices(_USED, weights, k=dice.randint(6, 14))) for _ in range(count)]


def _alike(index: Index, text: str) -> dict[str, float]:
    """The likeness of every document, from its definition."""
    asked = dict.fromkeys(features(read(text)))
    found = {}
    for key, doc in index.docs.items():
        form = doc.forms[0]
        both = sum(index._weights[word] for word in form if word in asked)
        either = sum(index._weights[word] for word in {*form, *asked})
        found[key] = 2 * both / (either + both) if both else 0.0
    return found


def test_with_a_least_likeness_nothing_that_has_it_is_missed() -> None:
    index = index_of(Known(str(number), (text,), "") for number, text in enumerate(_texts(400, 1)))
    asked = _texts(60, 2)
    for text in asked:
        best = max(_alike(index, text).values())
        found = index.search(text, 3, least=LEAST)
        assert bool(found) == (best >= LEAST)
        assert all(match.likeness >= LEAST for match in found)
        assert not found or max(match.likeness for match in found) > best - 0.1
    assert 5 < sum(bool(index.search(text, 1, least=LEAST)) for text in asked) < 55


def test_a_slip_is_taken_for_a_used_word_until_that_is_used_no_more() -> None:
    index = index_of([Known("one", ("giấy phép xây dựng nhà xưởng",), ""), Known("two", ("thuế đất",), "")])
    assert [match.key for match in index.search("xuongg")] == ["one"]
    index.drop("one")
    assert index.search("xuongg") == []


def test_of_several_words_a_slip_away_the_first_is_meant() -> None:
    slips = Slips()
    for word in ("thue", "thua", "xa"):
        slips.put(word)
    assert [slips.meant(word) for word in ("thu", "htue", "thuex", "dong", "xaa")] == [
        "thue",
        "thue",
        "thue",
        "dong",
        "xaa",
    ]
    slips.drop("thue")
    assert slips.meant("thu") == "thua"
