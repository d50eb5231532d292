"""Our matchers mean what Alertmanager's mean: `amtool config routes test` decides the same for random pairs.

One amtool configuration holds many routes, each with a receiver of its own, so that one call tells which of them match a
label set. Debian 12's amtool (0.25) has the classic parser only; that is the one that wins where parsers disagree. The newest
one that tests/tools/unpack_debian.sh could unpack is asked as well: it knows both parsers and more names behind \\p.
"""

import json
import os
import random
import shutil
import subprocess

import pytest

from harness import newest

SEED = 20240607
ROUTES = 45
LABEL_SETS = 14

NAMES = ["alertname", "job", "instance", "env", "missing", "text"]
VALUES = ["", "HighCPU", "highcpu", "HighCPUUsage", "node", "node exporter", "web-01:9100", "prod", "dev", "a,b", "a\"b", "a\\b",
          "a\nb", "a\n", "{x}", "\u00fcber", "\u03b1\u03b2", "\U0001f600", "a.b", "123", "0", "x{2}", "xx", "a b\tc", "K", "\u212a", "]", "-"]
PATTERNS = ["", ".*", ".+", "High.*", "(?i)high.*", "(?i:k)", "HighCPU|NodeCPU", "(High|Low)(CPU|Memory)(Usage)?", "node.exporter",
            "node\\sexporter", "node\\s*exporter", "[a-z]+-[0-9]+:\\d{4}", "\\w+", "\\W", "\\S+", "\\D+", "[^a-z]+", "[^\\d]*", "a.b", "a\\.b",
            "(?s)a.b", "a\\nb", "(?m)^a$\\n^b$", "a$", "^a", "a\\z", "\\Aa.*", "a\\\\b", "a[\"\\\\]b", "\\pL+", "\\p{Greek}+", "[\\p{L}\\d]+",
            "\\PL*", "[[:alpha:]]+", "[[:^alpha:]]+", "[[:punct:]]", "x{2}", "x{1,}", "x\\{2\\}", "x{,2}.*", "\\{.\\}", "[{].[}]", "(?U)x+",
            "(|a|b),?b?", "\\Qa.b\\E", "\\Qx{2}\\E", "\\x41?\\d+", "\\x{1F600}", "\\141,b", "[]]", "[]-]", "[a-]", "[\\d-z]+", ".", "..", "\\bprod\\b",
            "p\\Brod", "(?:pro)d", "(?P<env>prod|dev)", "a\"b", "a,b", "(?i)\u00dcBER", "[\u03b1-\u03c9]+", "\\t*[abc \\t]+"]
REFUSED = ["a=~\"(\"", "a=~\"(?=b)\"", "a=~\"(?!b)\"", "a=~\"(?<=b)\"", "a=~\"(a)\\1\"", "a=~\"a++\"", "a=~\"(?>a)\"", "a=~\"a{1001}\"",
           "a=~\"a**\"", "a=~\"*\"", "a=~\"[b-a]\"", "a=~\"[a-\\d]\"", "a=~\"\\C\"", "a=~\"\\Z\"", "a=~\"(?x)a\"", "a=~\"\\p{Grek}\"", "a=~\"\\p{letters}\"", "a=~\"[[:foo:]]\"",
           "a=~\"(a{40}){40}\"", "a=~\"(?P<x-y>a)\"", "a=~\"\\8\"", "a", "=b", "a~b", "a=\"b", "a=b\"", "a=\"b\"c\"", "a=b,,c=d", ",",
           "a-b=c", "a.b=c", "1a=b"]
ACCEPTED = ["", "{}", "a=b", "a=", "a=\"\"", "a=\"b\",", "{a=b", "a=b}", "a=~x{2}", "a==b", "a=!b", "a='b'", " a = b ", "a:b=c", "a=b\\", "a=~\"\\d\\\\d\"",
            "a=~\"a{,2}\"", "a=~\"a{01}\"", "a=~\"(?i)\"", "a=~\"()\"", "a=~\"^*$*\"", "a=~\"\\_\\@\"", "a=~\"[[:a]\"", "a=~\"a{1000}\"", "a=~\"]}\""]
LATER_PATTERNS = ["\\p{Letter}+", "\\p{ letter }", "\\p{greek}+", "\\P{GREEK}*", "\\pl+", "\\p{ASCII}+", "\\P{ascii}+", "(?i)\\p{ASCII}", "\\p{LC}+",
                  "\\p{Uppercase_Letter}+", "\\p{decimal-number}+", "\\p{punct}", "\\p{Assigned}*", "[\\p{^ascii}\\d]+", "\\p{old italic}"]
FOLDER = os.environ.get("RUNBOOKD_BIN_DIR", "build/release/bin")
AMTOOLS = ["amtool", newest("amtool")]


def tool():
    path = os.path.join(FOLDER, "..", "tests", "tools", "match_cases")
    if not os.path.exists(path):
        pytest.fail("tests/tools/match_cases is not built: make tests")
    if not shutil.which("amtool"):
        pytest.fail("amtool is not installed: make deps-check")
    return path


def ours(cases):
    text = "".join(json.dumps({"matchers": m, "labels": l}) + "\n" for m, l in cases)
    done = subprocess.run([tool()], input=text, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    return done.stdout.split()


def quoted(value):
    """A value in the classic parser's quotes; backslashes stay, as that parser leaves all others alone."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def random_matcher(dice):
    name = dice.choice(NAMES)
    op = dice.choice(["=", "!=", "=~", "=~", "!~"])
    value = dice.choice(PATTERNS if "~" in op else VALUES)
    plain = value and not set(value) & set('"\\,{}\n\t ') and dice.random() < 0.4
    blank = dice.choice(["", "", " "])
    return f"{name}{blank}{op}{blank}{value if plain else quoted(value)}"


def random_item(dice):
    """One list item: one matcher or several, sometimes in braces."""
    text = ",".join(random_matcher(dice) for _ in range(dice.choice([1, 1, 1, 2])))
    return "{" + text + "}" if dice.random() < 0.2 else text


def configuration(routes):
    """JSON is YAML, and saves the quoting; but YAML does not join surrogate pairs."""
    children = [{"receiver": f"r{i}", "matchers": items, "continue": True} for i, items in enumerate(routes)]
    names = [{"name": name} for name in ["none", *(f"r{i}" for i in range(len(routes)))]]
    return json.dumps({"route": {"receiver": "none", "routes": children}, "receivers": names}, ensure_ascii=False)


def amtool_matches(amtool, path, labels):
    done = subprocess.run([amtool, "config", "routes", "test", f"--config.file={path}", *(k + "=" + quoted(v) for k, v in labels.items())],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.strip().split(","))


@pytest.mark.parametrize("amtool", AMTOOLS)
def test_random_pairs_agree(tmp_path, amtool):
    dice = random.Random(SEED)
    routes = [[random_item(dice) for _ in range(dice.choice([1, 1, 2]))] for _ in range(ROUTES)]
    label_sets = [{name: dice.choice(VALUES) for name in dice.sample(NAMES[:4] + ["text"], dice.randint(1, 5))} for _ in range(LABEL_SETS)]
    path = tmp_path / "alertmanager.yml"
    path.write_text(configuration(routes))
    answers = ours([(items, labels) for labels in label_sets for items in routes])
    assert len(answers) == ROUTES * LABEL_SETS >= 500
    both = set()
    for i, labels in enumerate(label_sets):
        theirs = amtool_matches(amtool, path, labels)
        for k, items in enumerate(routes):
            answer = answers[i * ROUTES + k]
            assert answer == ("match" if f"r{k}" in theirs else "no"), (items, labels)
            both.add(answer)
    assert both == {"match", "no"}


@pytest.mark.parametrize("amtool", AMTOOLS)
def test_every_pattern_agrees_on_every_value(tmp_path, amtool):
    patterns = PATTERNS + (LATER_PATTERNS if amtool != "amtool" else [])
    routes = [["text=~" + quoted(pattern)] for pattern in patterns]
    path = tmp_path / "alertmanager.yml"
    path.write_text(configuration(routes))
    answers = ours([(items, {"text": value}) for value in VALUES for items in routes])
    wrong = []
    for i, value in enumerate(VALUES):
        theirs = amtool_matches(amtool, path, {"text": value})
        wrong += [(patterns[k], value) for k in range(len(patterns))
                  if answers[i * len(patterns) + k] != ("match" if f"r{k}" in theirs else "no")]
    assert not wrong


def amtool_accepts(amtool, path, text):
    path.write_text(configuration([[text]]))
    done = subprocess.run([amtool, "check-config", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
    return done.returncode == 0


@pytest.mark.parametrize("amtool", AMTOOLS)
@pytest.mark.parametrize("text", ACCEPTED + REFUSED)
def test_acceptance_agrees(tmp_path, text, amtool):
    """What the classic parser refuses may be fine for the later one (names with dots), never the other way round."""
    answer = ours([([text], {})])
    theirs = amtool_accepts(amtool, tmp_path / "alertmanager.yml", text)
    later_parser_only = text in ("a-b=c", "a.b=c", "1a=b")
    assert theirs == (text in ACCEPTED or (later_parser_only and amtool != "amtool"))
    assert (answer != ["refused"]) == (theirs or later_parser_only)
