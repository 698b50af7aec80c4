"""Selenium: no waiting for pictures and styles, one `execute_script` per page that returns all fields."""

import pathlib
import sys
import time
from urllib.parse import urljoin

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from mapping import Sink, record, tell

BASE, CASES, OUT, CHROMIUM, DRIVER = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
READ = pathlib.Path(__file__).with_name("reading.js").read_text(encoding="utf-8")

options = webdriver.ChromeOptions()
options.binary_location = CHROMIUM
if CHROMIUM.endswith("headless-shell"):
    options.set_capability("browserName", "chrome-headless-shell")
options.page_load_strategy = "eager"
for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
    options.add_argument(argument)
driver = webdriver.Chrome(options, Service(DRIVER))
try:
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*.css", "*.js", "*.png"]})
    driver.get(urljoin(BASE, "login"))
    driver.find_element(By.ID, "username").send_keys("bench")
    driver.find_element(By.ID, "password").send_keys("bench-password")
    driver.find_element(By.TAG_NAME, "button").click()
    driver.implicitly_wait(10)
    driver.find_element(By.ID, "grid")
    sink, began, number = Sink(OUT), time.monotonic(), 0
    while sink.count < CASES:
        number += 1
        driver.get(urljoin(BASE, f"list?page={number}"))
        for row in driver.execute_script(READ):
            driver.get(row["href"])
            sink.take(record(row, driver.execute_script(READ)))
    seconds = time.monotonic() - began
finally:
    driver.quit()
tell(sink, seconds)
