//! Headers of blocks that hold elements for their text: each is one header.

use axum::Router;
use queqiao::extract::{Document, Row, listing};

use super::page_at;
use crate::{
    cases::trial::{Trial, replace},
    extract::{at, page, row},
};

const CASE: &str = "a-grid-with-text-within-its-headers";

fn served() -> Router {
    let html = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/cases/a-grid-with-text-within-its-headers/pages/grid.html"
    ));
    page_at("/rows", html.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_with_text_within_its_headers_is_read_by_them() {
    let trial = Trial::edited(CASE, served(), |root| {
        replace(&root.join("selectors/grid.toml"), "via   = \"browser\"", "via   = \"http\"");
    })
    .await;
    let report = trial.run("grid-collect").await;
    let cases = trial.cases().await;
    let read: Vec<_> = cases
        .iter()
        .map(|(no, case)| (no.as_str(), case.status.word(), case.fields.applicant_name.as_deref()))
        .collect();
    assert_eq!(read, [("SL1", "in_progress", Some("王小明")), ("SL2", "accepted", Some("李小红"))], "{report:?}");
    trial.end().await;
}

fn rows(html: &str) -> Result<Vec<Row>, String> {
    let page = queqiao::adapter::Page {
        table: Some(at("#g")),
        ..page(&[("no", "column=编号"), ("who", "column=申请人")])
    };
    listing(&page, &Document::parse(html, Some("text/html"))).map(|list| list.rows).map_err(|error| error.to_string())
}

#[test]
fn what_lies_within_a_header_is_none() {
    let expected = || Ok(vec![row(&[("no", "SL1"), ("who", "王小明")])]);
    let cells = "<div role=row><div role=gridcell>SL1</div><div role=gridcell>王小明</div></div>";
    let header = |header: &str| format!("<div id=g role=grid><div role=row>{header}</div>{cells}</div>");
    // One after the other: with a tooltip, a menu and a label of their own, each called after the header.
    for one in [
        "<div role=columnheader class=x-header-cell><span class=x-header-cell-label>X</span><i class=x-header-cell-menu></i></div>",
        "<div role=columnheader><div class=grid-header-cell><span class=grid-header-cell-text>X</span></div></div>",
        "<div class=x-header-cell><span class=x-header-cell-text>X</span></div>",
        "<div class=x-header-cell><div class=x-header-cell-inner><b class=x-header-cell-text>X</b></div><i class=x-header-cell-sort></i></div>",
    ] {
        let both = ["编号", "申请人"].map(|name| one.replace('X', name)).concat();
        assert_eq!(rows(&header(&both)), expected(), "{one}");
        // What holds all headers is none either.
        let around = format!("<div class=x-header-cells>{both}</div>");
        assert_eq!(rows(&header(&around)), expected(), "around {one}");
    }
}

#[test]
fn parts_of_cells_that_are_called_after_them_are_no_cells() {
    let html = "<div id=g><div class=el-table-v2__header-row><div class=el-table-v2__header-cell>编号</div><div class=el-table-v2__header-cell>申请人</div></div>
        <div class=el-table-v2__row><div class=el-table-v2__row-cell><div class=el-table-v2__row-cell-text>SL1</div></div>
        <div class=el-table-v2__row-cell><div class=el-table-v2__row-cell-text>王小明</div></div></div></div>";
    assert_eq!(rows(html), Ok(vec![row(&[("no", "SL1"), ("who", "王小明")])]));
}
