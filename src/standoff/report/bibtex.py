"""References as BibTeX, and the works behind the methods that a report uses."""

from __future__ import annotations

import re

from standoff.scenario import Reference

_MARKS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
"""What BibTeX reads as something else."""


def bibtex(reference: Reference) -> str:
    """One entry; its key and fields are those of the scenario file, `in` as `howpublished`."""
    fields = {
        "author": _authors(reference.author),
        "title": f"{{{_plain(reference.title)}}}" if reference.title else "",
        "howpublished": _plain(reference.container),
        "year": _plain(reference.year),
        "url": reference.url.replace("{", "%7B").replace("}", "%7D"),
        "note": _plain(reference.note),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    key = re.sub(r"[^\w:.+/-]", "-", reference.key)
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _authors(author: str) -> str:
    """Names parted by `and`, as BibTeX has it; in the file commas may part them too."""
    names = [name for name in re.split(r",\s+and\s+|\s+and\s+|,\s+", author.strip()) if name]
    return " and ".join(_plain(name) for name in names)


def _plain(text: str) -> str:
    return "".join(_MARKS.get(sign, sign) for sign in " ".join(text.split()))


def _work(key: str, author: str, year: int, title: str, container: str, doi: str = "") -> Reference:
    url = f"https://doi.org/{doi}" if doi else ""
    return Reference(key, title, author, str(year), container, url, "")


METHODS: dict[str, tuple[Reference, ...]] = {
    "solution": (
        _work(
            "mckelvey-palfrey-1995", "Richard D. McKelvey and Thomas R. Palfrey", 1995,
            "Quantal Response Equilibria for Normal Form Games",
            "Games and Economic Behavior 10(1), 6–38", "10.1006/game.1995.1023",
        ),
        _work(
            "mckelvey-palfrey-1998", "Richard D. McKelvey and Thomas R. Palfrey", 1998,
            "Quantal Response Equilibria for Extensive Form Games",
            "Experimental Economics 1(1), 9–41", "10.1023/A:1009905800005",
        ),
    ),
    "intervals": (
        _work(
            "wilson-1927", "Edwin B. Wilson", 1927,
            "Probable Inference, the Law of Succession, and Statistical Inference",
            "Journal of the American Statistical Association 22(158), 209–212",
            "10.1080/01621459.1927.10502953",
        ),
    ),
    "traps": (
        _work(
            "schelling-1960", "Thomas C. Schelling", 1960, "The Strategy of Conflict",
            "Harvard University Press",
        ),
    ),
    "regret": (
        _work(
            "savage-1951", "Leonard J. Savage", 1951, "The Theory of Statistical Decision",
            "Journal of the American Statistical Association 46(253), 55–67",
            "10.1080/01621459.1951.10500768",
        ),
    ),
    "discovery": (
        _work(
            "friedman-fisher-1999", "Jerome H. Friedman and Nicholas I. Fisher", 1999,
            "Bump Hunting in High-Dimensional Data", "Statistics and Computing 9(2), 123–143",
            "10.1023/A:1008894516817",
        ),
        _work(
            "bryant-lempert-2010", "Benjamin P. Bryant and Robert J. Lempert", 2010,
            "Thinking Inside the Box: A Participatory, Computer-Assisted Approach to Scenario "
            "Discovery",
            "Technological Forecasting and Social Change 77(1), 34–49",
            "10.1016/j.techfore.2009.08.002",
        ),
    ),
    "sensitivity": (
        _work(
            "sobol-2001", "Ilya M. Sobol'", 2001,
            "Global Sensitivity Indices for Nonlinear Mathematical Models and Their Monte Carlo "
            "Estimates",
            "Mathematics and Computers in Simulation 55(1–3), 271–280",
            "10.1016/S0378-4754(00)00270-6",
        ),
        _work(
            "plischke-2013", "Elmar Plischke, Emanuele Borgonovo and Curtis L. Smith", 2013,
            "Global Sensitivity Measures from Given Data",
            "European Journal of Operational Research 226(3), 536–550",
            "10.1016/j.ejor.2012.11.047",
        ),
    ),
    "robustness": (
        _work(
            "mcphail-2018", "Cameron McPhail and others", 2018,
            "Robustness Metrics: How Are They Calculated, When Should They Be Used and Why Do They "
            "Give Different Results?",
            "Earth's Future 6(2), 169–191", "10.1002/2017EF000649",
        ),
    ),
}  # fmt: skip
"""By part of a report, the works its methods are from."""
