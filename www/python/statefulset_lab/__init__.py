"""StatefulSet Lab in documentation: what both doors share, the element as HTML."""

from __future__ import annotations

import re
from html import escape

from .options import ATTRIBUTES, CHOICES, UnknownOption, attributes

__version__ = "0.1.0"
__all__ = ["ATTRIBUTES", "CHOICES", "UnknownOption", "attribute", "attributes", "element"]

def element(options: dict[str, object], yaml: str = "", fallback: str = "") -> str:
    """The element as HTML. `yaml` stands inside it, and `fallback`, HTML, is what readers without scripts see."""
    written = "".join(f" {name}" if value is None else f' {name}="{attribute(value)}"' for name, value in attributes(options))
    inside = ""
    if yaml.strip():
        # Some text would end a script element or open a comment in it; there nothing can be escaped.
        is_plain = not re.search(r"</script|<script|<!--", yaml, flags=re.IGNORECASE)
        inside = f'<script type="application/yaml">{yaml}</script>' if is_plain else f"<pre>{escape(yaml)}</pre>"
    return f"<statefulset-lab{written}>{inside}{fallback}</statefulset-lab>"


def attribute(value: str) -> str:
    """A value between quotation marks; line breaks stay."""
    return escape(value, quote=True).replace("\n", "&#10;")
