"""Many futures: sampling them, solving them block by block, and keeping the results."""

from standoff.explore.futures import MOST_FUTURES as MOST_FUTURES
from standoff.explore.futures import Futures as Futures
from standoff.explore.futures import quantile as quantile
from standoff.explore.futures import sample as sample
from standoff.explore.futures import share_below as share_below
from standoff.explore.futures import uncertain as uncertain
from standoff.explore.plan import Plan as Plan
from standoff.explore.plan import plan as plan
from standoff.explore.results import doctrine_list as doctrine_list
from standoff.explore.results import solve_futures as solve_futures
from standoff.explore.run import BLOCK as BLOCK
from standoff.explore.run import Settings as Settings
from standoff.explore.run import is_compiled as is_compiled
from standoff.explore.run import prepare as prepare
from standoff.explore.run import run as run
from standoff.explore.run import solve_blocks as solve_blocks
from standoff.explore.study import Study as Study
from standoff.explore.study import StudyError as StudyError
from standoff.explore.study import open_study as open_study
from standoff.explore.study import write as write
