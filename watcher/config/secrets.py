"""`env:NAME` and `file:PATH`: values that stand elsewhere than in the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from watcher.config.troubles import Troubles
from watcher.model import Secret
from watcher.toml_file import Place


class Resolver:
    """Looks values up in the environment and in files; a missing one is a trouble, and then empty."""

    def __init__(self, env: Mapping[str, str], folder: Path, troubles: Troubles) -> None:
        self.env, self.folder, self.troubles = env, folder, troubles

    def plain(self, value: object, place: Place) -> object:
        """`value` with every reference in it replaced by the text that it names."""
        match value:
            case str():
                return self._text(value, place)
            case list():
                return [self.plain(one, (*place, index)) for index, one in enumerate(value)]
            case dict():
                return {key: self.plain(one, (*place, key)) for key, one in value.items()}
        return value

    def hidden(self, value: object, place: Place) -> object:
        """The same with every text as a Secret, whether it was a reference or stood there itself."""
        match value:
            case str():
                return Secret(self._text(value, place))
            case list():
                return [self.hidden(one, (*place, index)) for index, one in enumerate(value)]
            case dict():
                return {key: self.hidden(one, (*place, key)) for key, one in value.items()}
        return value

    def _text(self, value: str, place: Place) -> str:
        if value.startswith("env:"):
            return self._variable(value[4:].strip(), place)
        if value.startswith("file:"):
            return self._file(value[5:].strip(), place)
        return value

    def _variable(self, name: str, place: Place) -> str:
        found = self.env.get(name, "")
        if not found:
            state = "is empty" if name in self.env else "is not set"
            self.troubles.add(
                place, f"the environment variable {name} {state}; set it before starting, or use file:PATH"
            )
        return found

    def _file(self, name: str, place: Place) -> str:
        path = self.folder / Path(name).expanduser()
        try:
            found = path.read_text("utf-8").strip()
        except OSError as error:
            self.troubles.add(place, f"{path} cannot be read ({error.strerror}); create it, or use env:NAME")
            return ""
        except UnicodeDecodeError:
            self.troubles.add(place, f"{path} is not text in UTF-8")
            return ""
        if not found:
            self.troubles.add(place, f"{path} is empty; put the secret into it")
        return found
