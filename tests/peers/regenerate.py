"""Asks all peers again and writes down what they say: `python tests/peers/regenerate.py`.

Needs the peers; docs/exports.md says how to install them. What a golden file holds are the answers
of another program, never ours: if they differ from ours, one of us is wrong.
"""

from __future__ import annotations

import inspect
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers import ask
from peers.cases import GAMBIT, GOLDEN, OPENSPIEL, STORM

PEERS = {
    "storm": (ask.storm, STORM),
    "gambit": (ask.gambit, GAMBIT),
    "openspiel": (ask.openspiel, OPENSPIEL),
}


def main() -> None:
    """Writes one file for each peer."""
    GOLDEN.mkdir(exist_ok=True)
    for peer, (question, cases) in PEERS.items():
        with tempfile.TemporaryDirectory() as folder:
            answers = {case.name: question(case, Path(folder)) for case in cases}
        found = {
            "peer": ask.release(peer),
            "command": "python tests/peers/regenerate.py",
            "code": inspect.getsource(question).splitlines(),
            "answers": answers,
        }
        path = GOLDEN / f"{peer}.json"
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path}: {len(answers)} games, {found['peer']}")


if __name__ == "__main__":
    main()
