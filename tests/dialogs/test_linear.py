"""Sentences are told apart by what was learnt from others, with two labels and with more."""

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

from dialogs.linear import LinearClassifier

SAID = [("cats purr", "cat"), ("a cat purrs", "cat"), ("dogs bark", "dog"), ("a dog barked", "dog")]


def test_the_likelier_of_two_has_the_greater_margin() -> None:
    margins = LinearClassifier(SAID, list).margins("barking dogs")
    assert margins["dog"] > 0 > margins["cat"]


def test_each_of_several_has_a_margin() -> None:
    learnt = LinearClassifier([*SAID, ("fish swim", "fish"), ("the fish swam", "fish")], str.split)
    margins = learnt.margins("swam")
    assert learnt.labels == ("cat", "dog", "fish")
    assert max(margins, key=lambda label: margins[label]) == "fish"


def test_a_text_of_unknown_terms_has_the_margins_of_none() -> None:
    learnt = LinearClassifier(SAID, str.split)
    assert learnt.margins("zebra") == learnt.margins("")


def test_margins_are_those_of_the_library() -> None:
    texts, labels = [text for text, _ in SAID], [label for _, label in SAID]
    weights = TfidfVectorizer(analyzer=list, sublinear_tf=True)
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(weights.fit_transform(texts), labels)
    expected = machine.decision_function(weights.transform(["cats and dogs"]))[0]
    assert LinearClassifier(SAID, list).margins("cats and dogs")["dog"] == pytest.approx(expected, abs=1e-5)
