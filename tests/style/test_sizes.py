"""Files and functions stay small. The length of C++ functions is clang-tidy's to see (tests/tidy)."""

import ast
import re

from sources import sources, together

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_TOOL = 60


def test_no_file_is_too_long():
    wrong = [
        source.at(len(source.lines), f"{len(source.lines)} lines, more than {MOST_LINES_OF_A_FILE}; split it by jobs")
        for source in sources("C++", "Python", "shell", "CMake", "Snakemake")
        if len(source.lines) > MOST_LINES_OF_A_FILE
    ]
    assert not wrong, together(wrong)


def test_a_tool_declares_and_delegates_within_a_screen():
    wrong = [
        source.at(len(source.lines), f"{len(source.lines)} lines; move what is no declaration into its stage")
        for source in sources("C++")
        if len(source.path.parts) == 2 and source.path.parts[0] == "tools"
        if len(source.lines) > MOST_LINES_OF_A_TOOL
    ]
    assert not wrong, together(wrong)


def python_functions(source):
    """First line, last line and name of each function, with its decorators."""
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield min([node, *node.decorator_list], key=lambda part: part.lineno).lineno, node.end_lineno, node.name


def shell_functions(source):
    """The same of a shell script; a function's last brace stands under the first letter of its name."""
    begun = None
    for number, line in enumerate(source.lines, 1):
        if found := re.match(r"(\s*)(\w[\w-]*)\(\) [{(]", line):
            begun = (number, *found.groups())
        if begun and (number == begun[0] and re.search(r"[})]\s*$", line) or re.match(rf"{begun[1]}[}})]", line)):
            yield begun[0], number, begun[2]
            begun = None


def test_no_function_is_too_long():
    wrong = [
        source.at(first, f"{name} has {last - first + 1} lines; split it by jobs into functions of at most 60")
        for kind, functions in (("Python", python_functions), ("shell", shell_functions))
        for source in sources(kind)
        for first, last, name in functions(source)
        if last - first + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert not wrong, together(wrong)


def test_functions_are_found_in_every_file_that_has_some():
    for source in sources("shell"):
        begun = re.findall(r"^\s*\w[\w-]*\(\) [{(]", source.text, re.M)
        assert len(list(shell_functions(source))) == len(begun), source.path
