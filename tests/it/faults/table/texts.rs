//! Faults of texts: labels, line breaks, headers, zones, digits.

use super::{
    Fault,
    Must::{Quarantine, Right, Say},
    fault, interface, later,
};
use crate::faults::office::{
    Ask,
    Corrupt::{Detail, List, Reply as Answer, Text, World},
    Reply,
};

pub static TEXTS: &[Fault] = &[
    fault("times that say UTC", List(|_, list| each_time(list, |time| format!("{time}Z"))), Say("")),
    fault("times that say GMT", List(|_, list| each_time(list, |time| format!("{time} GMT"))), Say("")),
    fault(
        "a time that says UTC in one row",
        List(|ask, list| {
            if ask.is_page(1) {
                // What is listed as changed tells that it is right again.
                (5..7).for_each(|at| list.rows[0][at] += "Z")
            }
        }),
        Quarantine(1),
    ),
    fault(
        "times with an offset in the details",
        Detail(|_, detail, _| detail.change("申请时间", |time| format!("{time}+00:00"))),
        Say("%z"),
    ),
    fault(
        "times with a zone by name in the details",
        Detail(|_, detail, _| detail.change("申请时间", |time| format!("{time} CST"))),
        Say("not a time of the form"),
    ),
    interface(
        "times as milliseconds in the JSON",
        Text(|text| text.replace("\"accepted\":\"2026-", "\"accepted\":\"17935515")),
        Say(""),
    ),
    later(
        "days instead of times in the details",
        Detail(|_, detail, _| detail.change("申请时间", |time| time[..10].to_owned())),
        Say(""),
    ),
    fault(
        "a done case whose day is not known",
        World(|ask, world| {
            if ask.nth == 0 {
                world.cases[1].finished = None
            }
        }),
        Right,
    ),
    fault(
        "an acceptance that is only a day",
        World(|ask, world| {
            if ask.nth == 0 {
                let case = &mut world.cases[0];
                case.accepted -= case.accepted.time() - chrono::NaiveTime::MIN
            }
        }),
        Right,
    ),
    fault(
        "labels that name a box at the head of the page",
        Answer(|ask, reply| {
            on_details(ask, reply, |text| {
                let labelled = text.replace("<th>", "<th><label for=all>").replace("</th>", "</label></th>");
                labelled.replace("<table", "<input type=checkbox id=all><table")
            })
        }),
        Right,
    ),
    fault(
        "labels in blocks that name a box",
        Answer(|ask, reply| {
            on_details(ask, reply, |text| {
                let blocks = text.replace("<tr><th>", "<div><label for=all>").replace("</th><td>", "</label><span>");
                let blocks =
                    blocks.replace("</td></tr>", "</span></div>").replace("<table class=\"detail\">", "<form>");
                blocks.replace("</table>", "</form><input type=checkbox id=all>")
            })
        }),
        Right,
    ),
    fault(
        "boxes before the values",
        Answer(|ask, reply| on_details(ask, reply, |text| text.replace("<td>1", "<td><input type=checkbox> 1"))),
        Say("different texts"),
    ),
    fault(
        "details in lines",
        Answer(|ask, reply| {
            on_details(ask, reply, |text| {
                let lines = text.replace("<tr><th>", "").replace("</th><td>", "：").replace("</td></tr>", "");
                lines.replace("<table class=\"detail\">", "<pre>").replace("</table>", "</pre>")
            })
        }),
        Right,
    ),
    fault(
        "a grid of blocks with text within its headers",
        Answer(|ask, reply| match ask.page {
            Some(page) => Reply::html(grid(&ask.other(page))),
            None => reply,
        }),
        Say("nothing fits the CSS table.list"),
    ),
    fault(
        "headers with elements of their own for their text",
        Answer(|ask, reply| {
            on_lists(ask, reply, |text| {
                let headers = text.replace("<th>", "<th class=h-header-cell><div><span class=h-header-cell-text>");
                headers.replace("</th>", "</span></div></th>")
            })
        }),
        Right,
    ),
    fault("rows of headings", Answer(|ask, reply| on_lists(ask, reply, |text| text.replace("td>", "th>"))), Say("")),
    fault(
        "rows that are one cell",
        Answer(|ask, reply| {
            on_lists(ask, reply, |text| text.replace("<tr><td>", "<tr><td colspan=8>").replace("</td><td>", " "))
        }),
        Say(""),
    ),
    fault(
        "headers that say their text twice",
        Answer(|ask, reply| {
            on_lists(ask, reply, |text| text.replace("<th>申请人</th>", "<th>申请人<span>申请人</span></th>"))
        }),
        Say("column=申请人"),
    ),
];

fn each_time(list: &mut crate::faults::world::List, change: impl Fn(&str) -> String) {
    list.rows.iter_mut().for_each(|row| row[5] = change(&row[5]));
}

fn on_details(ask: &Ask, reply: Reply, change: impl Fn(&str) -> String) -> Reply {
    if ask.is_detail() { Reply::html(change(&reply.text())) } else { reply }
}

fn on_lists(ask: &Ask, reply: Reply, change: impl Fn(&str) -> String) -> Reply {
    if ask.page.is_some() && !ask.json { Reply::html(change(&reply.text())) } else { reply }
}

/// The list as a grid of blocks, whose headers hold an element of their own for their text.
fn grid(list: &crate::faults::world::List) -> String {
    let header = |name: &String| {
        format!("<div role=columnheader class=g-header-cell><span class=g-header-cell-text>{name}</span></div>")
    };
    let cell = |text: &String| format!("<div role=gridcell>{text}</div>");
    let row = |cells: String| format!("<div role=row>{cells}</div>");
    let rows = list.rows.iter().map(|cells| row(cells.iter().map(cell).collect()));
    let head = row(list.headers.iter().map(header).collect());
    let all = head + rows.collect::<String>().as_str();
    let total = list.total.as_deref().unwrap_or_default();
    format!("<h1>水利局</h1><div role=grid>{all}</div><div class=total>{total}</div>")
}
