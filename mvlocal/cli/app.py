"""The Typer app: gathers the commands and turns every ending into its exit code. It does no work itself."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from mvlocal.cli import cast, check, export, make, models, render, story
from mvlocal.cli.terminal import Terminal, take_terminal_options
from mvlocal.errors import Interrupted, MvlocalError, UserError

BUG_EXIT = 70
EPILOG = "Every command takes -v (more; -vv with tracebacks), -q (less), --no-color."

app = typer.Typer(
    name="mvlocal",
    help="A song, its lyrics and a few photos in; a music video that follows the song's story out.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (make, render, story, export, cast, check, models):
    module.register(app, EPILOG)


def main() -> NoReturn:
    """The console script: runs one command and exits with its code."""
    opened, arguments = take_terminal_options(sys.argv[1:])
    code = run(arguments, opened)
    sys.stdout.flush()
    raise SystemExit(code)


def run(arguments: list[str], opened: Terminal) -> int:
    """Runs one command line; returns its exit code."""
    try:
        result = app(args=arguments, prog_name="mvlocal", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except typer.Exit as ending:
        return ending.exit_code
    except typer.TyperException as error:
        opened.fail(UserError(error.format_message(), mend="see mvlocal --help"))
        return UserError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        opened.fail(_interrupted())
        return Interrupted.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MvlocalError as error:
        if error.exit_code == BUG_EXIT:
            opened.bug(error)
        else:
            opened.fail(error)
        return error.exit_code
    except Exception as error:
        opened.bug(error)
        return BUG_EXIT


def _interrupted() -> Interrupted:
    return Interrupted("stopped; what was finished is kept", mend="run the same command again to go on from there")
