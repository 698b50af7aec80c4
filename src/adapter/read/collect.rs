//! `[collect]` of a bot.

use super::{
    expressions::{Fields, Names},
    login::find_page,
};
use crate::{
    adapter::{
        CodeLists, Collect, Expect, Expression, Page, System, Via,
        sheet::{Sheet, Text},
    },
    base::Message,
};

/// What `changed` says where every detail is to be opened in every run.
const ALWAYS: &str = "always";

/// Names that mean something else in expressions.
const RESERVED: &[&str] = &["list", "detail", "event"];

/// What expressions of a bot may speak of.
pub(super) struct Rows<'s> {
    list: Option<&'s Page>,
    detail: Option<&'s Page>,
    has_detail: bool,
    /// Further pages of one record, by name.
    also: Vec<(&'s str, Option<&'s Page>)>,
    events: Option<&'s Page>,
}

impl<'s> Rows<'s> {
    /// The pages that `collect` reads, as far as they are known.
    pub(super) fn of(collect: Option<&'s Collect>, system: Option<&'s System>) -> Self {
        let page = |name: &str| system.and_then(|system| system.pages.get(name));
        Self {
            list: collect.and_then(|collect| page(&collect.list)),
            detail: collect.and_then(|collect| page(collect.detail.as_ref()?)),
            has_detail: collect.is_none_or(|collect| collect.detail.is_some()),
            also: collect
                .map_or_else(Vec::new, |collect| collect.also.iter().map(|name| (name.as_str(), page(name))).collect()),
            events: collect.and_then(|collect| page(collect.events.as_ref()?)),
        }
    }

    /// `list.…`, `detail.…` and what `also` names.
    pub(super) fn all<'a>(&self, codes: &'a CodeLists) -> Names<'a>
    where
        's: 'a,
    {
        let detail = if self.has_detail {
            fields(self.detail)
        } else {
            Fields::Absent("adapter-no-detail", "adapter-no-detail-mend")
        };
        let mut rows = vec![("list", fields(self.list)), ("detail", detail)];
        rows.extend(self.also.iter().map(|(name, page)| (*name, fields(*page))));
        Names::rows(rows, codes)
    }

    /// `event.…` of the process, and `list.…`.
    pub(super) fn event<'a>(&self, codes: &'a CodeLists) -> Names<'a>
    where
        's: 'a,
    {
        Names::rows(vec![("event", fields(self.events)), ("list", fields(self.list))], codes)
    }

    /// `list.…` alone.
    fn list<'a>(&self, codes: &'a CodeLists) -> Names<'a>
    where
        's: 'a,
    {
        let detail = Fields::Absent("adapter-list-only", "adapter-list-only-mend");
        Names::rows(vec![("list", fields(self.list)), ("detail", detail)], codes)
    }
}

fn fields(page: Option<&Page>) -> Fields<'_> {
    Fields::of_page(page)
}

/// Reads `[collect]`; `None` where the list or the key is missing.
pub(super) fn read(sheet: Sheet<'_>, system: Option<&System>) -> Option<Collect> {
    let list = sheet.required_text("list");
    let detail = sheet.text("detail");
    let page = |name: &Option<Text<'_>>| name.as_ref().and_then(|name| find_page(&sheet, name, system?));
    let (also, events) = (sheet.texts("also"), sheet.text("events"));
    let rows = Rows {
        list: page(&list),
        detail: page(&detail),
        has_detail: detail.is_some(),
        also: also.iter().map(|name| (name.value, page(&Some(name.clone())))).collect(),
        events: page(&events),
    };
    for (text, page) in [(&list, rows.list), (&events, rows.events)] {
        if let (Some(text), Some(page)) = (text, page.filter(|page| !page.is_list())) {
            let message = Message::new("adapter-no-list").with("page", &page.name);
            let mend = Message::new("adapter-no-list-mend").with("page", &page.name);
            sheet.findings.error(text.span.clone(), message, mend);
        }
    }
    let further = also.iter().zip(rows.also.iter().map(|(_, page)| *page));
    for (text, page) in further.chain(detail.iter().map(|text| (text, rows.detail))) {
        check_detail(&sheet, text, page, rows.list);
    }
    check_opened(&sheet, &rows);
    for text in also.iter().filter(|text| RESERVED.contains(&text.value)) {
        let message = Message::new("adapter-reserved").with("name", text.value);
        sheet.findings.error(text.span.clone(), message, Message::new("adapter-reserved-mend"));
    }
    let none = CodeLists::default();
    let key = sheet.required_text("key").and_then(|key| rows.list(&none).expression(sheet.findings, &key));
    let written = sheet.texts("changed");
    let always = matches!(written.as_slice(), [only] if only.value == ALWAYS);
    let written = if always { &[][..] } else { &written };
    let changed = written.iter().filter_map(|changed| rows.list(&none).expression(sheet.findings, changed)).collect();
    let reread_percent = reread(&sheet);
    let same = sheet.text("same").and_then(|same| rows.all(&none).expression(sheet.findings, &same));
    let expect = sheet.table("expect").map_or_else(Expect::default, expect);
    let (newest_first, attachments) = (sheet.flag("newest_first"), sheet.flag("attachments"));
    sheet.finish();
    Some(Collect {
        list: list?.value.to_owned(),
        detail: detail.map(|detail| detail.value.to_owned()),
        // A key with a mistake stands as an empty text, so that the rest of the bot is still looked at.
        key: key.unwrap_or_else(|| Expression::parse("''").expect("a constant expression")),
        also: also.iter().map(|name| name.value.to_owned()).collect(),
        events: events.map(|events| events.value.to_owned()),
        same,
        changed,
        shown: Vec::new(),
        always,
        reread_percent,
        newest_first,
        attachments,
        expect,
    })
}

/// A page that is pressed open from a row needs the row in a browser; one that stands on another page needs that one.
fn check_opened(sheet: &Sheet<'_>, rows: &Rows<'_>) {
    let about: Vec<&Page> =
        rows.detail.into_iter().chain(rows.also.iter().filter_map(|(_, page)| *page)).chain(rows.events).collect();
    for page in &about {
        let by_hand = page.path.is_none() && page.with.is_none();
        if by_hand && rows.list.is_some_and(|list| matches!(list.via, Via::Http | Via::Folder)) {
            let message = Message::new("adapter-pressed").with("page", &page.name);
            sheet.findings.error(sheet.key_span("list"), message, Message::new("adapter-pressed-mend"));
        }
        if let Some(with) = page.with.as_ref().filter(|with| !about.iter().any(|other| other.name == **with)) {
            let message = Message::new("adapter-with").with("page", &page.name).with("with", with);
            sheet.findings.error(sheet.span.clone(), message, Message::new("adapter-with-mend").with("with", with));
        }
    }
}

/// A detail's address is made of fields of this bot's list, and of nothing that only a list has.
fn check_detail(sheet: &Sheet<'_>, written: &Text<'_>, detail: Option<&Page>, list: Option<&Page>) {
    let (Some(detail), Some(list)) = (detail, list) else { return };
    for name in detail
        .path
        .iter()
        .chain(&detail.post)
        .flat_map(crate::adapter::Template::expressions)
        .flat_map(Expression::names)
    {
        let known = name.strip_prefix("list.").is_some_and(|field| list.at.contains_key(field));
        if !known {
            let (message, mend) = match name.strip_prefix("list.") {
                Some(field) => (
                    Message::new("adapter-detail-path").with("detail", &detail.name).with("name", &name),
                    Message::new("adapter-detail-path-mend").with("list", &list.name).with("name", field),
                ),
                None => (
                    Message::new("adapter-detail-paged").with("detail", &detail.name).with("name", &name),
                    Message::new("adapter-detail-paged-mend"),
                ),
            };
            sheet.findings.error(written.span.clone(), message, mend);
        }
    }
}

fn expect(sheet: Sheet<'_>) -> Expect {
    let mut expect = Expect::default();
    if let Some(text) = sheet.text("rows") {
        match row_range(text.value) {
            Some((least, most)) => (expect.least_rows, expect.most_rows) = (least, most),
            None => sheet.findings.error(
                text.span,
                Message::new("adapter-row-range").with("written", text.value),
                Message::new("adapter-row-range-mend"),
            ),
        }
    }
    let shares = [
        ("missing", &mut expect.missing_percent),
        ("fall", &mut expect.fall_percent),
        ("quarantined", &mut expect.quarantined_percent),
    ];
    for (key, share) in shares {
        let Some(text) = sheet.text(key) else { continue };
        match percent(text.value) {
            Some(percent) => *share = percent,
            None => sheet.findings.error(
                text.span,
                Message::new("adapter-percent").with("written", text.value),
                Message::new("adapter-write").with("meant", format!("{key} = \"1 %\"")),
            ),
        }
    }
    sheet.finish();
    expect
}

/// `reread = "5 %"`: 0 where nothing is said.
fn reread(sheet: &Sheet<'_>) -> f64 {
    let Some(text) = sheet.text("reread") else { return 0.0 };
    let share = percent(text.value).filter(|percent| *percent > 0.0);
    share.unwrap_or_else(|| {
        let mend = Message::new("adapter-write").with("meant", "reread = \"5 %\"");
        sheet.findings.error(text.span, Message::new("adapter-percent").with("written", text.value), mend);
        0.0
    })
}

/// `1..`, `1..5000`, `..5000`.
fn row_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (least, most) = text.split_once("..")?;
    let (least, most) = (least.trim(), most.trim());
    let least = if least.is_empty() { 0 } else { least.parse().ok()? };
    let most: Option<u64> = if most.is_empty() { None } else { Some(most.parse().ok()?) };
    if most.is_some_and(|most| most < least) { None } else { Some((least, most)) }
}

/// `1 %`, `0.5%`.
fn percent(text: &str) -> Option<f64> {
    let number: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    Some(number).filter(|number| (0.0..=100.0).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_percents_are_read_or_refused() {
        assert_eq!(row_range("1.."), Some((1, None)));
        assert_eq!(row_range("1 .. 50"), Some((1, Some(50))));
        assert_eq!(row_range("..50"), Some((0, Some(50))));
        assert_eq!((row_range("5..1"), row_range("many")), (None, None));
        assert_eq!((percent("1 %"), percent("0.5%")), (Some(1.0), Some(0.5)));
        assert_eq!((percent("1"), percent("101 %"), percent("NaN %")), (None, None, None));
    }
}
