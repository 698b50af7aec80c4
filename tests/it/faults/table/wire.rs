//! Faults of the way to a page: encodings, redirects, downloads, pages of the browser's own.

use super::{
    Fault,
    Must::{Right, Say},
    fault, interface,
};
use crate::faults::office::{Corrupt::Reply as Answer, Reply};

pub static WIRE: &[Fault] = &[
    fault(
        "a page to be kept",
        Answer(|ask, reply| on(ask.is_page(2), reply, to_keep)),
        Say("hands out a file (`list.html`"),
    ),
    fault("every page to be kept", Answer(|_, reply| to_keep(reply)), Say("hands out a file")),
    fault("a detail to be kept", Answer(|ask, reply| on(ask.is_detail(), reply, to_keep)), Say("hands out a file")),
    fault(
        "a page of an unknown disposition",
        Answer(|ask, reply| on(ask.is_page(3), reply, downloaded)),
        Say("hands out a file"),
    ),
    fault(
        "a page that is shown inline",
        Answer(|_, reply| reply.with("Content-Disposition", "inline; filename=list.html")),
        Right,
    ),
    fault("a PDF in place of a page", Answer(|ask, reply| on(ask.is_page(2), reply, pdf)), Say("it is a PDF")),
    fault(
        "a PDF that calls itself HTML",
        Answer(|ask, reply| on(ask.is_page(1), reply, called_html)),
        Say("it is a PDF"),
    ),
    fault(
        "a picture in place of a detail",
        Answer(|ask, reply| on(ask.is_detail(), reply, picture)),
        Say("it is a picture (PNG)"),
    ),
    fault("an archive in place of a page", Answer(|ask, reply| on(ask.is_page(2), reply, archive)), Say("ZIP")),
    fault(
        "a page that calls itself a picture",
        Answer(|ask, reply| on(ask.is_page(2), reply, |reply| reply.labelled("image/jpeg"))),
        Say("of the kind image/jpeg"),
    ),
    fault("204 at page 2", Answer(|ask, reply| on(ask.is_page(2), reply, |reply| empty(reply, 204))), Say("HTTP 204")),
    fault("205 at every page", Answer(|_, reply| empty(reply, 205)), Say("HTTP 205")),
    fault(
        "204 in the details",
        Answer(|ask, reply| on(ask.is_detail(), reply, |reply| empty(reply, 204))),
        Say("HTTP 204"),
    ),
    fault(
        "302 without a place",
        Answer(|ask, reply| on(ask.is_page(3), reply, |reply| status(reply, 302))),
        Say("redirect (HTTP 302)"),
    ),
    fault(
        "302 without a place, once in the details",
        Answer(|ask, reply| on(ask.is_detail() && ask.before == 0, reply, |reply| status(reply, 302))),
        Say("redirect (HTTP 302)"),
    ),
    fault(
        "302 to another program",
        Answer(|ask, reply| {
            on(ask.is_page(2), reply, |reply| status(reply, 302).with("Location", "oa-client://list?page=2"))
        }),
        Say("oa-client://list"),
    ),
    fault(
        "302 in a circle",
        Answer(|ask, reply| on(ask.is_page(2), reply, circle)),
        Say("redirects more than 10 times"),
    ),
    fault(
        "302 with raw letters in its place",
        Answer(|ask, reply| on(ask.is_page(2) && ask.before == 0, reply, raw_letters)),
        Right,
    ),
    fault(
        "300 with a choice",
        Answer(|ask, reply| on(ask.is_page(2), reply, |reply| status(reply, 300))),
        Say("redirect (HTTP 300)"),
    ),
    fault(
        "304 unasked",
        Answer(|ask, reply| on(ask.is_page(2), reply, |reply| empty(reply, 304))),
        Say("redirect (HTTP 304)"),
    ),
    fault(
        "305 to a proxy",
        Answer(|ask, reply| {
            on(ask.is_page(2), reply, |reply| status(reply, 305).with("Location", "http://127.0.0.1:1/"))
        }),
        Say("redirect (HTTP 305)"),
    ),
    interface(
        "302 without a place, as JSON",
        Answer(|ask, reply| on(ask.is_page(2), reply, |reply| status(reply, 302))),
        Say("redirect"),
    ),
    interface(
        "204, as JSON",
        Answer(|ask, reply| on(ask.is_page(2), reply, |reply| empty(reply, 204))),
        Say("HTTP 204"),
    ),
    // Some frameworks say so of every answer for scripts, so that no browser runs it.
    interface("an answer for scripts to be kept", Answer(|ask, reply| on(ask.json, reply, to_keep)), Right),
];

fn on(hit: bool, reply: Reply, change: impl Fn(Reply) -> Reply) -> Reply {
    if hit { change(reply) } else { reply }
}

fn to_keep(reply: Reply) -> Reply {
    reply.with("Content-Disposition", "attachment; filename=\"list.html\"")
}

fn downloaded(reply: Reply) -> Reply {
    reply.with("Content-Disposition", "download")
}

fn pdf(reply: Reply) -> Reply {
    Reply { body: b"%PDF-1.4\n%%EOF\n".to_vec(), ..reply }.labelled("application/pdf")
}

fn called_html(reply: Reply) -> Reply {
    pdf(reply).labelled("text/html; charset=utf-8")
}

fn picture(reply: Reply) -> Reply {
    Reply { body: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), ..reply }
}

fn archive(reply: Reply) -> Reply {
    Reply { body: b"PK\x03\x04\x14\0\0\0\0\0".to_vec(), ..reply }
}

fn empty(reply: Reply, status: u16) -> Reply {
    Reply { status, body: Vec::new(), ..reply }
}

fn status(reply: Reply, status: u16) -> Reply {
    Reply { status, ..reply }
}

/// To where one is already.
fn circle(reply: Reply) -> Reply {
    status(reply, 302).with("Location", "list.do?page=2")
}

fn raw_letters(reply: Reply) -> Reply {
    status(reply, 302).with("Location", "list.do?page=2&msg=登录成功")
}
