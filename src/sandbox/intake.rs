//! What a system receives through its registration form (新增登记), apart from its generated cases.

mod choices;
mod judge;
mod sent;
mod shown;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde::Serialize;

use super::case::Time;
use super::kind::System;
use super::line::Unanswered;
use super::office::Office;

pub(super) use choices::{CHANNELS, ID_TYPES, choices, villages};
pub(super) use judge::Brought;
pub(super) use sent::{Sent, Writing};
pub(super) use shown::{rows, shown, time};

/// How long the half of an answer has to arrive before the connection ends.
const CUT_AFTER: Duration = Duration::from_millis(50);

/// The fields of every registration form, the files apart: what people see, and the form's own name.
pub(super) const FIELDS: [(&str, &str); 13] = [
    ("来源编号", "note"),
    ("申请人", "applicant"),
    ("申请人类型", "applicant_type"),
    ("证件类型", "id_type"),
    ("证件号码", "id_number"),
    ("联系电话", "phone"),
    ("所属镇街", "town"),
    ("村居", "village"),
    ("事项名称", "item"),
    ("申请日期", "applied"),
    ("申请渠道", "channel"),
    ("容缺受理", "deficient"),
    ("备注", "remark"),
];

/// The number of origin of a registration that stands in every system: a clerk has entered it by hand, long before any bot.
const EARLIER_NOTE: &str = "LS20250606-0001";

/// That registration. Its case is in the archive, so that no list of cases shows it; the query of registrations does.
static EARLIER: LazyLock<Registered> = LazyLock::new(|| {
    let said = |name: &str| match name {
        "note" => EARLIER_NOTE,
        "applicant" => "李某某",
        "applicant_type" => "自然人",
        "id_type" => "居民身份证",
        "applied" => "2025-06-06",
        "channel" => "窗口",
        "remark" => "窗口人员录入",
        _ => "",
    };
    Registered {
        receipt: "ARCHIVE-0001".to_owned(),
        fields: FIELDS.iter().map(|(_, name)| ((*name).to_owned(), said(name).to_owned())).collect(),
        files: Vec::new(),
        received_at: Time::parse_from_rfc3339("2025-06-06T09:30:00+08:00").unwrap_or_default(),
        times: 1,
    }
});

/// One registration that a system has saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// The system's own new number (受理编号).
    pub receipt: String,
    /// What was registered, by the form's field names (`note`, `applicant`, …), in the words that a person sees.
    pub fields: BTreeMap<String, String>,
    /// The names of the files (申请材料).
    pub files: Vec<String>,
    /// When it was saved first.
    pub received_at: Time,
    /// How often it was saved: once, and once more for every correction.
    pub times: u32,
}

/// Why a registration is not taken, in the system's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Refusal {
    /// The name of the field that it belongs to; none for the form as a whole.
    pub(super) field: Option<String>,
    pub(super) words: String,
}

impl Refusal {
    pub(super) fn at(field: &str, words: impl Into<String>) -> Refusal {
        Refusal { field: Some(field.to_owned()), words: words.into() }
    }

    /// The words under the name of the field, or under `form`: as templates look for them.
    pub(super) fn by_field(&self) -> BTreeMap<String, String> {
        BTreeMap::from([(self.field.clone().unwrap_or_else(|| "form".to_owned()), self.words.clone())])
    }

    fn whole(words: impl Into<String>) -> Refusal {
        Refusal { field: None, words: words.into() }
    }
}

/// What a registration came to.
#[derive(Debug)]
pub(super) enum Taken<S> {
    Saved(S),
    Refused(Refusal),
    /// It is saved, but nobody is told.
    Unanswered(Quiet),
}

/// The registrations, and what can be made hard about them.
#[derive(Debug, Default)]
pub(super) struct Intake {
    pub(super) all: Vec<Registered>,
    /// Whether a number of origin may be registered only once.
    pub(super) unique: bool,
    pub(super) closed: bool,
    /// How long a save takes before and after it is done.
    pub(super) delay: (Duration, Duration),
    /// So many of the next saves are not answered.
    pub(super) unanswered: u64,
    /// After those, so many are answered only by half: once they are saved, or at once where that takes its time.
    pub(super) cut: u64,
    pub(super) refusal: Option<Refusal>,
}

impl Intake {
    pub(super) fn by_receipt(&self, receipt: &str) -> Option<&Registered> {
        self.all.iter().chain([&*EARLIER]).find(|registered| registered.receipt == receipt)
    }

    /// Those whose number of origin or receipt contains `keyword`, newest first; the one of old comes last.
    pub(super) fn find(&self, keyword: &str) -> Vec<&Registered> {
        let fits = |registered: &&Registered| {
            keyword.is_empty() || registered.receipt.contains(keyword) || registered.fields["note"].contains(keyword)
        };
        self.all.iter().rev().chain([&*EARLIER]).filter(fits).collect()
    }

    /// How the answer to the save that was just done is to be lost, if it is.
    fn keeps_quiet(&mut self) -> Option<Quiet> {
        let (left, quiet) =
            if self.unanswered > 0 { (&mut self.unanswered, Quiet::Dropped) } else { (&mut self.cut, Quiet::Cut) };
        *left = left.checked_sub(1)?;
        Some(quiet)
    }

    /// Whether the answer to a save that takes its time breaks off before that is done.
    fn breaks_off(&mut self) -> bool {
        let left = self.cut.checked_sub(1).filter(|_| self.unanswered == 0);
        left.map(|left| self.cut = left).is_some()
    }

    fn refuses(&self, fields: &BTreeMap<String, String>, corrected: Option<&str>) -> Option<Refusal> {
        if self.closed {
            return Some(Refusal::whole("受理期已截止，暂停登记"));
        }
        let same = |registered: &&Registered| {
            registered.fields["note"] == fields["note"] && corrected != Some(registered.receipt.as_str())
        };
        let taken = || self.all.iter().find(same);
        match taken().filter(|_| self.unique && !fields["note"].is_empty()) {
            Some(earlier) => Some(Refusal::at("note", format!("该来源编号已登记，受理编号：{}", earlier.receipt))),
            None => self.refusal.clone(),
        }
    }
}

/// Saves what was sent, as a new registration or, with a receipt, as the correction of one. It is saved even if the visitor
/// goes away in the meantime, as in a real system.
pub(super) async fn register(office: &Arc<Office>, sent: Sent, corrected: Option<String>) -> Taken<Registered> {
    saving(office, move |office| save(office, sent, corrected.as_deref())).await
}

/// Saves in the time that a save takes, and keeps quiet about it when that was asked for.
pub(super) async fn saving<S: Send + 'static>(
    office: &Arc<Office>,
    save: impl FnOnce(&Office) -> Result<S, Refusal> + Send + 'static,
) -> Taken<S> {
    let office = Arc::clone(office);
    let (before, after) = office.intake().delay;
    let gone = !before.is_zero() && office.intake().breaks_off();
    let saving = tokio::spawn(async move {
        tokio::time::sleep(before).await;
        let saved = match save(&office) {
            Ok(saved) => saved,
            Err(refusal) => return Taken::Refused(refusal),
        };
        let quiet = office.intake().keeps_quiet();
        tokio::time::sleep(after).await;
        quiet.map_or(Taken::Saved(saved), Taken::Unanswered)
    });
    if gone {
        return Taken::Unanswered(Quiet::Cut);
    }
    saving.await.unwrap_or(Taken::Unanswered(Quiet::Dropped))
}

fn save(office: &Office, sent: Sent, corrected: Option<&str>) -> Result<Registered, Refusal> {
    let now = office.now();
    let fields = sent.fields_of_form();
    let mut intake = office.intake();
    if let Some(refusal) = intake.refuses(&fields, corrected) {
        return Err(refusal);
    }
    let brought = judge::judge(office.system, &fields, now)?;
    let mut ledger = office.ledger();
    let Some(receipt) = corrected else {
        let receipt = ledger.take_in(brought, now);
        let new = Registered { receipt, fields, files: sent.files, received_at: now, times: 1 };
        intake.all.push(new.clone());
        return Ok(new);
    };
    let earlier = intake.all.iter_mut().find(|registered| registered.receipt == receipt);
    let earlier = earlier.ok_or_else(|| Refusal::whole("登记信息不存在"))?;
    ledger.correct(receipt, brought, now);
    earlier.fields = fields;
    earlier.files.extend(sent.files);
    earlier.times += 1;
    Ok(earlier.clone())
}

/// What `system` would refuse about this before it is complete: the first thing that is wrong.
pub(super) fn checked(system: System, sent: &Sent, now: Time) -> Option<Refusal> {
    judge::judge(system, &sent.fields_of_form(), now).err()
}

/// How an answer fails to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quiet {
    /// The connection ends without a word. A browser that had used it before sends the same once more, by itself.
    Dropped,
    /// The connection ends in the middle of the answer.
    Cut,
}

impl Quiet {
    /// What is sent instead of the answer.
    pub(super) fn response(self) -> Response {
        match self {
            Quiet::Dropped => {
                let mut response = ().into_response();
                response.extensions_mut().insert(Unanswered);
                response
            }
            Quiet::Cut => {
                let broken = stream::once(async {
                    tokio::time::sleep(CUT_AFTER).await;
                    Err(io::Error::from(io::ErrorKind::ConnectionReset))
                });
                let body = Body::from_stream(stream::iter([Ok::<&[u8], io::Error>(b"<")]).chain(broken));
                ([(header::CONTENT_TYPE, "text/html"), (header::CONTENT_LENGTH, "1000")], body).into_response()
            }
        }
    }
}

impl Office {
    /// The word for where the case of that receipt stands.
    pub(super) fn status_of(&self, receipt: &str) -> &'static str {
        if receipt == EARLIER.receipt {
            return "已办结";
        }
        self.ledger().by_number(receipt).map(|case| case.status_word(self.system)).unwrap_or_default()
    }
}
