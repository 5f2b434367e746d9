"""Every message about a mistake has a small bad file in `tests/bad` and its words beside it."""

from pathlib import Path

import pytest

from standoff.scenario import ScenarioError, loads

BAD = Path(__file__).parent.parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_message(file: Path) -> None:
    """The file is refused with exactly the words, place and caret that stand beside it."""
    with pytest.raises(ScenarioError) as caught:
        loads(file.read_bytes(), file.name)
    assert str(caught.value) + "\n" == file.with_suffix(".txt").read_text(encoding="utf-8")


def test_no_orphans() -> None:
    """No bad file lacks its message, no message its file, and nothing else lies about."""
    assert {file.stem for file in FILES} == {file.stem for file in BAD.glob("*.txt")}
    assert {file.suffix for file in BAD.iterdir()} == {".yaml", ".txt"}
    assert len(FILES) > 200


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_words(file: Path) -> None:
    """No message speaks of the machinery: pydantic, Python's syntax tree, YAML's scanner."""
    words = file.with_suffix(".txt").read_text(encoding="utf-8")
    sentences = [line for line in words.splitlines() if line.startswith(f"{file.stem}.yaml:")]
    assert sentences
    for jargon in (
        "pydantic",
        "Input should",
        "AST",
        "node",
        "NoneType",
        "invalid syntax",
        "token",
    ):
        assert not any(jargon in sentence for sentence in sentences)
