"""Playwright at its fastest: one page, one `evaluate` per page that returns all fields.

Nothing but documents is loaded, unless `whole` is asked for: then styles, scripts and pictures too, as pages need that their
scripts fill; it waits until all of it is there, and not for what scripts do later.
"""

import pathlib
import sys
import time
from urllib.parse import urljoin

from playwright.sync_api import sync_playwright

from mapping import Sink, record, tell

BASE, CASES, OUT, CHROMIUM = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
WHOLE = sys.argv[6:] == ["whole"]
THERE = "load" if WHOLE else "domcontentloaded"
READ = "() => {" + pathlib.Path(__file__).with_name("reading.js").read_text(encoding="utf-8") + "}"

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    if not WHOLE:
        # Blocked within the browser: a route would ask Python about every request.
        blocked = page.context.new_cdp_session(page)
        blocked.send("Network.enable")
        blocked.send("Network.setBlockedURLs", {"urls": ["*.css", "*.js", "*.png"]})
    page.goto(urljoin(BASE, "login"))
    page.fill("#username", "bench")
    page.fill("#password", "bench-password")
    page.click("button")
    page.wait_for_selector("#grid")
    sink, began, number = Sink(OUT), time.monotonic(), 0
    while sink.count < CASES:
        number += 1
        page.goto(urljoin(BASE, f"list?page={number}"), wait_until=THERE)
        for row in page.evaluate(READ):
            page.goto(row["href"], wait_until=THERE)
            sink.take(record(row, page.evaluate(READ)))
    seconds = time.monotonic() - began
    browser.close()
tell(sink, seconds)
