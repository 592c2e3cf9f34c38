"""Configuration of the documentation build."""

import einc

project = "einc"
author = "the einc developers"
copyright = "2026, the einc developers"
release = version = einc.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "einc"

myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_type_aliases = {"Optimize": "Optimize"}
napoleon_google_docstring = True
