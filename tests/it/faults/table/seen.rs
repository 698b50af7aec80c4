//! Faults of what a page shows and what it only holds: stylesheets, scripts, lists that show a part.

use super::{
    Fault,
    Must::{Right, Warn},
    fault,
};
use crate::faults::{
    office::{
        Ask,
        Corrupt::{Detail as OfDetail, List as OfList, Reply as Answer},
        Reply,
    },
    world::List,
};

pub static SEEN: &[Fault] = &[
    fault(
        "an edit form in each cell, hidden by a sheet",
        OfList(|_, list| {
            beside(list, ".ed { display: none }", |value| format!("<form class=ed><input value=\"{value}\"></form>"));
        }),
        Right,
    ),
    fault(
        "an edit form with a beautified select, hidden by a sheet",
        OfList(|_, list| {
            beside(list, ".ed, .ed * { display: none }", |value| {
                format!("<form class=ed><select><option selected>{value}</select><ul><li>{value}<li>其他</ul></form>")
            });
        }),
        Right,
    ),
    fault(
        "former values hidden by a class of a sheet",
        OfList(|_, list| beside(list, "table .old { display: none }", |_| "<span class=old>办结</span>".to_owned())),
        Right,
    ),
    fault(
        "former values made invisible by a sheet",
        OfList(|_, list| beside(list, ".old { visibility: hidden }", |_| "<span class=old>办结</span>".to_owned())),
        Right,
    ),
    fault(
        "former values hidden with importance",
        OfList(|_, list| {
            let css = "td>.old{display:none!important}.old.old{display:inline}";
            beside(list, css, |_| "<span class=old>办结</span>".to_owned());
        }),
        Right,
    ),
    fault(
        "former values hidden on screens alone",
        OfList(|_, list| {
            let css = "@media only screen and (min-width: 600px) { .old { display: none } }";
            beside(list, css, |_| "<span class=old>办结</span>".to_owned());
        }),
        Right,
    ),
    fault(
        "former values for screen readers by a sheet of its own",
        OfList(|_, list| {
            let css = ".say { position: absolute; clip: rect(0 0 0 0); width: 1px }";
            beside(list, css, |_| "<span class=say>办结</span>".to_owned());
        }),
        Right,
    ),
    fault("a sheet for paper that hides the list", OfList(|_, list| list.more = paper()), Right),
    fault(
        "values that a sheet hides and shows again",
        OfList(|_, list| {
            list.more += "<style>.val { display: none } td > .val { display: inline }</style>";
            values(list, |value| format!("<span class=val>{value}</span>"));
        }),
        Right,
    ),
    fault(
        "a select under what is shown for it",
        OfList(|_, list| {
            let css = ".nat { opacity: 0; position: absolute }";
            beside(list, css, |value| format!("<select class=nat><option selected>{value}</select>"));
        }),
        Right,
    ),
    fault(
        "former values in closed details",
        OfList(|_, list| {
            beside(list, "", |_| "<details><summary></summary><p>办结</p></details>".to_owned());
        }),
        Right,
    ),
    fault(
        "former values in the details of a case, hidden by a sheet",
        OfDetail(|_, detail, _| {
            for label in ["联系电话", "申请时间", "经办人"] {
                let old = "<style>.old { display: none }</style><p class=old>2001-01-01 01:01</p>";
                detail.change(label, |value| format!("{old}{value}"));
            }
        }),
        Right,
    ),
    fault("former values hidden by a linked sheet", Answer(linked), Right),
    fault(
        "a sheet that only a browser understands",
        OfList(|_, list| list.more += "<style>.none:lang(en) { display: none }</style>"),
        Warn("only a browser can tell"),
    ),
    fault(
        "a paged list that counts all its rows",
        Answer(|ask, reply| {
            rewritten(ask, reply, "<table class=\"list\">", "<table class=\"list\" aria-rowcount=\"124\">")
        }),
        Right,
    ),
];

/// Puts something before the values of each row, and a sheet on the page.
fn beside(list: &mut List, css: &str, more: fn(&str) -> String) {
    list.more += &format!("<style>{css}</style>");
    values(list, |value| format!("{}<div>{value}</div>", more(value)));
}

/// Changes what is written in the cells between a row's number and its link.
fn values(list: &mut List, change: impl Fn(&str) -> String) {
    for row in &mut list.rows {
        let last = row.len() - 1;
        row[1..last].iter_mut().for_each(|cell| *cell = change(cell));
    }
}

fn paper() -> String {
    "<style>@media print { table { display: none } } @media (max-width: 400px) { td { display: none } }</style>"
        .to_owned()
}

fn rewritten(ask: &Ask, reply: Reply, old: &str, new: &str) -> Reply {
    if ask.page.is_none() || ask.json {
        return reply;
    }
    Reply { body: reply.text().replace(old, new).into_bytes(), ..reply }
}

/// The list links to a sheet, which is served where it says.
fn linked(ask: &Ask, reply: Reply) -> Reply {
    if ask.page.is_none() && ask.no.is_none() {
        return Reply { status: 200, ..Reply::html(".old { display: none }").labelled("text/css") };
    }
    let linked = rewritten(ask, reply, "</head>", "<link rel=\"stylesheet\" href=\"office.css\"></head>");
    rewritten(ask, linked, "<td>", "<td><b class=\"old\">旧</b>")
}
