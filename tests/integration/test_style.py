"""The rules that tests/tools/check_style.py holds, tried on a tree that breaks them."""

import os
import sys

import pytest

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(REPOSITORY, "tests", "tools"))

import check_style  # noqa: E402
import csource  # noqa: E402


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Writes sources into a house of its own, in which the checks then look."""
    def write(**files):
        for name, text in files.items():
            path = tmp_path / "src" / "base" / (name + ".c")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        monkeypatch.chdir(tmp_path)
    return write


def test_a_function_with_the_name_of_another_files_is_named_with_both_places(tree):
    tree(apple="int apple(void)\n{\n\treturn 1;\n}\n\nstatic int ripe(void)\n{\n\treturn 2;\n}\n",
         pear="static int weigh(int n)\n{\n\treturn n;\n}\n\nstatic bool ripe(const struct pear *p,\n"
              "                 int days)\n{\n\treturn days > 3;\n}\n")
    assert check_style.check_names() == ["src/base/pear.c:6: ripe() has the name of a function in src/base/apple.c"]


def test_calls_declarations_comments_and_programs_beginnings_are_no_functions_of_a_file(tree):
    tree(apple="/*\n * ripe()\n{\n */\nstatic int ripe(void)\n{\n\treturn 1;\n}\n\nint main(void)\n{\n\treturn ripe();\n}\n",
         pear="int ripe(void);\n\nstatic int (*const ask[])(void) = {\n\tripe,\n};\n\nint main(void)\n{\n\treturn ripe();\n}\n")
    assert check_style.check_names() == []


def test_functions_are_found_behind_attributes_and_macros():
    text = ("#define TWICE(n) ((n) + (n))\nstatic __attribute__((format(printf, 1, 2))) void say(const char *fmt, ...)\n{\n}\n\n"
            "static inline struct pear *\npick(struct tree *t)\n{\n}\n")
    assert list(csource.functions(text)) == [(2, "say"), (7, "pick")]
