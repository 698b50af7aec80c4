//! Spans of time, hours of the day and windows, as adapter files write them.

use std::time::Duration;

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::{
    adapter::sheet::{Sheet, Text},
    base::{self, Message},
    calendar::{Hours, HoursError, Window, shown_at},
};

/// The longest span that can be meant: a run that takes longer than a day never ends.
const SPAN_MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// A time span up to a day.
pub(in crate::adapter::read) fn time_span(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<Duration> {
    let found = base::time_span(text.value).filter(|found| !found.is_zero() && *found <= SPAN_MOST);
    if found.is_none() {
        let message = Message::new("adapter-duration").with("written", text.value);
        sheet.findings.error(text.span.clone(), message, Message::new("adapter-duration-mend"));
    }
    found
}

/// The hours of the day under `key`.
pub(in crate::adapter::read) fn hours(sheet: &Sheet<'_>, key: &'static str) -> Option<Hours> {
    let texts = sheet.texts(key);
    for text in &texts {
        let (id, mend) = match Hours::parse(&[text.value]) {
            Ok(_) => continue,
            Err(HoursError::Empty { .. }) => ("adapter-hours-empty", "adapter-hours-empty-mend"),
            Err(HoursError::Form { .. } | HoursError::Nothing) => ("adapter-hours", "adapter-hours-mend"),
        };
        let message = Message::new(id).with("written", text.value);
        sheet.findings.error(text.span.clone(), message, Message::new(mend));
    }
    Hours::parse(&texts.iter().map(|text| text.value).collect::<Vec<_>>()).ok()
}

/// Every `[[maintenance]]`, in that zone's time.
pub(in crate::adapter::read) fn windows(sheet: &Sheet<'_>, zone: Tz) -> Vec<Window> {
    sheet.tables("maintenance").into_iter().filter_map(|sheet| window(sheet, zone)).collect()
}

fn window(sheet: Sheet<'_>, zone: Tz) -> Option<Window> {
    let (from, until) = (sheet.required_text("from"), sheet.required_text("until"));
    let because = sheet.required_text("because");
    let findings = sheet.findings;
    let moment = |text: &Option<Text<'_>>| text.as_ref().and_then(|text| moment(&sheet, text));
    let (begin, end) = (moment(&from), moment(&until));
    sheet.finish();
    let (begin, end) = (begin?, end?);
    if end <= begin {
        let message = Message::new("adapter-window-end");
        findings.error(until?.span, message, Message::new("adapter-window-end-mend"));
        return None;
    }
    // Where clocks are set back in between, all of what may be meant is shut.
    let (from, until) = (shown_at(zone, begin)?.0, shown_at(zone, end)?.1);
    Some(Window { from, until, because: because?.value.to_owned() })
}

/// `2026-12-01 22:00`.
fn moment(sheet: &Sheet<'_>, text: &Text<'_>) -> Option<NaiveDateTime> {
    let found = NaiveDateTime::parse_from_str(text.value.trim(), "%Y-%m-%d %H:%M").ok();
    if found.is_none() {
        let message = Message::new("adapter-moment").with("written", text.value);
        sheet.findings.error(text.span.clone(), message, Message::new("adapter-moment-mend"));
    }
    found
}
