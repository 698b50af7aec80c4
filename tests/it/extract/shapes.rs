//! The shapes that table widgets give one table, and what must not matter about a page.

use proptest::prelude::*;
use queqiao::extract::listing;

use super::{html, row, table};

fn read(locator: &str, fields: &[(&str, &str)], text: &str) -> Vec<queqiao::extract::Row> {
    listing(&table(locator, fields), &html(text)).unwrap().rows
}

const FIELDS: &[(&str, &str)] = &[("no", "column=编号"), ("item", "column=事项"), ("open", "column=操作 a @href")];

fn expected() -> Vec<queqiao::extract::Row> {
    let row = |no: &str, item: &str| row(&[("no", no), ("item", item), ("open", no)]);
    vec![row("A1", "甲"), row("A2", "乙")]
}

#[test]
fn layui_keeps_the_header_in_a_table_of_its_own_and_repeats_fixed_columns() {
    let text = "<div class='layui-table-view'><div class='layui-table-box'>
      <div class='layui-table-header'><table class='layui-table'><thead><tr><th><div class='layui-table-cell'><span>编号</span>
        <span class='layui-table-sort'></span></div></th><th><span>事项</span></th><th>操作</th></tr></thead></table></div>
      <div class='layui-table-body layui-table-main'><table class='layui-table'><tbody>
        <tr data-index=0><td>A1</td><td>甲</td><td><a href=A1>看</a></td></tr>
        <tr data-index=1><td>A2</td><td>乙</td><td><a href=A2>看</a></td></tr></tbody></table></div>
      <div class='layui-table-fixed layui-table-fixed-r'><div class='layui-table-header'><table class='layui-table'>
        <thead><tr><th>操作</th></tr></thead></table></div><div class='layui-table-body'><table class='layui-table'><tbody>
        <tr><td><a href=A1>看</a></td></tr><tr><td><a href=A2>看</a></td></tr></tbody></table></div></div>
      </div><div class='layui-table-total'><table class='layui-table'><tbody><tr><td>合计<td>2<td></tr></table></div></div>";
    for locator in ["table.layui-table", ".layui-table-view", ".layui-table-main table", ".layui-table-header table"] {
        assert_eq!(read(locator, FIELDS, text), expected(), "{locator}");
    }
    let empty = "<div><div class='layui-table-box'><div class='layui-table-header'><table class='layui-table'><thead><tr>
        <th>编号<th>事项<th>操作</tr></thead></table></div><div class='layui-table-main'><div class='layui-none'>无数据</div>
        </div></div></div>";
    assert_eq!(read("table.layui-table", FIELDS, empty), []);
}

#[test]
fn element_ui_hides_the_cells_that_its_fixed_copies_show() {
    let head = |hidden: &str| {
        format!(
            "<div class='el-table__header-wrapper'><table class='el-table__header'><colgroup></colgroup><thead><tr>
            <th><div class='cell'>编号</div></th><th class='{hidden}'><div class='cell'>事项</div></th>
            <th><div class='cell'>操作</div></th><th class='gutter'></th></tr></thead></table></div>"
        )
    };
    let body = |rows: &str| {
        format!("<div class='el-table__body-wrapper'><table class='el-table__body'><tbody>{rows}</tbody></table></div>")
    };
    let main = "<tr class='el-table__row'><td>A1<td>甲<td class='is-hidden'><div></div></tr>
        <tr class='el-table__row'><td>A2<td>乙<td class='is-hidden'><div></div></tr>";
    let fixed = "<tr class='el-table__row'><td class='is-hidden'>A1<td class='is-hidden'><td><a href=A1>看</a></tr>
        <tr class='el-table__row'><td class='is-hidden'>A2<td class='is-hidden'><td><a href=A2>看</a></tr>";
    let text = format!(
        "<div class='el-table'>{}{}<div class='el-table__footer-wrapper'><table class='el-table__footer'><tbody><tr>
        <td>合计<td><td></tr></table></div><div class='el-table__fixed-right'>{}{}</div></div>",
        head(""),
        body(main),
        head("is-hidden"),
        body(fixed)
    );
    for locator in [".el-table", ".el-table__body", ".el-table__body-wrapper table"] {
        assert_eq!(read(locator, FIELDS, &text), expected(), "{locator}");
    }
    let rows = listing(&super::rows(".el-table__row", FIELDS), &html(&text)).unwrap().rows;
    assert_eq!(rows, expected());
}

#[test]
fn easyui_puts_frozen_columns_beside_the_others() {
    let view = |number: u8, head: &str, body: &str| {
        format!(
            "<div class='datagrid-view{number}'><div class='datagrid-header'><div><table class='datagrid-htable'><tbody>
            <tr class='datagrid-header-row'>{head}</tr></tbody></table></div></div><div class='datagrid-body'>
            <table class='datagrid-btable'><tbody>{body}</tbody></table></div></div>"
        )
    };
    let text = format!(
        "<div class='datagrid-view'>{}{}</div>",
        view(1, "<td></td><td><div><span>编号</span></div></td>", "<tr><td>1<td>A1</tr><tr><td>2<td>A2</tr>"),
        view(
            2,
            "<td>事项</td><td>操作</td>",
            "<tr><td>甲<td><a href=A1>看</a></tr><tr><td>乙<td><a href=A2>看</a></tr>"
        )
    );
    for locator in [".datagrid-view", ".datagrid-btable", ".datagrid-view2 .datagrid-btable"] {
        assert_eq!(read(locator, FIELDS, &text), expected(), "{locator}");
    }
}

#[test]
fn tables_of_blocks_are_known_by_roles_or_by_the_names_of_widgets() {
    let row = |tag: &str, at: usize| {
        let no = at + 1;
        let name = ["甲", "乙"][at];
        format!(
            "<div role=row {tag}><div role=gridcell>A{no}</div><div role=gridcell>{name}</div><div role=gridcell><a href=A{no}>看</a></div></div>"
        )
    };
    let plain = format!(
        "<div role=grid><div role=rowgroup><div role=row><div role=columnheader>编号</div><div role=columnheader>事项 ▲</div>
        <div role=columnheader>操作</div></div></div><div role=rowgroup>{}{}</div></div>",
        row("", 0),
        row("class=x", 1)
    );
    for locator in ["[role=grid]", "[role=row]", "[role=rowgroup]"] {
        assert_eq!(read(locator, FIELDS, &plain), expected(), "{locator}");
    }
    assert_eq!(listing(&super::rows(".x", FIELDS), &html(&plain)).unwrap().rows, expected()[1..]);
    // ag-grid: pinned columns in a container of their own, cells and rows in any order, both counted.
    let ag = "<div class=ag-root role=treegrid><div class=ag-header><div class=ag-pinned-left-header><div role=row aria-rowindex=1>
        <div role=columnheader aria-colindex=1 col-id=no><span>编号</span></div></div></div><div role=row aria-rowindex=1>
        <div role=columnheader aria-colindex=3 col-id=op>操作</div><div role=columnheader aria-colindex=2 col-id=item>事项</div></div></div>
        <div class=ag-body><div class=ag-pinned-left-cols-container><div role=row row-index=1 aria-rowindex=3><div role=gridcell aria-colindex=1>A2</div></div>
        <div role=row row-index=0 aria-rowindex=2><div role=gridcell aria-colindex=1>A1</div></div></div>
        <div class=ag-center><div role=row row-index=0 aria-rowindex=2><div role=gridcell aria-colindex=3><a href=A1>看</a></div><div role=gridcell aria-colindex=2>甲</div></div>
        <div role=row row-index=1 aria-rowindex=3><div role=gridcell aria-colindex=2>乙</div><div role=gridcell aria-colindex=3><a href=A2>看</a></div></div></div></div></div>";
    assert_eq!(read(".ag-root", FIELDS, ag), expected());
    let antd = "<div class=ant-table><div class=ant-table-header><table><thead><tr><th class=ant-table-cell>编号<th>事项<th>操作</tr></thead></table></div>
        <div class=ant-table-tbody-virtual><div class=ant-table-row><div class=ant-table-cell>A1</div><div class=ant-table-cell>甲</div><div class=ant-table-cell><a href=A1>看</a></div></div>
        <div class=ant-table-row><div class=ant-table-cell>A2</div><div class=ant-table-cell>乙</div><div class=ant-table-cell><a href=A2>看</a></div></div></div></div>";
    for locator in [".ant-table", ".ant-table table"] {
        assert_eq!(read(locator, FIELDS, antd), expected(), "{locator}");
    }
    let v2 = "<div class=el-table-v2><div class='el-table-v2__header-row'><div class='el-table-v2__header-cell'>编号</div><div class='el-table-v2__header-cell'>事项</div>
        <div class='el-table-v2__header-cell'>操作</div></div><div class=el-table-v2__body><div class='el-table-v2__row'><div class='el-table-v2__row-cell'>A1</div>
        <div class='el-table-v2__row-cell'>甲</div><div class='el-table-v2__row-cell'><a href=A1>看</a></div></div><div class='el-table-v2__row'><div class='el-table-v2__row-cell'>A2</div>
        <div class='el-table-v2__row-cell'>乙</div><div class='el-table-v2__row-cell'><a href=A2>看</a></div></div></div></div>";
    assert_eq!(read(".el-table-v2", FIELDS, v2), expected());
}

#[test]
fn tables_that_look_alike_are_not_copies_of_each_other() {
    let one = |no: &str| format!("<table><tr><th>编号<th>事项<tr><td>{no}<td>甲</table>");
    let text = format!("<div id=all>{}{}</div>", one("A1"), one("A2"));
    let numbers: Vec<_> = read("#all", &FIELDS[..2], &text).into_iter().map(|row| row["no"].clone()).collect();
    assert_eq!(numbers, ["A1", "A2"]);
    let other = format!("<div id=all>{}<table><tr><td>x<td>y</table></div>", one("A1"));
    let message = listing(&table("#all", &FIELDS[..2]), &html(&other)).unwrap_err().to_string();
    assert!(message.contains("the table has no headers"), "{message}");
}

#[test]
fn plain_cells_are_a_header_where_they_say_a_header_that_was_asked_for() {
    let text = "<table><tr><td>编号</td><td>事项</td></tr><tr><td>A1</td><td>甲</td></tr></table>";
    assert_eq!(read("table", &FIELDS[..2], text).len(), 1);
    assert_eq!(read("table", &[("first", "td:first-child")], text).len(), 2);
    let message = listing(&table("table", &[("no", "column=流水号")]), &html(text)).unwrap_err().to_string();
    assert!(message.contains("the table has no headers") && !message.contains("甲"), "{message}");
}

/// A table with these columns, in wrappers and with classes and ids of these names.
fn built(order: &[usize], rows: &[[String; 4]], names: &[String], wrappers: usize) -> String {
    const HEADERS: [&str; 4] = ["编号", "事项", "状态", "时间"];
    let name = |at: usize| names[at % names.len()].as_str();
    let head: String =
        order.iter().map(|column| format!("<th class={}>{}</th>", name(*column), HEADERS[*column])).collect();
    let line = |row: &[String; 4]| -> String {
        let cell = |column: &usize| format!("<td class={}><span id={}>{}</span></td>", name(1), name(2), row[*column]);
        format!("<tr class={}>{}</tr>", name(3), order.iter().map(cell).collect::<String>())
    };
    let body: String = rows.iter().map(line).collect();
    let table = format!("<table class={}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>", name(0));
    (0..wrappers).fold(table, |inner, at| format!("<div class={} id={}>{inner}</div>", name(at), name(at + 1)))
}

fn records() -> impl Strategy<Value = Vec<[String; 4]>> {
    let text = || "[a-z0-9甲乙丙丁 ]{1,8}[a-z0-9甲]";
    let record = [text(), text(), text(), text()];
    proptest::collection::vec(record, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn neither_the_order_of_columns_nor_wrappers_nor_classes_matter(
        rows in records(),
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        names in proptest::collection::vec("[a-z]{3,8}-[0-9]{1,3}", 4..8),
        wrappers in 0_usize..5,
    ) {
        let fields = [("no", "column=编号"), ("item", "column=事项"), ("status", "column=状态"), ("at", "column=时间")];
        let plain = built(&[0, 1, 2, 3], &rows, &["x".to_owned()], 0);
        let changed = built(&order, &rows, &names, wrappers);
        let (plain, changed) = (read("table", &fields, &plain), read("table", &fields, &changed));
        prop_assert_eq!(plain.len(), rows.len());
        prop_assert_eq!(plain, changed);
    }

    #[test]
    fn no_page_whatever_makes_reading_panic(text in "(<(table|tr|th|td|div|label|input|dl|dt|dd)( (class|for|id|colspan|rowspan)=('[a-z0-9]{0,3}'|5))?>|</(table|tr|div|td)>|编号|：|[a-z ]){0,60}") {
        let _ = listing(&table("table", FIELDS), &html(&text));
        let _ = queqiao::extract::detail(&super::page(&[("a", "label=编号")]), &html(&text));
    }
}
