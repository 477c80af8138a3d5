"""Pieces of Markdown."""


def code(text):
    return f"`{text}`" if text else ""


def choice(words):
    return ", ".join(map(code, words))


def sentences(*parts):
    """Parts that are there, each ended by a full stop."""
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
