//! What a page shows of people, so that it can be masked before the page is kept.

use std::rc::Rc;

use scraper::ElementRef;
use serde_json::Value;

use super::{
    Document,
    control::{captions, held},
    css::select,
    field::PERSONAL,
    find::Scope,
    label::{Holder, Labels},
    listing::records,
    names::Names,
    records::Shape,
    shown::{lines, shown},
    widget::grids,
    words::{chinese, key},
};
use crate::adapter::{Bot, Page};

/// Letters of the longest value: what is longer is a part of the page and no value.
const LONGEST: usize = 60;

/// What labels, headers and JSON names say when a person, or how to reach one, stands beside or under them.
const WORDS: &str = "申请人 申请者 申报人 姓名 联系人 代理人 经办人 办理人 承办人 受理人 审核人 审批人 操作人 法人 法定代表人 负责人 当前用户 用户名 账号 身份证 证件号 手机 电话 联系方式 地址 住址 银行卡 卡号 邮箱 \
     applicant contact linkman operator handler realname username fullname phone mobile telephone idcard idnumber id_number idno id_no sfzh zjhm lxdh sjhm email address";

/// What makes such a name one of something else.
const OTHERS: &str = "类型 类别 种类 部门 时间 日期 type kind date time";

/// Everything that a page says of people: what the bot's unified fields about people are made of, and what stands beside labels, under headers or at JSON
/// names that speak of people. The page may be broken: what is not there is passed over.
pub fn personal(bot: &Bot, page: Option<&Page>, document: &Document) -> Vec<String> {
    let mut found = page.map_or_else(Vec::new, |page| pointed_at(page, &fields(bot, &page.name), document));
    match document {
        Document::Html(html) => {
            let root = html.root_element();
            found.extend(labelled(root));
            found.extend(under_headers(root));
            found.extend(named(root));
        }
        Document::Json(value) => in_json(value, &mut found),
        Document::Sheet(sheet) => found.extend(sheet.under(speaks_of_people)),
    }
    tidy(&mut found);
    found
}

fn tidy(found: &mut Vec<String>) {
    found.iter_mut().for_each(|text| *text = text.trim().to_owned());
    found.retain(|text| (2..=LONGEST).contains(&text.chars().count()));
    found.sort();
    found.dedup();
}

/// Whether a label, header or name speaks of people.
fn speaks_of_people(name: &str) -> bool {
    let name = name.to_lowercase();
    let has = |words: &str| words.split_whitespace().any(|word| name.contains(word));
    has(WORDS) && !has(OTHERS)
}

/// The fields of a page that make up unified fields about people.
fn fields(bot: &Bot, page: &str) -> Vec<String> {
    let spoken = match page {
        list if bot.collect().is_some_and(|collect| *list == collect.list) => "list",
        detail if bot.collect().is_some_and(|collect| collect.detail.as_deref() == Some(detail)) => "detail",
        other => other,
    };
    let about_people = bot.case.iter().filter(|(field, _)| PERSONAL.contains(&field.as_str()));
    let names = about_people.flat_map(|(_, expression)| expression.names());
    names.filter_map(|name| Some(name.strip_prefix(spoken)?.strip_prefix('.')?.to_owned())).collect()
}

fn pointed_at(page: &Page, fields: &[String], document: &Document) -> Vec<String> {
    let whole = Scope::page(document);
    let scopes = if page.is_list() { records(page, &whole).unwrap_or_default() } else { vec![whole] };
    let candidates: Vec<_> = fields.iter().filter_map(|field| page.at.get(field)).collect();
    let texts = scopes.iter().flat_map(|scope| candidates.iter().filter_map(|at| scope.text(at).ok()));
    texts.map(|(_, text)| text).collect()
}

fn labelled(root: ElementRef<'_>) -> Vec<String> {
    let labels = Labels::of(&[root], Rc::new(Names::of(&[root])));
    let names: Vec<String> = labels.keys().filter(|name| speaks_of_people(name)).map(str::to_owned).collect();
    let holders = names.iter().flat_map(|name| labels.find(&key(name), false).0);
    let texts = holders.map(|holder| match holder {
        Holder::Element(element) => held(element),
        Holder::Boxes(boxes) => captions(&boxes),
        Holder::Text(text) => text,
    });
    texts.chain(lines(root).iter().flat_map(|line| in_line(line))).collect()
}

/// What follows such a name and a colon within a line.
fn in_line(line: &str) -> Vec<String> {
    let parts: Vec<&str> = line.split([':', '：']).collect();
    let named = |pair: &&[&str]| speaks_of_people(pair[0].split_whitespace().next_back().unwrap_or_default());
    let value =
        |pair: &[&str]| Some(pair[1].split_whitespace().next()?.trim_matches(['，', '；', ',', ';']).to_owned());
    parts.windows(2).filter(named).filter_map(value).collect()
}

fn under_headers(root: ElementRef<'_>) -> Vec<String> {
    let mut shape = Shape::default();
    shape.wanted = WORDS.split_whitespace().map(key).collect();
    let grids = grids(&select(root, "table"), &shape);
    grids.iter().flat_map(|grid| grid.under(speaks_of_people)).map(shown).collect()
}

/// Whole texts that look like a Chinese name: where a header has gone or columns were swapped, nothing else tells.
fn named(root: ElementRef<'_>) -> impl Iterator<Item = String> {
    let texts = root.descendants().filter(|node| {
        let around = node.parent().and_then(|parent| parent.value().as_element());
        around.is_none_or(|element| {
            !matches!(element.name(), "th" | "label" | "option" | "button" | "title" | "h1" | "h2")
        })
    });
    // Half an answer for scripts is one long text with quotes in it.
    let texts = texts.filter_map(|node| node.value().as_text());
    texts.flat_map(|text| text.split('"')).map(|text| text.trim().to_owned()).filter(|text| looks_like_name(text))
}

fn looks_like_name(text: &str) -> bool {
    let letters = text.chars().count();
    (2..=4).contains(&letters) && text.chars().all(chinese) && SURNAMES.contains(text.chars().next().unwrap_or(' '))
}

/// The surnames of nine in ten people, without those that begin everyday words of an office.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范廖石贾韦付夏邱侯邹熊孟秦阎薛雷段郝孔邵史毛顾赖武康贺严尹钱";

fn in_json(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if speaks_of_people(name) || looks_like_name(text) => found.push(text.clone()),
                    Value::Number(number) if speaks_of_people(name) => found.push(number.to_string()),
                    _ => in_json(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| in_json(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let document = Document::parse(text, None);
        let mut found = match &document {
            Document::Html(html) => [labelled(html.root_element()), under_headers(html.root_element())].concat(),
            Document::Json(value) => {
                let mut found = Vec::new();
                in_json(value, &mut found);
                found
            }
            Document::Sheet(_) => Vec::new(),
        };
        tidy(&mut found);
        found
    }

    #[test]
    fn people_are_found_beside_labels_under_headers_and_at_json_names() {
        let html = "<table><tr><th>受理编号</th><th>申请人（单位）</th><th>申请人姓名</th><th>联系电话</th></tr>\
             <tr><td>SL1</td><td>某某公司</td><td>王小明</td><td>0539-1234567</td></tr></table>\
             <table><tr><th>证件号码</th><td>999999199001010011</td><th>证件类型</th><td>居民身份证</td></tr></table>\
             <label for='o'>经办人</label><input id='o' value='杨晨雪'><p>当前用户：李雷</p>";
        assert_eq!(found(html), ["0539-1234567", "999999199001010011", "李雷", "杨晨雪", "某某公司", "王小明"]);
        let json = r#"{"data":[{"applicantName":"王小明","taskName":"临时救助","applicantType":"自然人","phone":13800001234}]}"#;
        assert_eq!(found(json), ["13800001234", "王小明"]);
    }

    #[test]
    fn what_the_adapter_points_at_is_found_although_the_page_is_broken() {
        let page = Page {
            name: "list".to_owned(),
            table: Some(candidates("table")),
            at: [("who", "column=甲"), ("no", "column=编号")]
                .map(|(name, at)| (name.to_owned(), candidates(at)))
                .into(),
            ..Page::default()
        };
        let broken =
            Document::parse("<table><tr><th>甲</th><th>号</th></tr><tr><td>王小明</td><td>1</td></tr></table>", None);
        assert_eq!(pointed_at(&page, &["who", "gone"].map(str::to_owned), &broken), ["王小明"]);
    }

    fn candidates(written: &str) -> crate::adapter::Candidates {
        crate::adapter::Candidates(vec![crate::adapter::Locator::parse(written).unwrap()])
    }
}
