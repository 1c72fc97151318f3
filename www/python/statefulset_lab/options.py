"""The options of the directive and of the fence: which attributes of the element an author may give, and with which values."""

from __future__ import annotations

#: The attributes of the element that an author may give, and whether each is a flag without a value.
ATTRIBUTES = {
    "src": False, "scenario": False, "lesson": False, "environment": False, "commands": False, "panels": False, "view": False,
    "start-at": False, "autoplay": True, "speed": False, "loop": True, "markers": False, "pause-on-markers": True,
    "seed": False, "version": False, "gates": False, "compare": False, "lang": False, "theme": False, "height": False, "readonly": True, "base": False,
    "loading": False, "poster": False,
}

#: What an author may write instead of these, one kind of value each.
CHOICES = {"view": ("identity", "node", "owner"), "theme": ("auto", "light", "dark"), "loading": ("lazy", "click", "eager")}


class UnknownOption(ValueError):
    """An option that the element does not have, or a value that it does not take."""


def attributes(options: dict[str, object]) -> list[tuple[str, str | None]]:
    """The attributes for an author's options, in the element's order; a flag's value is None.

    Raises UnknownOption for what the element would pass over in silence.
    """
    for name in options:
        if name not in ATTRIBUTES:
            raise UnknownOption(f"statefulset-lab has no option {name!r}; it has {', '.join(ATTRIBUTES)}")
    found = []
    for name, is_flag in ATTRIBUTES.items():
        value = options.get(name)
        if value is None or value is False or (is_flag and str(value).lower() in ("false", "no", "off")):
            continue
        text = "" if value is True else str(value).strip()
        if name == "commands" and not text:
            raise UnknownOption("statefulset-lab: commands has no line; in MyST several lines stand in a --- block: ---, commands: |, the lines indented, ---")
        if name in CHOICES and text not in CHOICES[name]:
            raise UnknownOption(f"statefulset-lab: {name} is one of {', '.join(CHOICES[name])}, not {text!r}")
        found.append((name, None if is_flag else text))
    return found
