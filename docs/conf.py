"""How the site is made of these pages.

python -m sphinx -W --keep-going -b html docs build/docs
"""

import sys
from pathlib import Path

import standoff

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "standoff"
author = "the standoff contributors"
version = release = standoff.__version__

extensions = ["myst_parser", "language", "faces"]
exclude_patterns = ["_ext", "_static"]
highlight_language = "text"
myst_heading_anchors = 4
"""Links to a heading are its words in lower case, with hyphens, as everywhere else."""

html_theme = "furo"
html_title = "standoff"
html_static_path = ["_static"]
html_css_files = ["standoff.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
