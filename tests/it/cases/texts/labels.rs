//! Labels that name a box: the text that people see beside them is what belongs to them, or it is told that it can't be known.

use std::fmt::Write as _;

use axum::{Router, extract::Path, response::Html, routing::get};
use queqiao::{
    adapter::Page,
    extract::{detail, mark},
};

use super::super::trial::Trial;
use crate::extract::{at, html, page};

fn title(html_text: &str) -> Result<String, String> {
    let page: Page = page(&[("title", "label=标题")]);
    detail(&page, &html(html_text)).map(|row| row["title"].clone()).map_err(|error| error.to_string())
}

#[test]
fn a_text_beside_a_label_goes_before_a_box_that_the_label_names() {
    for around in [
        "<div><label for=chk>标题</label><span>修路补贴</span></div><input type=checkbox id=chk>",
        "<div><input type=checkbox id=chk style='display:none'><label for=chk>标题</label><div>修路补贴</div></div>",
        "<table><tr><th><label for=chk>标题</label></th><td>修路补贴</td></tr></table><input type=checkbox id=chk>",
        "<table><tr><td><label for=chk>标题</label></td><td>修路补贴</td></tr></table><p><input type=checkbox id=chk>全选</p>",
        "<dl><dt><label for=chk>标题</label></dt><dd>修路补贴</dd></dl><input type=checkbox id=chk>",
        "<div class=item><label class=label for=chk>标题：</label> 修路补贴</div><input type=checkbox id=chk>",
        "<div><span class=label>标题</span><span>修路补贴</span></div><input type=checkbox aria-label=标题>",
        "<div><span class=label>标题</span><span>修路补贴</span></div><input type=checkbox title=标题 checked>",
    ] {
        assert_eq!(title(around).as_deref(), Ok("修路补贴"), "{around}");
    }
}

#[test]
fn a_box_is_never_taken_for_the_title_beside_it() {
    for around in [
        "<table><tr><th>标题</th><td><input type=checkbox> 修路补贴</td></tr></table>",
        "<table><tr><th><label for=c>标题</label></th><td><input type=checkbox id=c> 修路补贴</td></tr></table>",
        "<div><label for=c>标题</label><div><input type=checkbox id=c> 修路补贴</div></div>",
        "<div><input type=checkbox id=c><label for=c>标题</label><div class=value>修路补贴</div></div>",
        "<dl><dt>标题</dt><dd><input type=checkbox checked> 修路补贴</dd></dl>",
    ] {
        match title(around) {
            Ok(title) => assert_eq!(title, "修路补贴", "{around}"),
            Err(why) => assert!(why.contains("different texts"), "{around}: {why}"),
        }
    }
}

#[test]
fn a_box_that_is_the_answer_still_says_yes_or_no() {
    for (around, says) in [
        ("<input type=checkbox id=c checked><label for=c>标题</label>", "true"),
        ("<label for=c>标题</label><input type=checkbox id=c>", "false"),
        ("<label><input type=checkbox checked> 标题</label>", "true"),
        (
            "<table><tr><th><label for=c>标题</label></th><td><input type=checkbox id=c checked> 是</td></tr></table>",
            "true",
        ),
        ("<table><tr><th>标题</th><td><input type=checkbox></td></tr></table>", "false"),
        (
            "<p><input type=checkbox id=c><label for=c>标题</label> <input type=checkbox id=d checked><label for=d>其他</label></p>",
            "false",
        ),
        ("<div><input type=checkbox id=c checked><label for=c>标题</label><a href=/x>《须知》</a></div>", "true"),
        ("<div><label for=c>标题</label><div><input type=checkbox id=c checked> 标题</div></div>", "true"),
    ] {
        assert_eq!(title(around).as_deref(), Ok(says), "{around}");
    }
}

#[test]
fn what_is_empty_beside_a_label_is_empty_although_its_box_is_elsewhere() {
    let all = "<input type=checkbox id=all>";
    for (around, says) in [
        (format!("<p>{all}</p><div><label for=all>标题</label><span></span></div>"), ""),
        (format!("<p>{all}全选</p><div><label for=all>标题</label><div></div></div>"), ""),
        (format!("<table><tr><th><label for=all>标题</label></th><td></td></tr></table>{all}"), ""),
        // The label stands in a block of its own, the box in the next one.
        ("<div><div><label for=c>标题</label><i class=star></i></div><div><input type=checkbox id=c checked></div></div>".to_owned(), "true"),
    ] {
        assert_eq!(title(&around).as_deref(), Ok(says), "{around}");
    }
}

#[test]
fn to_tick_it_the_box_that_a_label_names_is_still_found() {
    let form = "<div><label data-queqiao=1 for=c>标题</label><span data-queqiao=2>请勾选</span></div><input data-queqiao=3 type=checkbox id=c>";
    assert_eq!(mark(&at("label=标题"), &html(form)).map_err(|error| error.to_string()), Ok(3));
}

/// A select-all box has the id that the labels of all details name.
fn served() -> Router {
    let list = (1..=300).fold(
        String::from("<p>共 300 条</p><table class=list><tr><th>编号</th><th>操作</th></tr>"),
        |mut list, no| {
            let _ = write!(list, "<tr><td>SL{no}</td><td><a href=\"detail/{no}\">查看</a></td></tr>");
            list
        },
    );
    let about = |Path(no): Path<usize>| async move {
        Html(format!(
            "<div class=bar><input type=checkbox id=title></div><div class=row><label for=title>标题</label><div>第{no}号补贴</div></div>\
             <div class=row><label for=state>状态</label><div>在办</div></div>"
        ))
    };
    let list = Html(list + "</table>");
    Router::new().route("/rows", get(move || async move { list.clone() })).route("/detail/{no}", get(about))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_titles_are_titles() {
    let trial = Trial::start("texts-of-details", served()).await;
    let report = trial.run("texts-collect").await;
    let cases = trial.cases().await;
    assert_eq!(cases.len(), 300, "{report:?}");
    for case in cases.values() {
        let expected = format!("第{}号补贴", &case.source_no[2..]);
        assert_eq!(case.fields.task_name.as_deref(), Some(expected.as_str()));
    }
    trial.end().await;
}
