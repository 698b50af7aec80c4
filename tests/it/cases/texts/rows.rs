//! Rows that CSS names are records, whatever cells they have; and where rows are none, that is told.

use axum::{Router, response::Html, routing::get};
use queqiao::{
    adapter::Page,
    extract::{Listing, listing},
};

use crate::{
    cases::trial::{Trial, replace},
    extract::{html, rows, table},
};

fn read(page: &Page, text: &str) -> Listing {
    listing(page, &html(text)).unwrap()
}

fn names(page: &Page, text: &str) -> Vec<String> {
    read(page, text).rows.iter().map(|row| row["x"].clone()).collect()
}

#[test]
fn rows_that_css_names_are_records_whatever_cells_they_have() {
    let headings =
        "<table id=t><tr class=item><th>受理</th><th>甲</th></tr><tr class=item><th>办结</th><th>乙</th></tr></table>";
    let over_all = "<table id=t><tr><th>环节</th><th>时间</th></tr><tr class=item><td colspan=2>受理</td></tr><tr class=item><td colspan=2>办结</td></tr></table>";
    let mixed = "<table id=t><thead><tr><th>环节</th><th>时间</th></tr></thead><tr class=item><th>受理</th><td>1</td></tr><tr class=item><td colspan=2>办结</td></tr></table>";
    let in_head =
        "<table id=t><thead><tr class=item><th>受理</th></tr><tr class=item><th>办结</th></tr></thead></table>";
    let numbered = "<table id=t><tr data-id=1><th>受理</th></tr><tr data-id=2><th>办结</th></tr></table>";
    for (css, text) in [
        ("tr.item", headings),
        ("#t .item", over_all),
        ("#t tr.item", mixed),
        (".item", in_head),
        ("tr[data-id]", numbered),
        ("#t > tbody > tr.item, tr.other", headings),
    ] {
        let page = rows(css, &[("x", "css=th:first-child, td:first-child")]);
        assert_eq!(names(&page, text), ["受理", "办结"], "{css} in {text}");
        assert_eq!(read(&page, text).strays, Vec::<String>::new());
    }
}

#[test]
fn headers_sums_and_the_row_that_says_nothing_stay_no_records() {
    let list = "<table id=t><tr><th>环节</th><th>时间</th></tr><tr class=item><td>受理</td><td>1</td></tr><tr class=item><td>合计</td><td>1</td></tr></table>";
    for page in [
        rows("#t tr", &[("x", "column=环节")]),
        rows("#t .item", &[("x", "column=环节")]),
        table("#t", &[("x", "column=环节")]),
    ] {
        assert_eq!(names(&page, list), ["受理"]);
    }
    let empty =
        "<table id=t><tr><th>环节</th><th>时间</th></tr><tr class=item><td colspan=2>暂无数据</td></tr></table>";
    assert_eq!(names(&rows("tr.item", &[("x", "column=环节")]), empty), Vec::<String>::new());
    assert_eq!(names(&table("#t", &[("x", "column=环节")]), empty), Vec::<String>::new());
    // A table of headings alone is an empty list.
    let alone = "<table id=t><tr><th>环节</th><th>时间</th></tr></table>";
    assert_eq!(read(&rows("#t tr", &[("x", "column=环节")]), alone).strays, Vec::<String>::new());
}

#[test]
fn rows_that_are_found_and_dropped_are_told() {
    let headings = "<table id=t><tr><th>受理</th><th>甲</th></tr><tr><th>办结</th><th>乙</th></tr><tr><th>送达</th><th>丙</th></tr></table>";
    let told = read(&rows("#t tr", &[("x", "css=th")]), headings).strays;
    assert!(told.len() == 1 && told[0].contains("3 rows") && told[0].contains("tr.item"), "{told:?}");
}

/// Details whose process stands in rows of headings alone.
fn served(step: &'static str) -> Router {
    let list = "<p>共 2 条</p><table class=list><tr><th>编号</th><th>操作</th></tr><tr><td>SL1</td><td><a href=\"detail/1\">查看</a></td></tr>\
                <tr><td>SL2</td><td><a href=\"detail/2\">查看</a></td></tr></table>";
    let about = move || async move {
        Html(format!("<dl><dt>标题</dt><dd>补贴</dd><dt>状态</dt><dd>在办</dd></dl><table>{}</table>", step.repeat(3)))
    };
    Router::new().route("/rows", get(move || async move { Html(list) })).route("/detail/{no}", get(about))
}

async fn events(step: &'static str, css: &str) -> (Vec<usize>, Vec<String>) {
    let trial = Trial::edited("texts-of-details", served(step), |root| {
        let bot = root.join("bots/texts-collect.toml");
        replace(&bot, "detail = \"detail\"\n", "detail = \"detail\"\nevents = \"process\"\n");
        replace(
            &bot,
            "[codes.status]",
            "[event]\nname = \"event.name\"\ntime = \"event.time | date('%Y-%m-%d')\"\n\n[codes.status]",
        );
        replace(&root.join("selectors/texts.toml"), "tr.step", css);
    })
    .await;
    let report = trial.run("texts-collect").await;
    let events = trial.cases().await.values().map(|case| case.events.len()).collect();
    trial.end().await;
    (events, report.reading.warnings)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_in_rows_of_headings_is_read_or_it_is_told() {
    let headings = "<tr class=step><th>受理</th><th>2026-11-01</th></tr>";
    assert_eq!(events(headings, "tr.step").await.0, [3, 3]);
    let over_all = "<tr class=step><td colspan=2><b>受理</b> <i>2026-11-01</i></td></tr>";
    assert_eq!(events(over_all, "tr.step").await.0, [3, 3]);
    let (read, warnings) = events(headings, "table tr").await;
    assert!(read == [0, 0] && warnings.iter().any(|warning| warning.contains("3 rows")), "{warnings:?}");
}
