project = "Site"
language = "ja"
html_theme = "furo"
extensions = ["myst_parser", "statefulset_lab.sphinx"]
myst_enable_extensions = ["colon_fence"]
statefulset_lab_files = "lab"
statefulset_lab_run = True
html_favicon = "lab/icon.svg"
