"""The command line: `standoff run`, `explore`, `merge`, `report`, `table`, `check`, `list`, `show`,
`concepts`, `simulate`, `story`, `export`, `rule`, `serve`, `new`, `schema`.

Exit status: 0 done, 1 something else is wrong, 2 the scenario or the command has a mistake,
130 interrupted.
"""

from standoff.cli.app import main as main

# isort: off
# Commands join the application when they are imported; `standoff --help` lists them in this order.
from standoff.cli import run as run
from standoff.cli import explore as explore
from standoff.cli import merge as merge
from standoff.cli import report as report
from standoff.cli import table as table
from standoff.cli import check as check
from standoff.cli import show as show
from standoff.cli import concepts as concepts
from standoff.cli import simulate as simulate
from standoff.cli import story as story
from standoff.cli import export as export
from standoff.cli import displace as displace
from standoff.cli import rule as rule
from standoff.cli import watch as watch
from standoff.cli import serve as serve
from standoff.cli import new as new
# isort: on
