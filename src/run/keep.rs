//! From what was read to what is kept: a case, or a quarantined row with the reason; nothing where nothing changed.

use chrono::{DateTime, FixedOffset};
use sha2::{Digest, Sha256};

use super::{
    Run,
    about::About,
    list::Listed,
    moment,
    page::{self, Look},
    report::QuarantinedRow,
    site::Site,
};
use crate::{
    adapter::{Bot, Scope},
    base::hex,
    extract::{self, Fault, Reads, Row},
    record::{Case, Provenance, Quarantined, Record},
    store::{Kept, Seen},
};

/// What the list says of a row, for the next run.
pub(super) struct Shown {
    /// A fingerprint of it: as long as it stays, the detail need not be opened. The adapter's version is part of it, so that a mended
    /// adapter reads everything again: `VERSION:CHANGED:SHOWN`.
    print: String,
    /// Whether all of what is only shown could be decoded.
    decoded: bool,
    /// From when on a reading of the detail has seen all that the row's own moments can stand for; `None` where it shows none.
    pub(super) sure_from: Option<DateTime<FixedOffset>>,
}

impl Shown {
    /// What the list says of a row, read by a run that began then.
    ///
    /// The fingerprint covers what `changed` names and what of the list the case is made of; without `changed`, and where nothing else is
    /// opened, the whole row. The moments are those of what `changed` names, or of the whole row.
    pub(super) fn of(bot: &Bot, row: &Row, began: DateTime<FixedOffset>) -> Self {
        let collect = bot.reading();
        let scope = Scope::new().row("list", row);
        let mut changed = Print::new(began);
        for expression in &collect.changed {
            // A value that can't be worked out prints as its reason: it changes when the reason does.
            changed.take(&expression.evaluate(&scope).unwrap_or_else(Some).unwrap_or_default());
        }
        let whole = collect.changed.is_empty();
        let mut shown = Print::new(began);
        let all = whole || collect.about().next().is_none() || collect.shown.iter().any(|field| field == "*");
        for (field, value) in row.iter().filter(|(field, _)| all || collect.shown.contains(field)) {
            let print = if whole { &mut changed } else { &mut shown };
            print.hash.update([1]);
            print.hash.update(field);
            print.take(value);
        }
        let (sure_from, decoded) = (changed.sure_from, shown.decoded);
        Self { print: format!("{}:{}:{}", bot.version, changed.written(), shown.written()), sure_from, decoded }
    }

    /// Whether the list says what it said then. What it only shows says nothing where it could not be decoded: the next answer may be whole.
    pub(super) fn same(&self, seen: &Seen) -> bool {
        let named = |print: &str| print.rsplit_once(':').map(|(named, _)| named.to_owned());
        seen.row_print == self.print || !self.decoded && named(&seen.row_print) == named(&self.print)
    }

    /// From when on a reading of the detail is sure, in milliseconds since the epoch; 0 for at once.
    ///
    /// A row that has changed since it was last read, and yet shows a moment that was over by then, comes from a clock that is behind
    /// ours, or shows no moment of change at all: then only our own clock is gone by.
    fn sure(&self, seen: Option<&Seen>, known_until: i64, began: DateTime<FixedOffset>) -> i64 {
        let Some(sure_from) = self.sure_from else { return 0 };
        let before = match seen {
            Some(seen) if self.same_adapter(seen) && !self.same(seen) => seen.read_at,
            Some(_) => 0,
            None => known_until,
        };
        let late = (sure_from.timestamp_millis() <= before).then(|| began + moment::SLACK);
        sure_from.max(late.unwrap_or(sure_from)).timestamp_millis()
    }

    fn same_adapter(&self, seen: &Seen) -> bool {
        self.print.split(':').next() == seen.row_print.split(':').next()
    }
}

/// A fingerprint in the making, and what its texts say of time.
struct Print {
    hash: Sha256,
    began: DateTime<FixedOffset>,
    sure_from: Option<DateTime<FixedOffset>>,
    decoded: bool,
}

impl Print {
    fn new(began: DateTime<FixedOffset>) -> Self {
        Self { hash: Sha256::new(), began, sure_from: None, decoded: true }
    }

    fn take(&mut self, value: &str) {
        let said = moment::said(value, self.began);
        self.hash.update([0]);
        self.hash.update(&said.print);
        self.sure_from = self.sure_from.max(said.sure_from);
        self.decoded &= !value.contains('\u{FFFD}');
    }

    /// Half of it, as hex: what differs by chance does so once in 2⁶⁴ times at least.
    fn written(self) -> String {
        hex(&self.hash.finalize()[..16])
    }
}

/// What becomes of one row that was read.
pub(super) struct Fate {
    pub(super) kept: Kept,
    /// The record, where it says what it said before: another system may still lack it.
    pub(super) unchanged: Option<Record>,
    pub(super) quarantined: Option<QuarantinedRow>,
    /// Whether the pages about it were read although nothing in its row had changed.
    pub(super) again: bool,
}

/// Maps a row and what the pages about it said onto a record.
pub(super) fn map(site: &Site, listed: &Listed, about: Option<&About>, seen: Option<&Seen>) -> Fate {
    let run: &Run = &site.run;
    let bot = run.bot();
    let look = about.map_or(&listed.look, |about| &about.look);
    let provenance = provenance(run, look);
    let lost = undecodable(listed, about);
    let unread = !lost.is_empty();
    let mapped = if unread {
        Err((Some(listed.key.clone()), lost))
    } else {
        extract::map_case(bot, reads(listed, about), &provenance)
    };
    let version = next_version(seen, look.read_at.timestamp_millis());
    let (contents, record, quarantined) = match mapped {
        Ok(mut case) => {
            case.data_version = version;
            case.attachments = about.map_or_else(Vec::new, |about| about.attachments.clone());
            (case.contents(), Record::Case(Box::new(case)), None)
        }
        Err((_, faults)) => {
            let row = quarantined_row(&listed.key, &faults);
            let contents = page::sha256(format!("{row:?}").as_bytes());
            let record = Record::Quarantined(Quarantined {
                system: bot.system.clone(),
                source_no: listed.key.clone(),
                data_version: version,
                field: row.field.clone(),
                reason: row.reason.clone(),
                provenance,
            });
            (contents, record, Some(row))
        }
    };
    let open = match &record {
        Record::Case(case) => !case.status.ended(),
        _ => seen.is_none_or(|seen| seen.open),
    };
    let shown = Shown::of(bot, &listed.row, run.began);
    let unchanged = seen.is_some_and(|seen| seen.contents == contents);
    let version = if unchanged { seen.map_or(version, |seen| seen.version) } else { version };
    let (record, unchanged) = if unchanged { (None, Some(of_version(record, version))) } else { (Some(record), None) };
    let again = seen.is_some_and(|seen| seen.left_at == 0 && shown.same(seen));
    let sure_from = shown.sure(seen, site.known_until(), run.began);
    Fate {
        unchanged,
        kept: Kept {
            key: listed.key.clone(),
            // What could not be decoded is read again: the next answer may be whole.
            row_print: if unread { String::new() } else { shown.print },
            contents,
            version,
            marks: String::new(),
            quarantined: quarantined.is_some(),
            record,
            wishes: Vec::new(),
            read_at: run.began.timestamp_millis(),
            sure_from,
            open,
            bot: bot.name.clone(),
        },
        quarantined,
        again,
    }
}

/// The record as of the version that first said so.
fn of_version(record: Record, version: i64) -> Record {
    match record {
        Record::Case(case) => Record::Case(Box::new(Case { data_version: version, ..*case })),
        other => other,
    }
}

/// Where a record comes from.
fn provenance(run: &Run, look: &Look) -> Provenance {
    let bot = run.bot();
    Provenance {
        bot: bot.name.clone(),
        adapter: bot.version.clone(),
        run: run.id.clone(),
        read_at: look.read_at,
        page: look.address.clone(),
        evidence: look.evidence.clone(),
    }
}

fn reads<'a>(listed: &'a Listed, about: Option<&'a About>) -> Reads<'a> {
    Reads {
        list: &listed.row,
        pages: about.map_or(&[], |about| about.pages.as_slice()),
        events: about.map_or(&[], |about| about.events.as_slice()),
    }
}

/// Every field of a record that holds a character which could not be decoded: the rest of the page may be right.
fn undecodable(listed: &Listed, about: Option<&About>) -> Vec<Fault> {
    let about = about.iter().flat_map(|about| &about.pages).map(|(name, row)| (name.as_str(), row));
    let rows = [("list", &listed.row)].into_iter().chain(about);
    let lost = rows.flat_map(|(name, row)| {
        let lost = row.iter().filter(|(_, value)| value.contains('\u{FFFD}'));
        lost.map(move |(field, _)| Fault {
            field: format!("{name}.{field}"),
            reason: "it holds characters that can't be decoded: state the page's `charset`, or have the record mended"
                .to_owned(),
        })
    });
    lost.collect()
}

/// One line for all faults of a row.
fn quarantined_row(key: &str, faults: &[Fault]) -> QuarantinedRow {
    let joined = |part: fn(&Fault) -> &str| faults.iter().map(part).collect::<Vec<_>>().join("; ");
    QuarantinedRow {
        source_no: key.to_owned(),
        field: joined(|fault| &fault.field),
        reason: joined(|fault| &fault.reason),
    }
}

/// Versions rise even where the clock does not.
fn next_version(seen: Option<&Seen>, read_at_millis: i64) -> i64 {
    seen.map_or(read_at_millis, |seen| read_at_millis.max(seen.version + 1))
}
