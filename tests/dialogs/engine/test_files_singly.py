"""One photo of several can be taken back, and the others stay."""

from tests.dialogs.city import FormChat, file_id, photo, plain


def at_photos(*names: str) -> FormChat:
    talk = FormChat().to_summary().presses("fix:papers", "clear:papers")
    return talk.send(*(photo(name) for name in names))


def test_each_of_several_has_a_button() -> None:
    assert at_photos("a").question.options == ()
    labels = [plain(row[0].label, "zh_CN") for row in at_photos("a", "b").question.options]
    assert labels == ["engine.take_back(1, a)", "engine.take_back(2, b)"]


def test_the_one_that_was_wrong_goes_and_the_other_stays() -> None:
    talk = at_photos("a", "b").presses(f"x:papers:{file_id('a')[-12:]}")
    assert [one["name"] for one in talk.form.partial] == ["b"]
    assert [one["name"] for one in talk.presses("done:papers").value("papers")] == ["b"]
