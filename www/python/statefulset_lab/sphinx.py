"""The Sphinx extension: a directive that puts a lab into a page, and tutorials that run.

In MyST the directive is a fence as well::

    ```{statefulset-lab}
    :height: 480px
    apiVersion: apps/v1
    kind: StatefulSet
    ```

Other builders than HTML get the poster as an image, and the YAML as code.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from . import ATTRIBUTES, UnknownOption, __version__, element

logger = logging.getLogger(__name__)

#: The files of a built lab that a page may ask for.
FILES = ("*.js", "*.wasm", "*.css", "*.svg", "*.html", "lessons/*")


class lab_node(nodes.General, nodes.Element):
    """A lab in a page: `options`, `yaml`."""


class LabDirective(SphinxDirective):
    """``statefulset-lab``: the options are the element's attributes, the content is YAML. An argument is `src`."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {name: directives.flag if is_flag else directives.unchanged for name, is_flag in ATTRIBUTES.items()}
    option_spec["alt"] = directives.unchanged

    def run(self) -> list[nodes.Node]:
        options: dict[str, object] = {
            name: True if ATTRIBUTES.get(name) else value for name, value in self.options.items() if name != "alt"
        }
        if self.arguments:
            options["src"] = self.arguments[0]
        options.setdefault("lang", self.config.language or "en")
        yaml = "\n".join(self.content)
        src = str(options.get("src", ""))
        if src and "://" not in src and not src.startswith("/"):
            # A file of the documentation: its text goes into the page, so that nothing has to be fetched.
            relative, path = self.env.relfn2path(src)
            try:
                yaml = Path(path).read_text(encoding="utf-8")
            except OSError as error:
                raise self.error(f"statefulset-lab: {relative}: {error.strerror}") from error
            self.env.note_dependency(relative)
            del options["src"]
        try:
            element(options)
        except UnknownOption as error:
            raise self.error(str(error)) from error
        node = lab_node(options=options, yaml=yaml, alt=self.options.get("alt", "StatefulSet Lab"))
        node.source, node.line = self.get_source_info()
        return [node]


def visit_html(self, node: lab_node) -> None:
    fallback = ""
    if node["yaml"].strip():
        fallback = f'<noscript><pre>{self.encode(node["yaml"])}</pre></noscript>'
    self.body.append(element(node["options"], node["yaml"], fallback) + "\n")
    raise nodes.SkipNode


def replace_for_others(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """In builders without scripts a lab is its poster and its YAML."""
    if app.builder.format == "html":
        return
    for node in list(doctree.findall(lab_node)):
        parts: list[nodes.Node] = []
        if poster := node["options"].get("poster"):
            image = nodes.image(uri=poster, alt=node["alt"])
            image["candidates"] = {"*": poster}
            parts.append(image)
        if node["yaml"].strip():
            parts.append(nodes.literal_block(node["yaml"], node["yaml"], language="yaml"))
        node.replace_self(parts or [nodes.paragraph(text=node["alt"])])


def add_scripts(app: Sphinx) -> None:
    """The loader for every page, and the runner where it is asked for."""
    base = app.config.statefulset_lab_base
    if not base:
        return
    # Addresses without a scheme are Sphinx's own folder of static files.
    inside = base.removeprefix("_static/").rstrip("/") if "://" not in base else base.rstrip("/")
    app.add_js_file(f"{inside}/statefulset-lab.js", type="module")
    if app.config.statefulset_lab_run:
        data = {f"data-{name}": value for name, value in app.config.statefulset_lab_run_options.items()}
        app.add_js_file(f"{inside}/statefulset-run.js", type="module", **data)


def copy_files(app: Sphinx, error: Exception | None) -> None:
    """Copies the built lab of `statefulset_lab_files` to where the pages expect it."""
    files, base = app.config.statefulset_lab_files, app.config.statefulset_lab_base
    if error or app.builder.format != "html" or not files or "://" in base:
        return
    source = Path(app.confdir, files)
    if not (source / "statefulset-lab.js").is_file():
        logger.warning("statefulset_lab_files: there is no statefulset-lab.js in %s", source)
        return
    target = Path(app.outdir, base)
    target.mkdir(parents=True, exist_ok=True)
    for pattern in FILES:
        for path in source.glob(pattern):
            place = target / path.relative_to(source)
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, place)


def setup(app: Sphinx) -> dict[str, object]:
    app.add_config_value("statefulset_lab_base", "_static/lab", "html", [str])
    app.add_config_value("statefulset_lab_files", "", "html", [str])
    app.add_config_value("statefulset_lab_run", False, "html", [bool])
    app.add_config_value("statefulset_lab_run_options", {}, "html", [dict])
    app.add_node(lab_node, html=(visit_html, None))
    app.add_directive("statefulset-lab", LabDirective)
    app.connect("builder-inited", add_scripts)
    app.connect("doctree-resolved", replace_for_others)
    app.connect("build-finished", copy_files)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
