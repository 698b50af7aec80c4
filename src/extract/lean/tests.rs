//! What is read here is what scraper reads: all saved pages, those pages with parts changed, pages made at random.

use std::path::{Path, PathBuf};

use fastrand::Rng;
use scraper::Html;

use super::{again, anew, parse};

/// Pages made at random, and changes to each saved page; with `QUEQIAO_FULL=1` so many times more.
const PAGES: usize = 3_000;
const CHANGES: usize = 60;
const MORE: usize = 200;

/// Parts of which pages are made: plain ones, and ones that mean something else depending on what is around them.
const PARTS: &str = r##"<div> ¦ </div> ¦ <div class="a b" id=x> ¦ <p> ¦ </p> ¦ <span title='q'> ¦ </span> ¦ <table> ¦ </table> ¦
<table class=t> ¦ <thead> ¦ </thead> ¦ <tbody> ¦ </tbody> ¦ <tfoot> ¦ </tfoot> ¦ <tr> ¦ </tr> ¦ <td> ¦ </td> ¦
<th colspan=2> ¦ </th> ¦ <caption> ¦ </caption> ¦ <colgroup> ¦ </colgroup> ¦ <col width=1> ¦ <ul> ¦ </ul> ¦ <ol> ¦
</ol> ¦ <li> ¦ </li> ¦ <dl> ¦ </dl> ¦ <dt> ¦ </dt> ¦ <dd> ¦ </dd> ¦ <a href="?a=1&b=2"> ¦ </a> ¦ <b> ¦ </b> ¦
<i class=icon> ¦ </i> ¦ <font color=red> ¦ </font> ¦ <em> ¦ </em> ¦ <h1> ¦ </h1> ¦ <h2> ¦ </h2> ¦ <pre> ¦ </pre> ¦
<form action=/x> ¦ </form> ¦ <button> ¦ </button> ¦ <select> ¦ </select> ¦ <option> ¦ </option> ¦
<option selected value=1> ¦ <optgroup label=g> ¦ </optgroup> ¦ <input name=i> ¦ <input type=hidden> ¦ <br> ¦
<br/> ¦ </br> ¦ <hr> ¦ <img src=x> ¦ <textarea> ¦ </textarea> ¦ <label for=i> ¦ </label> ¦ <center> ¦ </center> ¦
<fieldset> ¦ <legend> ¦ </legend> ¦ </fieldset> ¦ <section> ¦ </section> ¦ <dialog> ¦ </dialog> ¦ <search> ¦
</search> ¦ <address> ¦ </address> ¦ <my-tag> ¦ </my-tag> ¦ <svg> ¦ <path d=''/> ¦ </svg> ¦ <object> ¦ </object> ¦
<ruby> ¦ <rt> ¦ </ruby> ¦ <nobr> ¦ <iframe> ¦ </iframe> ¦ <script> ¦ </script> ¦
<script>if (a < b && c) { "</div>" }</script> ¦ <script><!-- x</script> ¦ <style>a > b {}</style> ¦ <style> ¦
<noscript><p>n</noscript> ¦ <title>t &amp; u</title> ¦ <meta charset=utf-8> ¦ <link rel=x> ¦ <!-- c --> ¦
<!----> ¦ <!-- a --- b --> ¦ <!--[if IE]><p><![endif]--> ¦ <!-- <!-- --> ¦ <!--> ¦ <!-- x --!> ¦ <!doctype html> ¦
<?php ?> ¦ text ¦ 中文 ¦ &nbsp; ¦ &lt;b&gt; ¦ &amp ¦ &copy; ¦ &copy ¦ &#20013; ¦ &#x4e2d; ¦ &#0; ¦ &#128; ¦
&unknown; ¦ AT&T ¦ a & b ¦ & ¦ &; ¦ &#; ¦ &#x; ¦ < ¦ < a ¦ > ¦ " ¦ <1> ¦ </> ¦ </ div> ¦ <div ¦ <div class ¦
<a b='1' B=2 b=3> ¦ <a =x> ¦ <a b=> ¦ <a b= c> ¦ <a b = c> ¦ <a b='c'd=e> ¦ <a b=c/> ¦ <a/b> ¦ <a @c :d.e=f> ¦
<a t='&quot;x&quot; &lt; &x=1 &copy=2 &copy;'> ¦ <a t='&copy'> ¦ <DIV CLASS=A> ¦ </DIV> ¦ <Td> ¦ </body> ¦
</html> ¦ <body id=b> ¦ <html lang=zh> ¦ <head> ¦ </head> ¦ <frameset> ¦ <template> ¦ </template> ¦ <plaintext>"##;

/// Parts that are white space, or have some that matters.
const BLANKS: &[&str] =
    &["<pre>\n", "<textarea>\nx</textarea>", " ", "\n", "\r\n", "\r", "\u{a0}", "<a t='\n\n'>", "\0"];

fn parts() -> Vec<&'static str> {
    PARTS.split('¦').map(|part| part.trim_matches([' ', '\n'])).chain(BLANKS.iter().copied()).collect()
}

/// Beginnings of pages.
const HEADS: &[&str] = &[
    "<!DOCTYPE html>\n<html><head><title>t</title></head>\n<body>\n",
    "<!doctype html><html><head></head><body>",
    "<html><head><meta charset=gbk></head><body bgcolor=white>",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\r\n\
     <html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head>\r\n<!-- h -->\r\n</head>\r\n<body>\r\n",
    "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><html><head></head><body>",
    " <!-- before --><html><head><style>s</style><body>",
    "<html><body>",
    "",
];

/// Whether a page is read here; then it must be read as scraper reads it.
fn equal(page: &str) -> bool {
    match differs(page) {
        None => false,
        Some(false) => true,
        Some(true) => panic!("read otherwise than by scraper: {:?}", least(page)),
    }
}

/// Whether a page that is read here is read otherwise; `None` when it is not read here.
fn differs(page: &str) -> Option<bool> {
    let lean = parse(page)?;
    let whole = Html::parse_document(page);
    let lean = &lean.html;
    Some(lean.tree != whole.tree || lean.quirks_mode != whole.quirks_mode)
}

/// The smallest page that still differs, found by leaving parts out.
fn least(page: &str) -> String {
    let mut parts: Vec<String> = page.split_inclusive('>').map(str::to_owned).collect();
    let mut size = parts.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < parts.len() {
            let mut fewer = parts.clone();
            fewer.drain(at..parts.len().min(at + size));
            if differs(&fewer.concat()) == Some(true) { parts = fewer } else { at += size }
        }
        size /= 2;
    }
    parts.concat()
}

pub(in crate::extract) fn times(usual: usize) -> usize {
    if std::env::var_os("QUEQIAO_FULL").is_some() { usual * MORE } else { usual }
}

/// Every saved page, whatever it is a test of.
pub(in crate::extract) fn saved() -> Vec<String> {
    let mut pages = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    while let Some(folder) = folders.pop() {
        let inside: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        for path in inside {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                pages.push(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
            }
        }
    }
    pages
}

#[test]
fn saved_pages_are_read_as_scraper_reads_them() {
    let pages = saved();
    let read = pages.iter().filter(|page| equal(page)).count();
    println!("{read} of {} saved pages are plain", pages.len());
    assert!(read * 2 > pages.len(), "{read} of {}", pages.len());
}

#[test]
fn changed_pages_are_read_as_scraper_reads_them_or_not_at_all() {
    let mut random = Rng::with_seed(3);
    let (mut read, mut changed) = (0, 0);
    for page in saved() {
        for _ in 0..times(CHANGES) {
            let mut page = page.clone();
            for _ in 0..random.usize(1..4) {
                change(&mut page, &mut random);
            }
            changed += 1;
            read += usize::from(equal(&page));
        }
    }
    println!("{read} of {changed} changed pages are plain");
    assert!(read > 0);
}

/// Puts a part in, takes a tag out, doubles a stretch, or cuts the page off.
fn change(page: &mut String, random: &mut Rng) {
    let places: Vec<usize> = page.match_indices('<').map(|(at, _)| at).collect();
    let Some(at) = random.choice(&places).copied() else { return };
    let tag = page[at..].find('>').map_or(page.len(), |end| at + end + 1);
    match random.u8(0..8) {
        0 => page.replace_range(at..tag, ""),
        1 => {
            let again = page[at..tag].to_owned();
            page.insert_str(at, &again);
        }
        2 => page.truncate(at),
        3 => {
            let length = page[at..].char_indices().nth(random.usize(1..9)).map_or(page.len() - at, |(end, _)| end);
            page.replace_range(at..at + length, "");
        }
        _ => page.insert_str(if random.bool() { at } else { tag }, random.choice(parts()).expect("there are parts")),
    }
}

#[test]
fn pages_made_at_random_are_read_as_scraper_reads_them_or_not_at_all() {
    let mut random = Rng::with_seed(7);
    let (mut read, pages) = (0, times(PAGES));
    for _ in 0..pages {
        let mut page = random.choice(HEADS).expect("there are beginnings").to_string();
        for _ in 0..random.usize(0..8) {
            match random.u8(0..3) {
                0 => page.push_str(random.choice(parts()).expect("there are parts")),
                _ => inside(&mut page, &mut random, "", 0),
            }
        }
        if random.bool() {
            page.push_str("</body>\n<!-- end --></html>\n<!-- over -->\n");
        }
        read += usize::from(equal(&page));
    }
    println!("{read} of {pages} pages made at random are plain");
    assert!(read * 8 > pages, "{read} of {pages}");
}

/// What stands in what: an element, and those that may stand in it.
const NESTS: &[(&str, &[&str])] = &[
    ("", &["div", "p", "table", "ul", "dl", "form", "select", "span", "a", "h2", "button", "textarea", "input", "br"]),
    ("table", &["tbody", "thead", "tr", "td", "colgroup", "caption"]),
    ("tbody", &["tr", "td"]),
    ("thead", &["tr"]),
    ("tr", &["td", "th"]),
    ("colgroup", &["col"]),
    ("ul", &["li"]),
    ("dl", &["dt", "dd"]),
    ("select", &["option", "optgroup"]),
    ("optgroup", &["option"]),
    ("option", &[]),
    ("p", &["span", "b", "a", "i", "label", "input", "img"]),
    ("span", &["b", "i", "em"]),
    ("textarea", &[]),
];

/// Appends elements as people write them, end tags that may be left out left out at times.
fn inside(page: &mut String, random: &mut Rng, name: &str, depth: usize) {
    const DEEPEST: usize = 7;
    let inner = NESTS.iter().find(|(own, _)| *own == name).map_or(NESTS[0].1, |(_, inner)| inner);
    if inner.is_empty() || depth > DEEPEST {
        page.push_str(random.choice(["text", "a &amp; b", " ", "中", ""]).expect("there are texts"));
        return;
    }
    for _ in 0..random.usize(0..4) {
        let child = random.choice(inner).expect("there are elements");
        let tag = random.choice(["", " class=\"x y\" id=1", " Style='a: b' data-x"]).expect("there are attributes");
        page.push_str(&format!("<{child}{tag}>"));
        if matches!(*child, "input" | "br" | "img" | "col") {
            continue;
        }
        inside(page, random, child, depth + 1);
        let may_lack = matches!(*child, "p" | "li" | "dt" | "dd" | "td" | "th" | "tr" | "tbody" | "thead" | "option");
        if !(may_lack && random.u8(0..6) == 0) {
            page.push_str(&format!("</{child}>"));
        }
        page.push_str(random.choice(["", "\n", "  ", "<!-- c -->", "\r\n"]).expect("there are gaps"));
    }
    if matches!(name, "" | "div" | "td" | "li" | "span" | "p") {
        page.push_str(random.choice(["text", "a<br>b", "&nbsp;"]).expect("there are texts"));
    }
}

/// Words as the next page of a kind may have them: plain ones, and ones that end where they stand, or mean something there.
const WORDS: &[&str] = &[
    "中文",
    "x",
    "",
    " ",
    "\n",
    "\nx",
    "a &amp; b",
    "&copy",
    "&#20013;",
    "a\"b",
    "a'b",
    "a<b",
    "a < b",
    "<!-- c -->",
    "</p>",
    "长长长长长长长长长长长长长长长长长长长长",
    "a b",
    "-->",
    "]]>",
    "&quot;",
    "=",
    "a=1&b=2",
];

/// The page with other words in some of the places between its tags and in quotes.
pub(in crate::extract) fn reworded(page: &str, words: &[&str], random: &mut Rng) -> String {
    let ends: Vec<usize> = page.match_indices(['>', '<', '"', '\'']).map(|(at, _)| at).collect();
    let mut places: Vec<(usize, usize)> = ends.windows(2).map(|pair| (pair[0] + 1, pair[1])).collect();
    // Mostly where there are words, and not within a tag.
    places.retain(|(start, end)| {
        let likely = match (page.as_bytes()[start - 1], page.as_bytes()[*end]) {
            (b'>', b'<') => 255,
            (b'"', b'"') => 30,
            _ => 0,
        };
        random.u8(..) < if page[*start..*end].trim().is_empty() { 2 } else { likely }
    });
    random.shuffle(&mut places);
    places.truncate(random.usize(1..4));
    places.sort_unstable();
    let (mut reworded, mut from) = (String::new(), 0);
    for (start, end) in places {
        reworded.push_str(&page[from..start]);
        let words = random.choice(words).expect("there are words");
        // Most often what stood there stays part of it, as it does in pages.
        if random.bool() && !page[start..end].trim().is_empty() {
            reworded.push_str(&page[start..end]);
        }
        reworded.push_str(words);
        from = end;
    }
    reworded + &page[from..]
}

#[test]
fn pages_built_like_one_before_are_read_as_scraper_reads_them() {
    let mut random = Rng::with_seed(11);
    let (mut read, mut pages) = (0, 0);
    for saved in saved() {
        let mut page = saved.replace("\r\n", "\n").replace(['\r', '\0'], "\n");
        let mut kept = false;
        for _ in 0..times(CHANGES) {
            if !kept {
                let Some(plain) = anew(&page) else { break };
                plain.keep();
            }
            let next = reworded(&page, WORDS, &mut random);
            pages += 1;
            let plain = again::parse(&next);
            kept = plain.is_some();
            if let Some(plain) = plain {
                let whole = Html::parse_document(&next);
                let equal = plain.html.tree == whole.tree && plain.html.quirks_mode == whole.quirks_mode;
                assert!(equal, "read otherwise than by scraper: {next:?}, by the tree of {page:?}");
                plain.keep();
                read += 1;
                page = next;
            }
        }
    }
    println!("{read} of {pages} pages were read by the tree of one before");
    assert!(read * 5 > pages, "{read} of {pages}");
}

#[test]
fn pages_that_nobody_writes_are_left_to_scraper() {
    assert!(parse(&format!("<html><body>{}", "<b>".repeat(100_000))).is_none());
    let names: String = (0..10_000).map(|number| format!("<p a{number}>")).collect();
    assert!(parse(&format!("<html><body>{names}")).is_none());
    assert!(equal("<html><body>the next page is read again</body></html>"), "what was too much is forgotten");
}
