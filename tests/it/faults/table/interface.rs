//! Faults of a list that is an answer for scripts, and of details of which the bot says what is the same.

use super::{
    Fault,
    Must::{Right, Say},
    interface,
};
use crate::faults::office::{
    Corrupt::{Detail, Reply as Answer, Text},
    Reply,
};

pub static INTERFACE: &[Fault] = &[
    interface(
        "HTML instead of JSON",
        Answer(|ask, reply| if ask.is_page(2) { Reply::html(ask.other(2).html()) } else { reply }),
        Say("the page is HTML"),
    ),
    interface(
        "JSON labelled as HTML",
        Answer(|ask, reply| if ask.json { reply.labelled("text/html") } else { reply }),
        Right,
    ),
    interface(
        "half of the JSON",
        Text(|text| text[..text.floor_char_boundary(text.len() / 2)].to_owned()),
        Say("breaks off"),
    ),
    interface("no rows but null", Text(|_| r#"{"code":0,"data":{"rows":null,"total":123}}"#.to_owned()), Say("")),
    interface(
        "a total in words",
        Text(|text| text.replace("\"total\":1", "\"total\":\"约\",\"t\":1")),
        Say("no whole number"),
    ),
    interface(
        "a total as text",
        Text(|text| text.replace("\"total\":12", "\"total\":\"12").replace("}}", "\"}}")),
        Right,
    ),
    interface("a field renamed in the JSON", Text(|text| text.replace("\"who\"", "\"sqr\"")), Say("json=$.who")),
    interface("an error that looks like an empty page", Text(|_| EMPTY.to_owned()), Say("")),
    interface(
        "an error without rows",
        Text(|_| r#"{"code":500,"msg":"查询超时","data":null}"#.to_owned()),
        Say("$.data.rows"),
    ),
    interface(
        "detail of another case, where the bot says what is the same",
        Detail(|_, detail, _| detail.set("受理编号", "SL20269999")),
        Say("does not show its key"),
    ),
];

/// No rows, and a total that says so.
const EMPTY: &str = r#"{"code":1,"msg":"查询超时","data":{"rows":[],"total":0}}"#;
