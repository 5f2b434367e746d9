"""How long the live page takes from a key press to the redraw that shows it.

    python benchmarks/live.py [--presses 60] [--study STUDY] [--chromium /usr/bin/chromium]

Starts `standoff serve` on a study of `escalation-trap`, which is made first if none is given, moves
a slider with the arrow keys in a headless browser, and measures in the page, for each press, the
time from the moment at which the key went down (`event.timeStamp`) until the frame in which all
charts were redrawn has been painted. Beside it stands how long a bare slider takes, with no chart
to redraw: what the browser itself needs.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import standoff

WATCH = """
selector => {
  const slider = document.querySelector(selector);
  window.waits = [];
  window.changes = [];
  let changed = 0;
  const watcher = new MutationObserver(found => changed += found.length);
  const all = {subtree: true, childList: true, attributes: true, characterData: true};
  document.querySelectorAll('figure').forEach(figure => watcher.observe(figure, all));
  slider.addEventListener('keydown', event => {
    changed = 0;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        window.waits.push(performance.now() - event.timeStamp);
        window.changes.push(changed);
      };
      channel.port2.postMessage(0);
    });
  });
}
"""
"""A message posted in a frame is delivered when that frame has been laid out and painted. Changes
are those of the charts from the key press to that moment."""

SEEN = """
k => new Promise(done => {
  const look = () => window.waits.length > k ? done() : setTimeout(look, 2);
  look();
})
"""

BARE = "<input id=bare type=range max=1000 value=500><output id=said></output>"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--presses", type=int, default=60)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = given.study or standoff.run("escalation-trap", Path(folder), workers=2).path
        command = [sys.executable, "-m", "standoff", "serve", str(study), "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found, "the server did not start"
            print(json.dumps(measure(found[0], given.presses, given.chromium), indent=2))
        finally:
            server.terminate()
            server.wait()


def measure(address: str, presses: int, chromium: str) -> dict[str, Any]:
    """Milliseconds from key press to redraw: of the page, and of a slider alone."""
    from playwright.sync_api import Page, sync_playwright

    def waits(page: Page, selector: str) -> tuple[list[float], list[int]]:
        page.evaluate(WATCH, selector)
        page.focus(selector)
        for k in range(presses + 5):
            page.keyboard.press("ArrowLeft" if k % 20 >= 10 else "ArrowRight")
            page.evaluate(SEEN, k)
        return page.evaluate("window.waits")[5:], page.evaluate("window.changes")[5:]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_selector("[data-kind=solved] >> text=futures.", timeout=120_000)
        live, changes = waits(page, "#slider-0")
        page.set_content(BARE)
        bare, _ = waits(page, "#bare")
        browser.close()
    return {
        "presses": len(live),
        "median_ms": round(statistics.median(live), 1),
        "slowest_of_20_ms": round(statistics.quantiles(live, n=20)[-1], 1),
        "fewest_changes_in_charts": min(changes),
        "bare_slider_median_ms": round(statistics.median(bare), 1),
    }


if __name__ == "__main__":
    main()
