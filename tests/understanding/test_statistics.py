"""Two small learners: what they learn, that they learn it again the same, and that they say why."""

import json

import pytest

from zalobot.understanding.bayes import learn
from zalobot.understanding.deciding import packed, unpacked
from zalobot.understanding.phrasing import intent_phrases, shortened, slipped, telexed, variants
from zalobot.understanding.statistics import softmax, train

ROWS = [(("a", "x"), "one", 1.0), (("b", "x"), "two", 1.0), (("a", "y"), "one", 1.0), (("b", "y"), "two", 1.0)]


def test_regression_learns_what_tells_the_labels_apart_and_says_so() -> None:
    model = train(ROWS, ["one", "two"], rounds=20).model()
    chances = model.probabilities(("a", "x"))
    assert chances["one"] > 0.7
    assert sum(chances.values()) == pytest.approx(1)
    assert model.reasons(("a", "x"), "one")[0][0] == "a"


def test_training_again_gives_the_same_weights() -> None:
    assert (
        train(ROWS, ["one", "two"], rounds=5).model().weights == train(ROWS, ["one", "two"], rounds=5).model().weights
    )


def test_a_copy_is_learnt_on_apart() -> None:
    fit = train(ROWS, ["one", "two"], rounds=2)
    before = fit.model().weights
    fit.copy().learn([(("c",), "one", 1.0)], rounds=5)
    assert fit.model().weights == before


def test_a_model_survives_its_file() -> None:
    model = train(ROWS, ["one", "two"], rounds=5).model()
    again = unpacked(json.loads(json.dumps(packed(model))))
    assert (again.labels, again.weights) == (model.labels, model.weights)


def test_bayes_learns_and_names_the_features_that_spoke() -> None:
    model = learn([(("thue", "xin"), {"T": 1.0}), (("dien", "xin"), {"D": 1.0}), (("thue",), {"T": 1.0})], ["T", "D"])
    tax, power = model.scores(("thue", "xin", "unknown"))
    assert tax > power
    assert model.telling(("xin", "thue"), ["T"])[0] == "thue"


def test_chances_of_equal_scores_are_equal() -> None:
    assert softmax([1000.0, 1000.0]) == [0.5, 0.5]


def test_phrases_are_made_the_same_each_time_and_for_every_intent() -> None:
    made = intent_phrases("quang-ninh")
    assert made == intent_phrases("quang-ninh")
    assert len({intent for _, intent in made}) == 19
    assert not [text for text, _ in made if "{" in text]


def test_phrases_are_typed_as_people_type() -> None:
    assert telexed("được") == "dduwowcj"
    made = variants(["doanh nghiệp xin giấy phép xây dựng"])
    assert made["without accents"] == ["doanh nghiep xin giay phep xay dung"]
    assert "gpxd" in made["abbreviated"][0] or "gp" in made["abbreviated"][0]
    assert slipped.__doc__
    assert shortened.__doc__
