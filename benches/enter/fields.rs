//! What the form asks for, and what each of the cases says: one table, from which the site and the peer are made.

use std::fmt::Write as _;

/// How a field is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of text.
    Text,
    /// A day.
    Day,
    /// A select with these options.
    Select(&'static [&'static str]),
    /// One of these.
    Radio(&'static [&'static str]),
    /// A box to tick.
    Check,
    /// Several lines.
    Area,
}

/// One field: its name, its label, its kind.
pub type Field = (&'static str, &'static str, Kind);

const KINDS: &[&str] = &["自然人", "法人", "非法人组织"];
const PAPERS: &[&str] = &["居民身份证", "护照", "统一社会信用代码"];
const TOWNS: &[&str] = &["九曲街道", "相公街道", "汤河镇", "八湖镇"];
const ITEMS: &[&str] = &["取水许可", "农村供水工程用水申请", "河道采砂许可", "水土保持方案审批"];
const CHANNELS: &[&str] = &["窗口", "网上", "自助终端"];
const SERVED: &[&str] = &["自取", "邮寄"];
const YES: &[&str] = &["是", "否"];

/// The form's fields, from top to bottom.
pub const FIELDS: &[Field] = &[
    ("note", "来源编号", Kind::Text),
    ("project", "办件编号", Kind::Text),
    ("code", "实施编码", Kind::Text),
    ("catalog", "基本编码", Kind::Text),
    ("item", "事项名称", Kind::Select(ITEMS)),
    ("item_kind", "事项类型", Kind::Select(&["行政许可", "公共服务"])),
    ("type", "办件类型", Kind::Radio(&["即办件", "承诺件"])),
    ("applicant", "申请人", Kind::Text),
    ("applicant_kind", "申请人类型", Kind::Select(KINDS)),
    ("paper", "证件类型", Kind::Select(PAPERS)),
    ("id_number", "证件号码", Kind::Text),
    ("id_again", "证件号码确认", Kind::Text),
    ("contact", "联系人", Kind::Text),
    ("phone", "联系电话", Kind::Text),
    ("phone_again", "备用电话", Kind::Text),
    ("mail", "电子邮箱", Kind::Text),
    ("post_code", "邮政编码", Kind::Text),
    ("town", "所属镇街", Kind::Select(TOWNS)),
    ("address", "联系地址", Kind::Text),
    ("channel", "申请渠道", Kind::Radio(CHANNELS)),
    ("applied", "申请日期", Kind::Day),
    ("accepted", "受理日期", Kind::Day),
    ("due", "承诺办结日期", Kind::Day),
    ("legal", "法定时限", Kind::Text),
    ("promise", "承诺时限", Kind::Text),
    ("department", "受理部门", Kind::Text),
    ("site", "受理地点", Kind::Text),
    ("window", "受理窗口", Kind::Text),
    ("operator", "经办人", Kind::Text),
    ("served", "送达方式", Kind::Radio(SERVED)),
    ("urgent", "是否加急", Kind::Radio(YES)),
    ("charge", "是否收费", Kind::Radio(YES)),
    ("copies", "申请份数", Kind::Text),
    ("deficient", "容缺受理", Kind::Check),
    ("commitment", "告知承诺", Kind::Check),
    ("cross", "跨域通办", Kind::Check),
    ("theme", "一件事编号", Kind::Text),
    ("agent", "代理人", Kind::Text),
    ("subject", "申请内容", Kind::Text),
    ("remark", "备注", Kind::Area),
];

/// What the case of this number (from 0) says, in the order of [`FIELDS`].
pub fn values(case: usize) -> Vec<String> {
    let one_of = |words: &[&str]| words[case % words.len()].to_owned();
    let ticked = |each: usize| if case.is_multiple_of(each) { "是" } else { "否" }.to_owned();
    let (no, day) = (number(case), case % 28 + 1);
    // Its check digit is not right: nobody has it.
    let id_number = format!("37131219900101{:03}0", case % 1_000);
    let value = |name: &str| match name {
        "note" => no.clone(),
        "project" => format!("371312{no}"),
        "code" => format!("371312-water-{:02}", case % 4),
        "catalog" => format!("000119{:03}000", case % 4),
        "item" => one_of(ITEMS),
        "item_kind" => one_of(&["行政许可", "公共服务"]),
        "type" => one_of(&["即办件", "承诺件"]),
        "applicant" | "contact" => format!("测试{}", case + 1),
        "applicant_kind" => one_of(KINDS),
        "paper" => one_of(PAPERS),
        "id_number" | "id_again" => id_number.clone(),
        "phone" | "phone_again" => format!("1006{:07}", case * 7_919 % 10_000_000),
        "mail" => format!("{no}@example.test"),
        "post_code" => "276034".to_owned(),
        "town" => one_of(TOWNS),
        "address" => format!("{}某村", one_of(TOWNS)),
        "channel" => one_of(CHANNELS),
        "applied" => format!("2026-10-{day:02}"),
        "accepted" => format!("2026-11-{:02}", day.min(20)),
        "due" => format!("2026-12-{day:02}"),
        "legal" => (case % 20 + 20).to_string(),
        "promise" => (case % 10 + 5).to_string(),
        "department" => "区水利局".to_owned(),
        "site" => "区政务服务中心".to_owned(),
        "window" => format!("综合窗口{}", case % 9 + 1),
        "operator" => format!("经办{}", case % 30 + 1),
        "served" => "自取".to_owned(),
        "urgent" | "charge" => "否".to_owned(),
        "copies" => "1".to_owned(),
        "deficient" => ticked(3),
        "commitment" => ticked(4),
        "cross" => ticked(5),
        "theme" => format!("T{:04}", case % 50),
        "agent" => format!("测试{}代理", case + 1),
        "subject" => format!("{}，共1份", one_of(ITEMS)),
        _ => format!("一窗受理平台转来，来源编号{no}，材料齐全，请按承诺时限办理。"),
    };
    FIELDS.iter().map(|(name, _, _)| value(name)).collect()
}

/// The number under which the window has a case.
pub fn number(case: usize) -> String {
    format!("YC20261126{:05}", case + 1)
}

/// The form's controls as HTML, in rows of two like such systems have them.
pub fn controls() -> String {
    let mut html = String::new();
    for pair in FIELDS.chunks(2) {
        html += "<tr>";
        for (name, label, kind) in pair {
            let _ = write!(html, "<th><label for=\"f_{name}\">{label}</label></th><td>{}</td>", control(name, *kind));
        }
        html += "</tr>\n";
    }
    html
}

fn control(name: &str, kind: Kind) -> String {
    let choice = |(at, word): (usize, &&str)| match kind {
        Kind::Select(_) => format!("<option value=\"{at}\">{word}</option>"),
        _ => format!(
            "<input type=\"radio\" name=\"{name}\" id=\"f_{name}_{at}\" value=\"{at}\"><label for=\"f_{name}_{at}\">{word}</label>"
        ),
    };
    match kind {
        Kind::Text => format!("<input type=\"text\" id=\"f_{name}\" name=\"{name}\" maxlength=\"100\">"),
        Kind::Day => format!("<input type=\"date\" id=\"f_{name}\" name=\"{name}\">"),
        Kind::Check => format!("<input type=\"checkbox\" id=\"f_{name}\" name=\"{name}\" value=\"1\">"),
        Kind::Area => format!("<textarea id=\"f_{name}\" name=\"{name}\" rows=\"3\"></textarea>"),
        Kind::Radio(words) => words.iter().enumerate().map(choice).collect(),
        Kind::Select(words) => {
            let options: String = words.iter().enumerate().map(choice).collect();
            format!("<select id=\"f_{name}\" name=\"{name}\"><option value=\"\">请选择</option>{options}</select>")
        }
    }
}

/// What a field that came in says to a person.
pub fn shown(kind: Kind, sent: Option<&str>) -> String {
    match (kind, sent) {
        (Kind::Check, sent) => if sent.is_some() { "是" } else { "否" }.to_owned(),
        (Kind::Select(words) | Kind::Radio(words), Some(sent)) => {
            sent.parse::<usize>().ok().and_then(|at| words.get(at)).copied().unwrap_or_default().to_owned()
        }
        (_, sent) => sent.unwrap_or_default().to_owned(),
    }
}
