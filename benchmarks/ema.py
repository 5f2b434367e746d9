"""A Python function as a model of the EMA Workbench, evaluated as its users do."""

from __future__ import annotations

import logging
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def workbench() -> Any:
    """The package, without progress bars and log; ends the program where it is missing."""
    os.environ["TQDM_DISABLE"] = "1"
    warnings.filterwarnings("ignore", message="ipyparallel")
    try:
        import ema_workbench
    except ImportError:
        sys.exit("the EMA Workbench is missing: pip install ema_workbench (group 'benchmarks')")
    logging.getLogger("EMA").setLevel(logging.ERROR)
    return ema_workbench


def evaluate(
    function: Callable[..., dict[str, float]],
    uncertainties: Sequence[Any],
    quantities: Sequence[str],
    experiments: Any,
    runs: int,
    workers: int,
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Experiments a second by each evaluator (median of `runs`), and all results [., quantity].

    `experiments` is what `perform_experiments` takes for scenarios: a number, or a list of them.
    """
    ema = workbench()
    model = ema.Model("crisis", function=function)
    model.uncertainties = list(uncertainties)
    names = [name.replace(" ", "_") for name in quantities]
    model.outcomes = [
        ema.ScalarOutcome(name, variable_name=quantity)
        for name, quantity in zip(names, quantities, strict=True)
    ]
    count = experiments if isinstance(experiments, int) else len(experiments)
    speeds, found = {}, []
    for label, evaluator in (
        ("sequential", ema.SequentialEvaluator(model)),
        (f"{workers} processes", ema.MultiprocessingEvaluator(model, n_processes=workers)),
    ):
        taken = []
        with evaluator:
            for _ in range(runs):
                begun = time.perf_counter()
                _, outcomes = evaluator.perform_experiments(scenarios=experiments)
                taken.append(count / (time.perf_counter() - begun))
                found.append(np.column_stack([outcomes[name] for name in names]))
        speeds[label] = statistics.median(taken)
    return speeds, np.concatenate(found)
