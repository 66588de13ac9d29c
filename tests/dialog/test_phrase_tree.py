"""The notation of turns of phrase, line by line."""

from __future__ import annotations

import pytest

from dialog.understanding.phrase_tree import PhraseTree, spelled_out


def found(line: str, message: str, slang: dict[str, list[str]] | None = None) -> list[tuple[int, int]]:
    """Where the line stands in the message; a comma there begins another part."""
    tree = PhraseTree([("wish", line)], slang or {})
    parts = [(word, number) for number, part in enumerate(message.split(",")) for word in part.split()]
    hits = tree.find([word for word, _ in parts], [number for _, number in parts])
    return [(hit.first, hit.last) for hit in hits]


@pytest.mark.parametrize(
    ("line", "message", "places"),
    [
        ("book me", "please book me in", [(1, 3)]),
        ("(book|put) me", "put me", [(0, 2)]),
        ("(a spot|room) free", "a spot free", [(0, 3)]),
        ("book [me] in", "book in", [(0, 2)]),
        ("book [me] in", "book me in", [(0, 3)]),
        ("book [me] [right] in", "book right in", [(0, 3)]),
        ("[please] book", "please book", [(0, 2), (1, 2)]),
        ("book in [please]", "book in please", [(0, 2), (0, 3)]),
        ("book * in", "book me and her in", [(0, 5)]),
        ("book * in", "book me and her too in", []),
        ("book * in", "book in", [(0, 2)]),
        ("book * in", "book me , come in", []),
        ("book * [right] in", "book me in", [(0, 3)]),
        ("book * [right] in", "book me right in", [(0, 4)]),
        ("book * [right] [back] in", "book me in", [(0, 3)]),
        ("^ book", "book", [(0, 1)]),
        ("^ book", "hi, book", []),
        ("^^ book", "hi, book", [(1, 2)]),
        ("^^ book", "hi book", []),
        ("book $", "book now", []),
        ("book $", "now book", [(1, 2)]),
        ("book $$", "book, now", [(0, 1)]),
        ("book $$", "book now", []),
        ("is <staff> in", "is <staff> <staff> in", [(0, 4)]),
    ],
)
def test_a_line_stands_where_its_notation_says(line: str, message: str, places: list[tuple[int, int]]) -> None:
    assert found(line, message) == places


def test_slang_in_a_line_is_meant_in_plain_words() -> None:
    assert found("thx", "thank you", {"thx": ["thank", "you"]}) == [(0, 2)]


def test_a_gap_at_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="leads nowhere"):
        PhraseTree([("wish", "book *")], {})


def test_a_set_is_written_out_also_within_a_choice() -> None:
    assert spelled_out("on {day} (or {day}|soon)", {"day": "monday|tuesday"}) == (
        "on (monday|tuesday) (or monday|or tuesday|soon)"
    )


def test_lines_that_end_alike_keep_their_own_signals() -> None:
    tree = PhraseTree([("book", "book me in"), ("move", "move me in"), ("book", "put me in")], {})
    assert [tuple(hit) for hit in tree.find(["move", "me", "in", "put", "me", "in"], [0] * 6)] == [
        ("move", 0, 3),
        ("book", 3, 6),
    ]


def test_states_forgotten_in_between_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [("a", "one [two] * three"), ("b", "two * (four|five six)"), ("c", "^^ two [five] $$")]
    words = ["one", "two", "one", "three", "five", "two", "x", "five", "six", "four"]
    kept = PhraseTree(lines, {}).find(words, [0] * len(words))
    monkeypatch.setattr("dialog.understanding.phrase_tree._MOST_STATES", 1)
    forgetful = PhraseTree(lines, {})
    assert len(kept) == 4
    assert [forgetful.find(words, [0] * len(words)) for _ in range(3)] == [kept] * 3
