"""The element as both doors write it."""

import re
import unittest
from pathlib import Path

from statefulset_lab import ATTRIBUTES, CHOICES, UnknownOption, element

SCRIPTS = Path(__file__).parents[2]


class ElementTest(unittest.TestCase):
    def test_options_become_attributes_in_one_order(self):
        html = element({"height": "480px", "autoplay": True, "scenario": "web", "loop": False})
        self.assertEqual(html, '<statefulset-lab scenario="web" autoplay height="480px"></statefulset-lab>')

    def test_yaml_stands_inside_and_cannot_end_it(self):
        html = element({}, "a: </script><img>\nb: <!-- c\n")
        self.assertEqual(html, "<statefulset-lab><pre>a: &lt;/script&gt;&lt;img&gt;\nb: &lt;!-- c\n</pre></statefulset-lab>")

    def test_values_cannot_leave_their_quotation_marks(self):
        self.assertIn('commands="a &quot;b&quot;&#10;c"', element({"commands": 'a "b"\nc'}))

    def test_the_attributes_are_those_of_the_element(self):
        script = (SCRIPTS / "statefulset-lab.js").read_text(encoding="utf-8")
        names = {kind: set(re.findall(r"'([\w-]+)'", re.search(rf"const {kind} = \[(.*?)\]", script)[1])) for kind in ("BOOLEANS", "TEXTS")}
        self.assertEqual({name for name, is_flag in ATTRIBUTES.items() if is_flag}, names["BOOLEANS"])
        self.assertEqual({name for name, is_flag in ATTRIBUTES.items() if not is_flag}, names["TEXTS"] | {"lang"})
        values = (SCRIPTS / "attribute-values.js").read_text(encoding="utf-8")
        for name, choices in CHOICES.items():
            self.assertEqual(set(re.findall(r"'(\w+)'", re.search(rf"\b{name}: oneOf\((.*?)\)", values)[1])), set(choices))

    def test_what_the_element_does_not_have_is_refused(self):
        for options in ({"hieght": "1px"}, {"view": "pods"}, {"theme": "blue"}, {"commands": ""}, {"commands": True}):
            with self.assertRaises(UnknownOption):
                element(options)


class FenceTest(unittest.TestCase):
    def setUp(self):
        try:
            import markdown
            import pymdownx  # noqa: F401
        except ImportError:
            self.skipTest("markdown and pymdown-extensions are not installed")
        from statefulset_lab import fence

        self.markdown = lambda text: markdown.markdown(text, extensions=["pymdownx.superfences"], extension_configs={
            "pymdownx.superfences": {"custom_fences": [
                {"name": "statefulset-lab", "class": "statefulset-lab", "format": fence.formatter, "validator": fence.validator},
            ]},
        })

    def test_a_fence_becomes_the_element(self):
        html = self.markdown('```statefulset-lab {height="480px" autoplay="autoplay"}\nkind: StatefulSet\n```\n')
        self.assertIn('<statefulset-lab autoplay height="480px"><script type="application/yaml">kind: StatefulSet', html)

    def test_an_unknown_option_fails_the_build(self):
        with self.assertRaises(Exception):
            self.markdown('```statefulset-lab {hieght="480px"}\nkind: StatefulSet\n```\n')


if __name__ == "__main__":
    unittest.main()
