"""The element as both doors write it."""

import unittest

from statefulset_lab import UnknownOption, element


class ElementTest(unittest.TestCase):
    def test_options_become_attributes_in_one_order(self):
        html = element({"height": "480px", "autoplay": True, "scenario": "web", "loop": False})
        self.assertEqual(html, '<statefulset-lab scenario="web" autoplay height="480px"></statefulset-lab>')

    def test_yaml_stands_inside_and_cannot_end_it(self):
        html = element({}, "a: </script><img>\nb: <!-- c\n")
        self.assertEqual(html, "<statefulset-lab><pre>a: &lt;/script&gt;&lt;img&gt;\nb: &lt;!-- c\n</pre></statefulset-lab>")

    def test_values_cannot_leave_their_quotation_marks(self):
        self.assertIn('commands="a &quot;b&quot;&#10;c"', element({"commands": 'a "b"\nc'}))

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
