"""The page of the configuration, out of its JSON schema, of the checks beyond it, and of train-fold's defaults."""

from checks import ACTS_WITH
from page_text import choice, code, sentences, table
from study import WHOLE_GROUP

# What stands in front of a group's keys among the options of train-fold.
PREFIXES = {"augment": "", "crop": "crop-", "occlusion": "occlusion-", "plateau": "plateau-"}
# The workflow wants it where train-fold has a default.
WANTED = {"width", "epochs"}
HEAD = ["key", "value", "default", "meaning"]


class ConfigPage:
    def __init__(self, schema, training):
        """@param training  Help of train-fold"""
        self.schema = schema
        self.defaults = {option.name.removeprefix("--"): option.default for option in training.options}

    def text(self):
        defs = self.schema["$defs"]
        own = defs["experiment"]
        required = _wanted(own)
        parts = [
            "# The configuration\n",
            "What a file such as `config/config.yaml` may hold. A key that is not listed here is refused with the nearest\n"
            "one that is, and so is one that would do nothing beside the others. `1e-4` is a number.\n",
            "## Top level\n",
            self._table(self.schema, self.schema["required"]),
            "## dataset\n",
            "Either scenes that the workflow draws itself:\n",
            self._table(defs["synthetic_dataset"]),
            "or a folder of photos:\n",
            self._table(defs["folder_dataset"]),
            "## folds\n",
            self._table(self.schema["properties"]["folds"]),
            "## experiments\n",
            "Each experiment stands under its name. One that inherits (`extends`) needs nothing else; the others need\n"
            "what is `required` here, and within a group of theirs what is `required` there. Without a value of its own a\n"
            "key has the default that is named.\n",
            self._table(own, required, ""),
        ]
        for group, prefix in PREFIXES.items():
            parts += [f"## {group}\n", f"{sentences(defs[group]['description'])} A group of an experiment.\n"]
            parts.append(self._table(defs[group], _wanted(defs[group]) | _wanted(own, group), prefix, group))
        return "\n".join(parts)

    def _table(self, section, required=None, prefix=None, group=""):
        """@param prefix  of the options of train-fold that the keys are; None: they are none"""
        required = section.get("required", ()) if required is None else required
        rows = []
        for key, given in section["properties"].items():
            value = self._resolved(given)
            default = "required" if key in required else ""
            if prefix is not None and not default and key not in (*WANTED, *PREFIXES):
                default = self._default(WHOLE_GROUP.get((group, key), prefix + key.replace("_", "-")))
            if "description" not in value:
                raise KeyError(f"config.schema.json: {group or 'the key'} {key} has no description")
            other, values = ("", ()) if group else ACTS_WITH.get(key, ("", ()))
            only = f"Only with {code(other)}: {choice(values)}" if other else ""
            rows.append([code(key), self._value(key, value), default, sentences(value["description"], only)])
        return table(HEAD, rows)

    def _resolved(self, given):
        """A key's schema with what it refers to; its own words come first."""
        reference = given.get("$ref")
        return {**self.schema["$defs"][reference.rsplit("/", 1)[1]], **given} if reference else given

    def _default(self, option):
        ends = [self.defaults.get(f"{option}-{end}") for end in ("min", "max")]
        return code(f"[{ends[0]}, {ends[1]}]" if ends[0] else self.defaults.get(option, ""))

    def _value(self, key, value):
        if "enum" in value:
            return choice(value["enum"])
        kind = value.get("type", "object")
        if kind == "object":
            return f"[keys](#{key})"
        if kind == "array":
            item = self._resolved(value["items"])
            form = "`[a, b]`" if value.get("maxItems") == 2 else "list"
            return f"{form}, each a {self._value(key, item)}"
        if kind == "string":
            return f"text, such as {code(value['examples'][0])}" if "examples" in value else "text"
        return "whole number" * (kind == "integer") + "number" * (kind == "number") + _limits(value)


def _wanted(section, group=None):
    """What a section, or a group within it, must hold: always, and where the section inherits nothing."""
    found = set()
    for one in (section, *(rule["then"] for rule in section.get("allOf", ()))):
        found |= set((one if group is None else one.get("properties", {}).get(group, {})).get("required", ()))
    return found


def _limits(value):
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    found = [f"{word} {value[rule]}" for rule, word in words.items() if rule in value]
    return (" " + ", ".join(found)).replace(", to", " to").replace(", below", " and below") if found else ""
