"""Scrapy, tuned: 32 requests under way, no delay, no cache, no log, uvloop, middlewares it can do without left out, pages
read by lxml itself in one walk each."""

import sys
import time
from urllib.parse import urljoin

import scrapy
from lxml import etree, html
from scrapy.crawler import CrawlerProcess

from mapping import Sink, record, tell

BASE, CASES, OUT = sys.argv[1], int(sys.argv[2]), sys.argv[3]
HEADERS = etree.XPath("//table[@id='grid']/thead/tr/th")
ROWS = etree.XPath("//table[@id='grid']/tbody/tr")
TOTAL = etree.XPath("string(//span[@class='pager-total'])")
HEADINGS = etree.XPath("//table[starts-with(@class,'detail')]//th")
ITEMS = etree.XPath("//div[@class='form-item']")
LABEL = etree.XPath("string(label)")
CONTROL = etree.XPath("(.//input | .//select)[1]")
CHOSEN = etree.XPath("string(option[@selected])")


def page(response):
    return html.document_fromstring(response.body, parser=html.HTMLParser(encoding="utf-8"))


def detail_fields(tree):
    fields = {th.text: th.getnext().text_content().strip() for th in HEADINGS(tree)}
    for item in ITEMS(tree):
        control = CONTROL(item)
        if control:
            value = CHOSEN(control[0]) if control[0].tag == "select" else control[0].get("value")
            fields[LABEL(item).rstrip("：")] = value
    return fields


class Cases(scrapy.Spider):
    name = "cases"

    async def start(self):
        login = {"username": "bench", "password": "bench-password"}
        yield scrapy.FormRequest(urljoin(BASE, "login"), formdata=login, callback=self.signed_in,
                                 meta={"handle_httpstatus_list": [302, 303], "dont_redirect": True})

    def signed_in(self, response):
        self.cookie = {"Cookie": response.headers["Set-Cookie"].split(b";")[0]}
        self.sink, self.began = Sink(OUT), time.monotonic()
        yield self.get("list?page=1", self.first_list)

    def get(self, path, callback, **more):
        return scrapy.Request(urljoin(BASE, path), callback, headers=self.cookie, dont_filter=True, **more)

    def first_list(self, response):
        total = int(TOTAL(page(response)).strip("共 条"))
        for number in range(2, -(-total // 20) + 1):
            yield self.get(f"list?page={number}", self.list, priority=-1)
        yield from self.list(response)

    def list(self, response):
        tree = page(response)
        names = [th.text_content().strip() for th in HEADERS(tree)]
        for tr in ROWS(tree):
            row = {name: td.text_content().strip() for name, td in zip(names, tr)}
            row["事项名称"] = tr[2].find(".//span").text
            yield self.get(tr[9].find("a").get("href"), self.detail, cb_kwargs={"row": row})

    def detail(self, response, row):
        self.sink.take(record(row, detail_fields(page(response))))

    def closed(self, reason):
        seconds = time.monotonic() - self.began
        assert self.sink.count == CASES, f"{self.sink.count} records"
        tell(self.sink, seconds)


NONE = {f"scrapy.downloadermiddlewares.{name}": None for name in (
    "robotstxt.RobotsTxtMiddleware", "httpauth.HttpAuthMiddleware", "downloadtimeout.DownloadTimeoutMiddleware",
    "defaultheaders.DefaultHeadersMiddleware", "useragent.UserAgentMiddleware", "retry.RetryMiddleware",
    "redirect.MetaRefreshMiddleware", "httpcompression.HttpCompressionMiddleware", "redirect.RedirectMiddleware",
    "cookies.CookiesMiddleware", "httpproxy.HttpProxyMiddleware", "stats.DownloaderStats",
    "httpcache.HttpCacheMiddleware", "offsite.OffsiteMiddleware")}
process = CrawlerProcess({
    "CONCURRENT_REQUESTS": 32, "CONCURRENT_REQUESTS_PER_DOMAIN": 32, "DOWNLOAD_DELAY": 0, "LOG_ENABLED": False,
    "HTTPCACHE_ENABLED": False, "COOKIES_ENABLED": False, "RETRY_ENABLED": False, "ROBOTSTXT_OBEY": False,
    "TELNETCONSOLE_ENABLED": False, "AUTOTHROTTLE_ENABLED": False, "DNSCACHE_ENABLED": True,
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor", "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
    "EXTENSIONS": {f"scrapy.extensions.{name}": None for name in (
        "corestats.CoreStats", "logstats.LogStats", "memusage.MemoryUsage", "telnet.TelnetConsole",
        "feedexport.FeedExporter", "spiderstate.SpiderState", "throttle.AutoThrottle", "closespider.CloseSpider")},
    "DOWNLOADER_MIDDLEWARES": NONE,
    "SPIDER_MIDDLEWARES": {f"scrapy.spidermiddlewares.{name}": None for name in (
        "referer.RefererMiddleware", "urllength.UrlLengthMiddleware", "depth.DepthMiddleware")},
})
process.crawl(Cases)
process.start()
