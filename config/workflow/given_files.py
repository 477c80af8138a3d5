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
        ConfigFiles(parser.parse_known_args(arguments)[0].configfile)
    except argparse.ArgumentError:
        pass  # Snakemake says what is wrong with its arguments
    except mistakes.ConfigError as error:
        mistakes.stop(error)


if __name__ == "__main__":
    main(sys.argv[1:])
