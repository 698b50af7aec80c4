//! Faults of the answer as a whole.

use encoding_rs::GBK;

use super::{
    Fault,
    Must::{Quarantine, Right, Say},
    fault,
};
use crate::faults::{
    office::{Corrupt::Reply as Answer, How, Reply},
    world::{PAGE, page},
};

pub static ANSWERS: &[Fault] = &[
    fault("empty 200", Answer(|_, _| Reply::html("")), Say("records are not where")),
    fault(
        "empty 200 at page 3",
        Answer(|ask, reply| if ask.is_page(3) { Reply::html("") } else { reply }),
        Say("records"),
    ),
    fault(
        "login page with 200, once",
        Answer(|ask, reply| if ask.is_page(3) && ask.before == 0 { login() } else { reply }),
        Right,
    ),
    fault("login page with 200, always", Answer(|_, _| login()), Say("ended the session")),
    fault(
        "JSON 401 in 200, once",
        Answer(|ask, reply| if ask.is_page(2) && ask.before == 0 { unauthorised() } else { reply }),
        Right,
    ),
    fault("JSON 401 in 200, always", Answer(|_, _| unauthorised()), Say("ended the session")),
    fault("half a page", Answer(|ask, reply| if ask.is_page(2) { half(reply) } else { reply }), Say("breaks off")),
    fault("half of every page", Answer(|_, reply| half(reply)), Say("breaks off")),
    fault("half a detail", Answer(|ask, reply| if ask.is_detail() { half(reply) } else { reply }), Say("breaks off")),
    fault(
        "truncated body",
        Answer(|ask, reply| if ask.is_page(2) { Reply { how: How::Truncated(2_000), ..reply } } else { reply }),
        Say("no answer"),
    ),
    fault(
        "connection reset at page 3",
        Answer(|ask, reply| if ask.is_page(3) { Reply { how: How::Reset, ..reply } } else { reply }),
        Say("no answer"),
    ),
    fault("wrong charset header", Answer(|_, reply| gbk(&reply).labelled("text/html; charset=utf-8")), Right),
    fault("Latin charset header", Answer(|_, reply| gbk(&reply).labelled("text/html; charset=ISO-8859-1")), Right),
    fault("wrong meta charset", Answer(|_, reply| gbk(&reply).labelled("text/html")), Right),
    fault("no content type", Answer(|_, reply| reply.labelled("application/octet-stream")), Right),
    fault("500 at page 3", Answer(|ask, reply| if ask.is_page(3) { broken(500) } else { reply }), Say("HTTP 500")),
    fault(
        "500 with a whole page",
        Answer(|ask, reply| if ask.is_page(3) { Reply { status: 500, ..reply } } else { reply }),
        Say("HTTP 500"),
    ),
    fault(
        "502 in the details",
        Answer(|ask, reply| if ask.is_detail() { broken(502) } else { reply }),
        Say("HTTP 502"),
    ),
    fault("404 at page 2", Answer(|ask, reply| if ask.is_page(2) { broken(404) } else { reply }), Say("HTTP 404")),
    fault(
        "401 at page 2, once",
        Answer(|ask, reply| if ask.is_page(2) && ask.before == 0 { Reply { status: 401, ..login() } } else { reply }),
        Right,
    ),
    fault(
        "hang before headers",
        Answer(|ask, reply| if ask.is_page(2) { Reply { how: How::Silent, ..reply } } else { reply }),
        Say("more than 3 s"),
    ),
    fault(
        "hang after headers",
        Answer(|ask, reply| if ask.is_page(2) { Reply { how: How::Stuck, ..reply } } else { reply }),
        Say("more than 3 s"),
    ),
    fault(
        "slow drip",
        Answer(|ask, reply| if ask.is_page(2) { Reply { how: How::Dripping, ..reply } } else { reply }),
        Say("more than 3 s"),
    ),
    fault(
        "redirect loop",
        Answer(|ask, reply| if ask.is_page(2) { moved("list.do?page=2") } else { reply }),
        Say("redirects more than"),
    ),
    fault(
        "redirect to the portal",
        Answer(|ask, reply| if ask.is_page(2) { moved("portal.do") } else { reply }),
        Say("records are not where"),
    ),
    fault(
        "redirect to the first page",
        Answer(|ask, reply| if ask.page.is_some_and(|page| page > 1) { moved("list.do?page=1") } else { reply }),
        Say("could be read"),
    ),
    fault("10 MB page", Answer(|ask, reply| if ask.is_page(2) { padded(reply, 10_000_000) } else { reply }), Right),
    fault(
        "30 MB page",
        Answer(|ask, reply| if ask.is_page(2) { padded(reply, 30_000_000) } else { reply }),
        Say("more than 20 MB"),
    ),
    fault(
        "gzip garbage",
        Answer(|ask, reply| {
            if ask.is_page(2) { Reply { body: vec![7; 900], ..reply }.with("Content-Encoding", "gzip") } else { reply }
        }),
        Say("no answer"),
    ),
    fault(
        "session lost at page 3",
        Answer(|ask, reply| if ask.is_page(3) && ask.before == 0 { login() } else { reply }),
        Right,
    ),
    fault(
        "session lost at a detail",
        Answer(|ask, reply| if ask.is_detail() && ask.nth == 7 { login() } else { reply }),
        Right,
    ),
    fault(
        "kicked at page 3",
        Answer(|ask, reply| if ask.is_page(3) { notice("该账号在其他地方登录，您已下线") } else { reply }),
        Say("stays away"),
    ),
    fault(
        "kicked at a detail",
        Answer(|ask, reply| if ask.is_detail() { notice("该账号在其他地方登录，您已下线") } else { reply }),
        Say("stays away"),
    ),
    fault(
        "captcha appears",
        Answer(|ask, reply| if ask.is_page(2) { captcha() } else { reply }),
        Say("records are not where"),
    ),
    fault(
        "maintenance at page 3",
        Answer(|ask, reply| if ask.is_page(3) { notice("系统维护中，请稍后") } else { reply }),
        Say("comes back"),
    ),
    fault(
        "busy in a detail",
        Answer(|ask, reply| if ask.is_detail() && ask.nth > 8 { notice("系统维护中，请稍后") } else { reply }),
        Say("comes back"),
    ),
    fault(
        "JSON instead of HTML",
        Answer(|ask, reply| if ask.is_page(2) { json(r#"{"code":0,"rows":[]}"#) } else { reply }),
        Say("JSON"),
    ),
    fault(
        "an empty detail page",
        Answer(|ask, reply| if ask.is_detail() { Reply::html("") } else { reply }),
        Say("there are no labels"),
    ),
    fault(
        "undecodable bytes in a name",
        Answer(|ask, reply| if ask.is_page(2) { undecodable(&reply, 1) } else { reply }),
        Right,
    ),
    fault("undecodable bytes in every name", Answer(|_, reply| undecodable(&reply, PAGE)), Quarantine(1)),
];

fn login() -> Reply {
    Reply::html(page("<form id=\"login\"><input name=\"username\"><input type=\"password\" name=\"password\"></form>"))
}

fn unauthorised() -> Reply {
    json(r#"{"code":401,"msg":"登录已失效"}"#)
}

fn json(body: &str) -> Reply {
    Reply::html(body).labelled("application/json")
}

fn notice(words: &str) -> Reply {
    Reply::html(page(&format!("<div class=\"notice\">{words}</div>")))
}

fn captcha() -> Reply {
    Reply::html(page("<p>请输入验证码</p><img src=\"code.png\"><input name=\"captcha\">"))
}

fn broken(status: u16) -> Reply {
    Reply { status, ..Reply::html(page("<h2>Error</h2><p>The server encountered an error.</p>")) }
}

fn moved(place: &str) -> Reply {
    Reply { status: 302, ..Reply::html("").with("Location", &format!("/{place}")) }
}

fn half(reply: Reply) -> Reply {
    let text = reply.text();
    let cut = text.floor_char_boundary(text.len() / 2);
    Reply { body: text.as_bytes()[..cut].to_vec(), ..reply }
}

fn padded(reply: Reply, bytes: usize) -> Reply {
    let text = reply.text().replace("</body>", &format!("<!--{}--></body>", "x".repeat(bytes)));
    Reply { body: text.into_bytes(), ..reply }
}

fn gbk(reply: &Reply) -> Reply {
    Reply { body: GBK.encode(&reply.text()).0.into_owned(), ..reply.clone() }
}

/// Breaks the second character of so many applicants' names.
fn undecodable(reply: &Reply, names: usize) -> Reply {
    let mut body = reply.body.clone();
    let marks: Vec<usize> = reply.text().match_indices("小明").map(|(at, _)| at).take(names).collect();
    marks.iter().for_each(|at| body[*at] = 0xff);
    Reply { body, ..reply.clone() }
}
