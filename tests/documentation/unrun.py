"""What the documentation shows and the tests do not run, each with its reason.

A command is written as its words, a block as its first line. Commands of standoff are parsed with
all their options all the same, other commands by the shell, and files that they name are looked
for; Python is compiled, and what it imports of standoff is looked for.
"""

INSTALLS = "installs packages from the network; .ci/run does so"
TYPED = "takes minutes: hidden types"
TRAP = "takes a minute; tests/test_journeys.py runs smaller ones"
CLUSTER = "needs a cluster; tests/explore runs one on this machine"
STANDS_FOR = "has a name that stands for the reader's own"
PEER = "needs a package of its own; tests/peers runs the same"

PROGRAMS = {
    "python3 -m venv": INSTALLS,
    "pip install": INSTALLS,
    ".venv/bin/python -m pip install": INSTALLS,
    ".venv/bin/python -m pytest": "is what runs this",
    "peers/bin/python -m pip install": INSTALLS,
    "peers/bin/python -m pytest": PEER,
}
"""How commands of other programs begin, and why they are not run."""

COMMANDS = {
    "README.md": {
        ".venv/bin/standoff run escalation-trap": TRAP,
        ".venv/bin/standoff run chain-store": TYPED,
        ".venv/bin/standoff run escalation-trap --variant credibility=one-sided --futures 16 "
        "--beliefs 6": TYPED,
        ".venv/bin/standoff explore STUDY": STANDS_FOR,
        ".venv/bin/standoff explore studies/escalation-trap-XXXXXXXX": STANDS_FOR,
        ".venv/bin/standoff displace --study STUDY": STANDS_FOR,
        ".venv/bin/standoff displace FOLDER --as-flee": STANDS_FOR,
        ".venv/bin/standoff watch eurepoc.csv --mapping escalation-trap-border "
        "--out picture": STANDS_FOR,
        ".venv/bin/standoff run escalation-trap --from picture --futures 64": TRAP,
    },
    "displacement.md": {
        "standoff displace FOLDER --doctrine as-given --out who.csv": STANDS_FOR,
        "standoff displace FOLDER --as-flee": STANDS_FOR,
        "standoff run escalation-trap --out studies/trap": TRAP,
        "standoff displace --study studies/trap --doctrine protected-intervention "
        "--out who.csv": TRAP,
    },
    "escalation-trap.md": {
        "standoff run escalation-trap": TRAP,
    },
    "exploration.md": {
        "standoff run escalation-trap --out study": TRAP,
        "standoff explore study": TRAP,
        "standoff explore study --part flips --claim non-intervention-erodes": TRAP,
        "standoff explore study --part structure --variants": TRAP,
    },
    "how-to.md": {
        "standoff run escalation-trap --futures 10000 --out /shared/study "
        "--dask tcp://10.0.0.1:8786": CLUSTER,
    },
    "simulation.md": {
        "standoff simulate escalation-trap --doctrine free-choice "
        "--doctrine non-intervention": TRAP,
    },
    "studies.md": {
        "standoff run escalation-trap --futures 10000 --out study --shard 3/64": TRAP,
        "standoff merge study shard-1 shard-2 shard-3": STANDS_FOR,
        "standoff run escalation-trap --futures 10000 --out /shared/study "
        "--dask tcp://10.0.0.1:8786": CLUSTER,
    },
}
"""By page, commands of standoff: why they are parsed and not run."""

BLOCKS = {
    "import stormpy": PEER,
    "import pygambit": PEER,
    "import pyspiel": PEER,
    "from standoff.export import pettingzoo": PEER,
    "with MPIPoolExecutor() as executor:  # from mpi4py.futures, say": CLUSTER,
    'whole = standoff.run_variants("escalation-trap", "study", futures=256, workers=2)': TRAP,
    "library(arrow)": "is R",
    "-- DuckDB": "is SQL for a database of its own",
}
"""Blocks: why they are compiled, or only shown, and not run."""
