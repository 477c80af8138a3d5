"""Checks the files that --configfile gives, before Snakemake reads them: of a faulty one it would not name the line, and
of a missing one it would only show a traceback.

Usage: given_files.py ARGUMENT_OF_SNAKEMAKE ...
"""

import argparse
import sys

import mistakes
from config_files import ConfigFiles


def main(arguments):
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    try:
        given = parser.parse_known_args(arguments)[0].configfile
    except argparse.ArgumentError:
        return  # Snakemake says what is wrong with its arguments
    for path in given:
        try:
            ConfigFiles([path])
        except mistakes.ConfigError as error:
            target = "" if path == given[0] else "; if it is what shall be made, write it before --configfile"
            mistakes.stop(f"{error}{target}")


if __name__ == "__main__":
    main(sys.argv[1:])
