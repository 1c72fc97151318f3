"""A fence for Python-Markdown's superfences: the one shape for MkDocs Material and Zensical.

    ```statefulset-lab {height="480px" panels="picture console"}
    apiVersion: apps/v1
    kind: StatefulSet
    ```

The options are the element's attributes. An unknown one is said in the page's place, in the build's log and by an
exception, so that a build with `--strict` fails.
"""

from __future__ import annotations

from . import ATTRIBUTES, UnknownOption, attributes, element


def validator(language: str, inputs: dict, options: dict, attrs: dict, md) -> bool:
    """Takes what the element has; superfences keeps the rest as attributes of its own."""
    for name, value in inputs.items():
        if name not in ATTRIBUTES:
            from pymdownx.superfences import SuperFencesException

            raise SuperFencesException from UnknownOption(f"statefulset-lab has no option {name!r}")
        # A flag without a value comes as its own name.
        options[name] = True if ATTRIBUTES[name] and value == name else value
    try:
        attributes(options)
    except UnknownOption as error:
        from pymdownx.superfences import SuperFencesException

        raise SuperFencesException from error
    return True


def formatter(source: str, language: str, css_class: str, options: dict, md, **others) -> str:
    """The element with the fence's text as its YAML. The name is what superfences asks for."""
    return element(options, source)
