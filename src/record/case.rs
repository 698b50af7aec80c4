//! A case (办件): the heart of the records.

use chrono::{DateTime, FixedOffset, NaiveTime};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{CaseResult, Channel, ProjectType, Status};
use crate::base::hex;

/// Where a record comes from: who read it, when, where, from which bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Provenance {
    /// The bot's name.
    pub bot: String,
    /// Version of the adapter: hash of its files, 12 hex digits.
    pub adapter: String,
    /// The run's id.
    pub run: String,
    /// When the page was read.
    pub read_at: DateTime<FixedOffset>,
    /// Address of the page.
    pub page: String,
    /// SHA-256 of the page's bytes, hex.
    pub evidence: String,
}

/// The unit of a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// Working days of the district's calendar (工作日).
    WorkingDays,
    /// Calendar days (自然日).
    Days,
}

/// A time limit (法定时限, 承诺时限).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Limit {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: LimitUnit,
}

/// A case as one system shows it. Its key is `system` + `source_no`; with `data_version` that is the idempotency key.
///
/// Codes are strings, never numbers. Times carry an offset. A field that the system does not show is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Case {
    /// The system it was read from (name of the selectors file).
    pub system: String,
    /// 原系统流水号: the number that the system itself gives.
    pub source_no: String,
    /// 办件编号: one number across systems; `system-source_no` where the system shows none.
    pub project_no: String,
    /// Rises with each correction; milliseconds since the epoch of the reading that first saw these contents.
    pub data_version: i64,
    /// Where the case stands.
    pub status: Status,
    /// How it was decided, once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<CaseResult>,
    /// The remaining fields.
    #[serde(flatten)]
    pub fields: CaseFields,
    /// 过程: what was done with it, in the system's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<CaseEvent>,
    /// 材料: the files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Where all this comes from.
    pub provenance: Provenance,
}

/// One step of a case's process (过程). Its key is the case and `sequence`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseEvent {
    /// Its place in the process, from 1.
    pub sequence: u32,
    /// What was done, in the system's own words: 受理, 补正, 审批 ….
    pub name: String,
    /// When.
    pub time: DateTime<FixedOffset>,
    /// By whom; masked wherever a person without the role sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// With what words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A file that belongs to a case. The file itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attachment {
    /// Its name as the page or the answer gives it.
    pub name: String,
    /// Where it was downloaded.
    pub address: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

macro_rules! case_fields {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)+) => {
        /// Everything about a case that a system may or may not show.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(default)]
        pub struct CaseFields {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$type>,)+
        }

        impl CaseFields {
            /// The fields' names, as adapters and JSON write them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];
        }
    };
}

case_fields! {
    /// 实施编码.
    task_code: String,
    /// 基本编码.
    catalog_code: String,
    /// 事项名称.
    task_name: String,
    /// 事项类型.
    task_type: String,
    /// 即办 or 承诺.
    project_type: ProjectType,
    /// 申请人.
    applicant_name: String,
    /// 申请人类型.
    applicant_type: String,
    /// 申请人证件类型.
    applicant_id_type: String,
    /// 申请人证件号码; masked wherever a person without the role sees it.
    applicant_id: String,
    /// 联系人.
    contact_name: String,
    /// 联系电话; masked likewise.
    contact_phone: String,
    /// 申请渠道.
    channel: Channel,
    /// 申请时间.
    apply_date: DateTime<FixedOffset>,
    /// 受理时间.
    accept_date: DateTime<FixedOffset>,
    /// 承诺办结时间: the last instant that is still on time.
    promise_date: DateTime<FixedOffset>,
    /// 办结时间.
    result_date: DateTime<FixedOffset>,
    /// 法定时限.
    legal_limit: Limit,
    /// 承诺时限.
    promise_limit: Limit,
    /// 统一社会信用代码 of the department.
    org_code: String,
    /// Name of the department.
    org_name: String,
    /// 9 to 12 digits: town, or village.
    region_code: String,
    /// 站点.
    site: String,
    /// 窗口.
    window: String,
    /// 经办人.
    operator: String,
    /// 办结文书编号.
    result_document_no: String,
    /// 容缺受理.
    deficient_accept: bool,
    /// 告知承诺.
    commitment: bool,
    /// 跨域通办.
    cross_region: bool,
    /// 一件事 number.
    theme_no: String,
    /// 延时服务.
    off_hours: bool,
}

impl Case {
    /// Hash of what the case says, without version and provenance: equal hashes mean that nothing changed.
    /// SHA-256, hex.
    pub fn contents(&self) -> String {
        let said = (&self.system, &self.source_no, &self.project_no, self.status, self.result, &self.fields);
        // Without process and files a case says what it said before there were any.
        let json = if self.events.is_empty() && self.attachments.is_empty() {
            serde_json::to_vec(&said)
        } else {
            serde_json::to_vec(&(said, &self.events, &self.attachments))
        };
        let json = json.expect("a case has only plain fields");
        hex(&Sha256::digest(json))
    }

    /// What makes the case impossible, in words for the quarantine; empty when nothing does.
    ///
    /// Checked: result not before acceptance, acceptance not before application, nothing later than the reading by more than
    /// a day, a result belongs to a `done` case only. A day, which stands as its first instant, is in no order with the instants
    /// of that day.
    pub fn impossibilities(&self) -> Vec<String> {
        let mut found = Vec::new();
        let fields = &self.fields;
        let order = [
            ("apply_date", fields.apply_date, "accept_date", fields.accept_date),
            ("accept_date", fields.accept_date, "result_date", fields.result_date),
        ];
        for (first, earlier, second, later) in order {
            if let (Some(earlier), Some(later)) = (earlier, later)
                && later < earlier
                && !may_be_one_day(earlier, later)
            {
                found.push(format!("{second} {later} is before {first} {earlier}"));
            }
        }
        let tomorrow = self.provenance.read_at + chrono::Duration::days(1);
        let past = [
            ("apply_date", fields.apply_date),
            ("accept_date", fields.accept_date),
            ("result_date", fields.result_date),
        ];
        for (name, date) in past {
            if let Some(date) = date
                && date > tomorrow
            {
                found.push(format!("{name} {date} lies in the future"));
            }
        }
        if self.result.is_some() && self.status != Status::Done {
            found.push(format!("there is a result, but status is {}", self.status.word()));
        }
        found
    }
}

/// Whether two instants lie on one day of the district, and one of them may be that day without a time: its first instant.
fn may_be_one_day(one: DateTime<FixedOffset>, other: DateTime<FixedOffset>) -> bool {
    let local = |at: DateTime<FixedOffset>| at.with_timezone(&Shanghai).naive_local();
    let (one, other) = (local(one), local(other));
    one.date() == other.date() && [one, other].iter().any(|at| at.time() == NaiveTime::MIN)
}
