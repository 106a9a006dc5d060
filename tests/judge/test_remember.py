"""What is made of texts is kept for as many characters as agreed, however long one of them is."""

from __future__ import annotations

from watcher.judge.remember import remembered


def test_texts_are_kept_up_to_so_many_characters() -> None:
    made: list[str] = []

    @remembered(most=10)
    def upper(text: str) -> str:
        made.append(text)
        return text.upper()

    assert [upper(text) for text in ("abcd", "efgh", "abcd")] == ["ABCD", "EFGH", "ABCD"]
    assert made == ["abcd", "efgh"]
    assert upper("ijkl") == "IJKL"  # the first has to go
    assert upper("efgh") == "EFGH"
    assert upper("abcd") == "ABCD"
    assert made == ["abcd", "efgh", "ijkl", "abcd"]
    assert upper("x" * 11) == "X" * 11  # too long to be kept, and all others with it
    upper.cache_clear()
    assert upper("x" * 11) == "X" * 11
    assert made[-2:] == ["x" * 11] * 2
