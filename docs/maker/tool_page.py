"""The page of a tool, out of its --help and of the README's examples."""

from page_text import choice, code, sentences, table
from tool_help import TYPES

SHARED = ["--help", "--version", "--config", "--threads", "--quiet", "--verbose"]
HEAD = ["option", "value", "default", "meaning"]


def tool_page(told, commands, examples):
    """@param told  its Help @param commands  of each of its commands  @param examples  command lines"""
    parts = [f"# {told.tool}\n", f"{told.description}\n", f"```text\n{told.usage}\n```\n"]
    own = [option for option in told.options if option.name not in SHARED]
    if own:
        parts += ["## Options\n", option_table(own)]
    for command in commands:
        parts += [f"## {command.tool}\n", f"{sentences(command.description)}\n"]
        parts.append(option_table([option for option in command.options if option.name not in SHARED]))
    parts.append("Every tool also has the [shared options](README.md#shared-options).\n")
    if examples:
        parts += ["## Examples\n", "```sh\n" + "".join(f"{line}\n" for line in examples) + "```\n"]
    return "\n".join(parts)


def option_table(options):
    return table(HEAD, [_row(option) for option in options])


def _row(option):
    excludes = f"Not together with {code(option.excludes)}" if option.excludes else ""
    default = "required" if option.required else code(option.default)
    return [choice(option.names), _value(option), default, sentences(option.meaning, excludes)]


def _value(option):
    words = option.value.split("|")
    text = choice(words) if len(words) > 1 else TYPES.get(option.value, code(option.value))
    if option.range:
        text += f", {option.range}"
    return f"{text or 'text'}, one or more" if option.several else text or ("text" if option.value else "")
