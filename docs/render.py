"""Draws the pictures of docs/alerts.md: `python docs/render.py [FOLDER]`, with Chromium on the PATH.

The messages are those of tests/notify/scenes.py, made and put into markup by the code that makes
the real ones. Without a folder the pictures in docs/images are replaced.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.notify.factories import a_channel
from tests.notify.scenes import SCENES
from watcher.notify.channels import slack
from watcher.notify.preview import preview

HERE = Path(__file__).parent
PICTURES = {  # name -> page, width, height
    "slack-alert": ("slack-thread", 720, 900),
    "mail-alert": ("mail-alert", 640, 720),
    "mail-alert-phone-dark": ("mail-alert", 360, 840),
    "slack-digest": ("slack-digest", 720, 1080),
    "mail-digest": ("mail-digest", 640, 1640),
}


def pages() -> Iterator[tuple[str, str]]:
    """Every page by name: mails as they are, Slack posts as Slack shows them."""
    desk, bot = a_channel("email"), a_channel("slack")
    for name, scene in SCENES.items():
        yield f"mail-{name}", scene(desk).bodies["html"]
        yield f"slack-{name}", preview([part.content for part in slack.render(scene(bot), bot)])  # type: ignore[misc]
    thread = [part.content for name in ("alert", "followup") for part in slack.render(SCENES[name](bot), bot)]
    yield "slack-thread", preview(thread)  # type: ignore[arg-type]


def draw(page: Path, picture: Path, width: int, height: int, *, dark: bool) -> None:
    """One screenshot. The sandbox is off because the pages are ours and hold no script."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    scheme = "preferredColorScheme=0" if dark else "preferredColorScheme=1"
    subprocess.run(  # noqa: S603 our own arguments
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--blink-settings={scheme}",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )


def shrink(picture: Path) -> None:
    """256 colours are enough for text: a third of the size, where pngquant is installed."""
    if pngquant := shutil.which("pngquant"):
        command = [pngquant, "--force", "--output", str(picture), "256", str(picture)]
        subprocess.run(command, check=True, timeout=60)  # noqa: S603 our own arguments


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name, html in pages():
            (Path(scratch) / f"{name}.html").write_text(html, encoding="utf-8")
        for name, (page, width, height) in PICTURES.items():
            draw(Path(scratch) / f"{page}.html", folder / f"{name}.png", width, height, dark="dark" in name)
            shrink(folder / f"{name}.png")
            print(folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "images")
