"""Playwright at its fastest: one page, nothing but documents loaded, one `evaluate` per page that returns all fields."""

import pathlib
import sys
import time
from urllib.parse import urljoin

from playwright.sync_api import sync_playwright

from mapping import Sink, record, tell

BASE, CASES, OUT, CHROMIUM = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
READ = "() => {" + pathlib.Path(__file__).with_name("reading.js").read_text(encoding="utf-8") + "}"

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
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
        page.goto(urljoin(BASE, f"list?page={number}"), wait_until="domcontentloaded")
        for row in page.evaluate(READ):
            page.goto(row["href"], wait_until="domcontentloaded")
            sink.take(record(row, page.evaluate(READ)))
    seconds = time.monotonic() - began
    browser.close()
tell(sink, seconds)
