//! Faults that only a page with scripts can have. One browser for all of them.

use super::{
    Line, complaints,
    office::{
        Ask,
        Corrupt::{self, Reply as Answer},
        Office, Reply,
    },
    recovered,
    rig::Rig,
    table::Must::{self, Right, Say},
    verdict::{Verdict, held},
    world::World,
};

const BOT: &str = "office-browser";
/// Cases of the office: two pages, since a browser takes its time.
const CASES: usize = 40;

const FAULTS: &[(&str, Corrupt, Must)] = &[
    (
        "alert on load",
        Answer(|ask, reply| script(ask, reply, "alert('密码即将过期，请尽快修改')")),
        Say("密码即将过期"),
    ),
    (
        "a script empties the table",
        Answer(|ask, reply| {
            script(ask, reply, "for (const row of document.querySelectorAll('td')) row.parentNode.remove()")
        }),
        Say("states 43"),
    ),
    (
        "rows that come late",
        Answer(|ask, reply| {
            let late = "const t = document.querySelector('table'), rows = t.innerHTML; t.innerHTML = ''; \
                 fetch('portal.do').then(() => { t.innerHTML = rows })";
            script(ask, reply, late)
        }),
        Right,
    ),
    (
        "a script leads elsewhere",
        Answer(|ask, reply| script(ask, reply, "location.replace('portal.do')")),
        Say("records are not"),
    ),
    (
        "a script adds copies and a sheet that hides them",
        Answer(|ask, reply| script(ask, reply, &copies("display:none"))),
        Right,
    ),
    (
        "a script adds copies and a sheet that makes them invisible",
        Answer(|ask, reply| script(ask, reply, &copies("visibility:hidden"))),
        Right,
    ),
    (
        "a script hides rows by a class",
        Answer(|ask, reply| {
            let hides = "const s = document.createElement('style'); s.textContent = '.gone{display:none}'; document.head.append(s); \
                 for (const row of [...document.querySelectorAll('table.list tr')].slice(3, 6)) row.className = 'gone'";
            script(ask, reply, hides)
        }),
        Say("states 43"),
    ),
    ("a page to be kept, in the browser", Answer(|ask, reply| second(ask, reply, kept)), Say("hands out a file")),
    ("a PDF, in the browser", Answer(|ask, reply| second(ask, reply, pdf)), Say("is no page")),
    ("204, in the browser", Answer(|ask, reply| second(ask, reply, nothing)), Say("HTTP 204")),
    (
        "302 without a place, in the browser",
        Answer(|ask, reply| second(ask, reply, astray)),
        Say("redirect (HTTP 302)"),
    ),
];

/// A script that puts another value before each, and a sheet that keeps it from sight.
fn copies(hides: &str) -> String {
    format!(
        "const s = document.createElement('style'); s.textContent = '.cp{{{hides}}}'; document.head.append(s); \
         for (const cell of document.querySelectorAll('table.list td')) {{ \
         const copy = document.createElement('span'); copy.className = 'cp'; copy.textContent = '办结'; cell.prepend(copy); }}"
    )
}

/// The second page as another answer.
fn second(ask: &Ask, reply: Reply, change: impl Fn(Reply) -> Reply) -> Reply {
    if ask.is_page(2) { change(reply) } else { reply }
}

fn kept(reply: Reply) -> Reply {
    reply.with("Content-Disposition", "attachment; filename=\"list.html\"")
}

fn pdf(reply: Reply) -> Reply {
    Reply { body: b"%PDF-1.4\n%%EOF\n".to_vec(), ..reply }.labelled("application/pdf")
}

fn nothing(reply: Reply) -> Reply {
    Reply { status: 204, body: Vec::new(), ..reply }
}

fn astray(reply: Reply) -> Reply {
    Reply { status: 302, ..reply }
}

/// The second page with a script of its own.
fn script(ask: &Ask, reply: Reply, script: &str) -> Reply {
    if !ask.is_page(2) {
        return reply;
    }
    let text = reply.text().replace("</body>", &format!("<script>{script}</script></body>"));
    Reply { body: text.into_bytes(), ..reply }
}

pub async fn tries() -> Vec<Line> {
    let office = Office::open(World::of(CASES)).await;
    let rig = Rig::start(&office.base, None).await;
    let report = rig.run(BOT, false).await;
    assert!(report.reconciled(), "{report:?}");
    let mut lines = Vec::new();
    office.set(office.world().later());
    for (name, corrupt, must) in FAULTS {
        rig.wait(2);
        office.corrupt(*corrupt);
        let before = held(&rig).await;
        let report = rig.run(BOT, false).await;
        let verdict = Verdict::of(&rig, report, &before, &office.world()).await;
        let mut complaints = complaints(*must, &verdict);
        office.corrupt(Corrupt::Nothing);
        complaints.extend(recovered(&rig, &office, BOT).await);
        lines.push(Line { name: (*name).to_owned(), verdict, complaints });
    }
    rig.end().await;
    lines
}
