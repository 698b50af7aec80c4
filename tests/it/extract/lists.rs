//! Lists: tables in all their shapes, cards, JSON.

use queqiao::extract::{Document, ExtractError, Listing, listing};

use super::{at, html, page, row, rows, table};

fn read(page: &queqiao::adapter::Page, text: &str) -> Listing {
    listing(page, &html(text)).unwrap()
}

fn fails(page: &queqiao::adapter::Page, text: &str) -> String {
    listing(page, &html(text)).unwrap_err().to_string()
}

fn numbers(listing: &Listing) -> Vec<&str> {
    listing.rows.iter().map(|row| row["no"].as_str()).collect()
}

const PLAIN: &str = "<table id=grid><thead><tr><th>办件编号 ：</th><th>* 事　项</th><th>操作</th></tr></thead><tbody>
    <tr><td> A-1 </td><td>取水<b>许可</b></td><td><a href='d?id=1'>查看</a> <a class=x>删除</a></td></tr>
    <tr><td>A-2</td><td><p>变更</p><p>取水</p></td><td><a href='d?id=2'>查看</a></td></tr></tbody></table>";

#[test]
fn a_plain_table_is_read_by_its_headers() {
    let fields = [("no", "column=办件编号"), ("item", "column=事项"), ("open", "column=操作 a[href] @href")];
    let listing = read(&table("#grid", &fields), PLAIN);
    assert_eq!(listing.rows[0], row(&[("no", "A-1"), ("item", "取水许可"), ("open", "d?id=1")]));
    assert_eq!(listing.rows[1], row(&[("no", "A-2"), ("item", "变更 取水"), ("open", "d?id=2")]));
    assert_eq!((listing.rows.len(), listing.total), (2, None));
    assert_eq!(read(&rows("#grid tr", &fields), PLAIN).rows, listing.rows);
    assert_eq!(read(&table("table tbody", &fields), PLAIN).rows, listing.rows);
}

#[test]
fn a_header_that_is_not_there_is_an_error_that_names_what_is() {
    let message = fails(&table("#grid", &[("no", "column=办件号")]), PLAIN);
    assert_eq!(
        message,
        "page `list`, record 1: `no` is not where `column=办件号` points: \
         no header is 办件号; there are 办件编号, 事项, 操作; did you mean 办件编号?"
    );
}

#[test]
fn two_columns_of_one_name_are_never_quietly_the_first() {
    let html = "<table><tr><th rowspan=2>编号<th colspan=2>受理<th colspan=2>办结<tr><th>时间<th>人员<th>时间<th>人员
        <tr><td>1<td>a<td>b<td>c<td>d</table>";
    let message = fails(&table("table", &[("at", "column=时间")]), html);
    assert!(message.contains("2 columns have the header 时间: 受理/时间, 办结/时间"), "{message}");
    let fields = [("no", "column=编号"), ("at", "column=办结/时间"), ("by", "column=受理/人员")];
    assert_eq!(read(&table("table", &fields), html).rows, [row(&[("no", "1"), ("at", "c"), ("by", "b")])]);
}

#[test]
fn cells_that_span_count_for_every_row_and_column_they_cover() {
    let html = "<table><tr><th>区<th>镇<th>数<tr><td rowspan=2>河东<td>九曲<td>3<tr><td>相公<td>4
        <tr><td colspan=2>其他<td>7<tr><td colspan=2>合计<td>14</table>";
    let listing = read(&table("table", &[("a", "column=区"), ("b", "column=镇"), ("no", "column=数")]), html);
    let told: Vec<_> = listing.rows.iter().map(|row| format!("{} {} {}", row["a"], row["b"], row["no"])).collect();
    assert_eq!(told, ["河东 九曲 3", "河东 相公 4", "其他 其他 7"]);
}

#[test]
fn rows_that_are_no_records_are_left_out() {
    let html = "<table class=list><thead><tr><th>编号<th>事项</thead><tbody>
        <tr><th colspan=2>优先级：紧急</th></tr><tr><td>1<td>a</tr>
        <tr style='display: none'><td>2<td>b</tr><tr><td>3<td><table><tr><td>inner</table></tr>
        <tr><th colspan=2><table><tr><td>上一页<td>1..2</table></th></tr></tbody><tfoot><tr><td>x<td>y</tfoot></table>";
    let listing = read(&table("table.list", &[("no", "column=编号")]), html);
    assert_eq!(numbers(&listing), ["1", "3"]);
    for empty in ["暂无数据", "无数据", " 没有找到匹配的记录 ", "", "No data"] {
        let html = format!("<table><tr><th>编号<th>事项<tr><td colspan=2>{empty}</td></tr></table>");
        assert_eq!(read(&table("table", &[("no", "column=编号")]), &html).rows.len(), 0, "{empty}");
    }
    let message = fails(&table("table", &[("item", "column=事项")]), "<table><tr><th>编号<th>事项<tr><td>1</table>");
    assert!(message.contains("record 1: `item`") && message.contains("no cell under the header 事项"), "{message}");
}

#[test]
fn headings_and_sums_between_records_are_none_and_a_heading_is_read_from_before_each() {
    let html = "<h2>第一批</h2><table><tr><td colspan=3>办件一览</td></tr><tr><th>编号<th>事项<th>数
        <tr class=town><td colspan=3><b>九曲街道</b>（2 件）</td></tr><tr><td>1<td>a<td>3</tr><tr><td>2<td>b<td>4</tr>
        <tr><td colspan=2>九曲街道小计<td>7</tr><tr class=town><td>相公街道</td><td></td><td></td></tr><tr><td>3<td>c<td>1</tr>
        <tr><td>小计：<td><td>1</tr><tr><td>本页合计（3 件）<td><td>8</tr></table>";
    let fields = [("no", "column=编号"), ("town", "heading=tr.town /^(\\S+?)(?:（|$)/"), ("batch", "heading=h2")];
    let read = read(&table("table", &fields), html);
    let told: Vec<_> = read.rows.iter().map(|row| format!("{} {} {}", row["no"], row["town"], row["batch"])).collect();
    assert_eq!(told, ["1 九曲街道 第一批", "2 九曲街道 第一批", "3 相公街道 第一批"]);
    let message = fails(&table("table", &[("town", "heading=tr.county")]), html);
    assert!(message.contains("nothing before the record fits the CSS tr.county"), "{message}");
    let cards = "<h3>九曲</h3><div class=card><p>编号：1</p></div><div class=card><h3>内</h3><p>编号：2</p></div>
        <div><h3>相公</h3><div class=card><p>编号：3</p></div></div><h3 style='display:none'>隐</h3><div class=card><p>编号：4</p></div>";
    let towns = listing(&rows(".card", &[("town", "heading=h3")]), &super::html(cards)).unwrap().rows;
    let towns: Vec<_> = towns.iter().map(|row| row["town"].as_str()).collect();
    assert_eq!(towns, ["九曲", "九曲", "相公", "相公"]);
}

#[test]
fn a_record_may_take_several_rows() {
    let told = |page: &queqiao::adapter::Page, html: &str| -> Vec<String> {
        read(page, html).rows.iter().map(|row| row.values().cloned().collect::<Vec<_>>().join(" ")).collect()
    };
    let fields = [("a", "column=编号"), ("b", "column=事项"), ("c", "column=申请人"), ("d", "column=时间")];
    let lined = queqiao::adapter::Page { lines: Some(2), ..table("table", &fields) };
    let expected = ["1 取水 甲 3-1", "2 变更 乙 3-2"];
    let head = "<tr><th>编号<th>事项<tr><th>申请人<th>时间";
    let two = format!("<table>{head}<tr><td>1<td>取水<tr><td>甲<td>3-1<tr><td>2<td>变更<tr><td>乙<td>3-2</table>");
    assert_eq!(told(&lined, &two), expected);
    let spanned = "<table><tr><th rowspan=2>编号<th>事项<th>状态<tr><th>申请人<th>时间
        <tr><td rowspan=2>1<td>取水<td>x<tr><td>甲<td>3-1<tr><td rowspan=2>2<td>变更<td>y<tr><td>乙<td>3-2</table>";
    assert_eq!(told(&lined, spanned), expected);
    assert_eq!(told(&table("table", &fields), spanned), expected);
    let bodies = "<table><thead><tr><th>编号<th>事项<tr><th>申请人<th>时间</thead><tbody class=case><tr><td>1<td>取水<tr><td>甲<td>3-1
        <tbody><tr><td>x<td>y<tbody class=case><tr><td>2<td>变更<tr><td>乙<td>3-2</table>";
    assert_eq!(told(&rows("tbody.case", &fields), bodies), expected);
    let labelled = "<table><tr><th>编号<th>事项<tr><td rowspan=2>1<td>取水<tr><td colspan=2>申请人：甲　时间：3-1
        <tr><td rowspan=2>2<td>变更<tr><td colspan=2>申请人：乙　时间：3-2</table>";
    let fields = [("a", "column=编号"), ("b", "column=事项"), ("c", "label=申请人"), ("d", "label=时间")];
    let lone = labelled.replace("<td rowspan=2>", "<td>");
    assert_eq!(told(&queqiao::adapter::Page { lines: Some(2), ..table("table", &fields) }, &lone), expected);
    let merged =
        "<table><tr><th>镇<th>编号<tr><td rowspan=2>九曲<td>1<tr><td>2<tr><td rowspan=2>相公<td>3<tr><td>4</table>";
    assert_eq!(
        told(&table("table", &[("a", "column=镇"), ("b", "column=编号")]), merged),
        ["九曲 1", "九曲 2", "相公 3", "相公 4"]
    );
    let one = format!("<table>{head}<tr><td>1<td>取水<tr><td>甲<td>3-1<tr><td>2<td>变更</table>");
    assert!(fails(&lined, &one).contains("record 2: `c`"));
}

#[test]
fn what_folds_or_hides_part_of_a_cell_changes_no_text() {
    let html = "<table><tr><th>编号<span class=sort>▲▼</span></th><th>事项 <i class=material-icons>arrow_upward</i></th>
        <th><i class='layui-icon'>\u{e605}</i>申请人<span class='sr-only'>可排序</span><em>ⓘ</em></th><th>操作</th></tr>
        <tr><td>1<span style='position:absolute; left:-9999px'>1</span><a href='javascript:;'>复制</a></td><td><span>取水…</span><a onclick='x()'>展开</a></td>
        <td>甲<span class='visible-xs'>申请人：甲</span><b class='d-none'>甲</b><i class='d-none d-md-inline'>（自然人）</i></td><td><a>展开</a></td></tr></table>";
    let fields = [("a", "column=编号"), ("b", "column=事项"), ("c", "column=申请人"), ("d", "column=操作")];
    let expected = row(&[("a", "1"), ("b", "取水…"), ("c", "甲（自然人）"), ("d", "展开")]);
    assert_eq!(read(&table("table", &fields), html).rows, [expected]);
}

#[test]
fn headers_in_two_languages_are_called_by_either() {
    let html = "<table><tr><th>编号/No.</th><th>受理编号 Case number</th><th>申请人<br>Applicant</th><tr><td>1<td>A1<td>甲</table>";
    let fields = [("a", "column=受理编号"), ("b", "column=Applicant"), ("c", "column='Case number'")];
    assert_eq!(read(&table("table", &fields), html).rows, [row(&[("a", "A1"), ("b", "甲"), ("c", "A1")])]);
    let alone = "<table><tr><th>编号</th><th>事项</th><th>申请人 Email</th><tr><td>1<td>a<td>x</table>";
    assert!(fails(&table("table", &[("a", "column=申请人")]), alone).contains("no header is 申请人"));
}

#[test]
fn nothing_found_is_an_error_unless_an_empty_table_or_a_total_of_zero_says_so() {
    let fields = [("no", "column=编号")];
    let message = fails(&table("#grid", &fields), "<p>请登录</p>");
    assert!(message.contains("its records are not where `#grid` points: nothing fits the CSS #grid"), "{message}");
    assert!(fails(&table("p", &fields), "<p>请登录</p>").contains("there is <p>, without a table in it"));
    assert!(fails(&rows(".card", &fields), "<p>共 3 条</p>").contains("nothing fits"));
    assert_eq!(
        read(&table("#grid", &fields), "<table id=grid><thead><tr><th>编号</thead><tbody></tbody></table>").rows.len(),
        0
    );
    let counted = queqiao::adapter::Page { total: Some(at("p /共 (\\d+) 条/")), ..rows(".card", &fields) };
    assert_eq!(read(&counted, "<p>共 0 条</p>").total, Some(0));
    assert!(fails(&counted, "<p>共 3 条</p>").contains("nothing fits the CSS .card"));
    assert!(matches!(listing(&page(&fields), &html("")).unwrap_err(), ExtractError::Declare { .. }));
}

#[test]
fn a_total_is_digits_or_an_error() {
    let page = |total: &str| queqiao::adapter::Page {
        total: Some(at(total)),
        ..table("#grid", &[("no", "column=办件编号")])
    };
    let html = format!("{PLAIN}<p>共 1,234 条</p><i>共约三百条</i>");
    assert_eq!(read(&page("css=p /共 ([\\d,]+) 条/"), &html).total, Some(1234));
    assert!(fails(&page("css=i"), &html).contains("the total at `css=i` is no whole number: `共约三百条`"));
    assert!(fails(&page("css=em"), &html).contains("`total` is not where `css=em` points"));
}

#[test]
fn one_field_with_two_different_texts_is_an_error_and_the_same_text_twice_is_not() {
    let html = "<table><tr><th>编号<th>操作<tr><td>1<td><a href=x>查看</a><a href=y>办理</a></table>";
    let message = fails(&table("table", &[("open", "column=操作 a @href")]), html);
    assert!(message.contains("it fits 2 things with 2 different texts"), "{message}");
    assert_eq!(read(&table("table", &[("open", "text=办理 @href")]), html).rows[0]["open"], "y");
    assert_eq!(
        read(&table("table", &[("open", "column=操作 a @href || td @id")]), &html.replace("=y", "=x")).rows[0]["open"],
        "x"
    );
}

#[test]
fn the_candidate_that_was_needed_is_told() {
    let fields = [("no", "column=编号 || column=办件编号"), ("item", "column=事项")];
    let listing = read(&table("#grid", &fields), PLAIN);
    assert_eq!((listing.matched["no"], listing.matched["item"]), (1, 0));
    let unclear = "<table><tr><th>编号<th>编号<th>办件编号<tr><td>1<td>2<td>3</table>";
    assert!(fails(&table("table", &[("no", "column=编号 || column=办件编号")]), unclear).contains("2 columns"));
}

#[test]
fn cards_are_records_too() {
    let html = "<ul><li class=card data-id=7><h3>取水</h3><span>申请人：</span><span>甲</span><p>编号：A-7</p></li>
        <li class=card data-id=8><h3>变更</h3><span>申请人：</span><span>乙</span><p>编号：A-8  状态：办结</p></li></ul>";
    let fields =
        [("id", "@data-id"), ("item", "h3"), ("who", "label=申请人"), ("no", "label=编号"), ("n", "/A-(\\d)/")];
    let listing = read(&rows("li.card", &fields), html);
    assert_eq!(listing.rows[1], row(&[("id", "8"), ("item", "变更"), ("who", "乙"), ("no", "A-8"), ("n", "8")]));
    assert!(fails(&rows("li", &[("no", "column=编号")]), html).contains("this is no row of a table"));
    let mixed = format!("{PLAIN}<ul><li>x</ul>");
    assert!(fails(&rows("li, tbody tr", &[("no", "/(.)/")]), &mixed).contains("rows of tables and other elements"));
}

#[test]
fn json_answers_are_read_by_paths() {
    let text =
        r#"{"data":{"rows":[{"no":1,"ok":true,"who":null,"tags":["x"]},{"no":"2","ok":false,"who":" a "}],"total":2}}"#;
    let json = |text: &str| Document::parse(text, None);
    let page = |fields: &[(&str, &str)]| queqiao::adapter::Page {
        total: Some(at("json=$.data.total")),
        ..rows("json=$.data.rows[*]", fields)
    };
    let fields = [("no", "json=$.no"), ("ok", "json=$.ok"), ("who", "json=$.who")];
    let read = listing(&page(&fields), &json(text)).unwrap();
    assert_eq!(read.rows[0], row(&[("no", "1"), ("ok", "true"), ("who", "")]));
    assert_eq!((read.rows[1]["who"].as_str(), read.total), ("a", Some(2)));
    let message = listing(&page(&[("tags", "json=$.tags")]), &json(text)).unwrap_err().to_string();
    assert!(message.contains("record 1: `tags`") && message.contains("it is a list"), "{message}");
    let message = listing(&page(&[("no", "json=$.nr")]), &json(text)).unwrap_err().to_string();
    assert!(message.contains("nothing at $"), "{message}");
    let empty = |text: &str| listing(&page(&fields), &json(text)).map(|listing| listing.rows.len());
    assert_eq!(empty(r#"{"data":{"rows":[],"total":0}}"#).unwrap(), 0);
    assert_eq!(empty(r#"{"data":{"rows":null,"total":0}}"#).unwrap(), 0);
    assert!(empty(r#"{"data":{"rows":null,"total":5}}"#).is_err());
    assert!(empty(r#"{"code":401,"data":null}"#).is_err());
    assert!(listing(&table("table", &fields), &json(text)).unwrap_err().to_string().contains("JSON answer; use json="));
    assert!(fails(&page(&fields), PLAIN).contains("json= reads JSON answers only"));
}
