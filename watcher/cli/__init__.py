"""The front door: one file per group of commands; parses, calls, prints; decides nothing.

Commands are imported only when they are called, so that `--help` and `list` start at once.
"""

from __future__ import annotations

import gc
import importlib

import click

from watcher import __version__

# A command's start makes a hundred thousand objects that stay: to look through them again after every 700 is a twentieth
# of what a poll costs in which nothing is new.
gc.set_threshold(5_000, 10, 10)

# command -> (module, attribute, one line of help, shown without importing the module)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("service", "run", "Watch: poll now, then on schedule, until Ctrl-C."),
    "poll": ("service", "poll", "One cycle: collect, judge, deliver what is due, exit."),
    "list": ("items", "list_items", "Stored items, newest first."),
    "show": ("items", "show", "One item or development, whole."),
    "search": ("items", "search", "Full-text search over stored items."),
    "mark": ("items", "mark", "Mark items read, star, relevant, irrelevant, or correct their facts."),
    "status": ("ledger", "status", "Where each state stands against the baseline."),
    "baseline": ("ledger", "baseline", "The baseline record, and what is new since."),
    "calendar": ("ledger", "calendar", "The legal clock: what falls due, and when."),
    "dossier": ("ledger", "dossier", "One state's timeline with its sources."),
    "digest": ("outbox", "digest", "The next digest, as it would be sent."),
    "alerts": ("outbox", "alerts", "What was told, what is owed, and why."),
    "channels": ("outbox", "channels", "Where messages go; send a test."),
    "sources": ("sources", "sources", "What is polled: health, add, probe, pause, import, export."),
    "check": ("setup", "check", "Validate config, topic and database; --online probes everything."),
    "demo": ("demo", "demo", "See it work on local news; no network, nothing kept."),
    "assess": ("judging", "assess", "Judge JSON Lines; stores nothing."),
    "replay": ("judging", "replay", "Run an archive through the pipeline with a simulated clock."),
    "explain": ("explaining", "explain", "Why an item was judged as it was."),
    "rejudge": ("explaining", "rejudge", "What would change under today's lexicon."),
    "gold": ("explaining", "gold", "Export the analyst's marks as labelled rows."),
}


class _Front(click.Group):
    """Lists every command without importing it; imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"watcher.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry[2]) for name, entry in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " See 'watcher --help'."
            ctx.fail(f"no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        from watcher.errors import ConfigError, InstanceRunning, StoreError, TopicError, WatcherError

        try:
            return super().invoke(ctx)
        except WatcherError as error:
            for line in str(error).splitlines():
                click.echo(f"watcher: {line}", err=True)
            if isinstance(error, ConfigError) and not error.file.exists():
                click.echo(
                    "Run it in the folder that holds config.toml, or name the file: --config FILE", err=True
                )
            if isinstance(error, ConfigError | TopicError):
                raise click.exceptions.Exit(2) from None
            if isinstance(error, InstanceRunning):
                raise click.exceptions.Exit(3) from None
            raise click.exceptions.Exit(4 if isinstance(error, StoreError) else 1) from None


@click.group(cls=_Front, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="watcher")
@click.option(
    "-c",
    "--config",
    "config_file",
    type=click.Path(dir_okay=False),
    envvar="WATCHER_CONFIG",
    default="config.toml",
    show_default=True,
    help="The configuration file.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log every step to standard error.")
@click.pass_context
def main(ctx: click.Context, config_file: str, verbose: bool) -> None:
    """News of the Ottawa Treaty (mine ban): one alert per development, with its evidence.

    Exit codes: 0 done; 1 the command's own "no" (bad input lines, nothing found, a failed check);
    2 wrong usage or configuration, nothing started; 3 another watcher holds the state directory;
    4 the database cannot be used.
    """
    ctx.obj = {"config": config_file, "verbose": verbose}
