//! What every system asks of a registration before it saves it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeZone};

use super::{CHANNELS, Refusal, choices};
use crate::sandbox::case::{Place, Time};
use crate::sandbox::items::Department;
use crate::sandbox::kind::System;
use crate::sandbox::people::Applicant;
use crate::sandbox::places::Town;

/// Digits of a phone number.
const PHONE: usize = 11;
/// Characters of an id or a credit code.
const ID: usize = 18;
/// When windows open: the time of day of an application that only has a date.
const OPENS: (u32, u32) = (8, 30);

/// What a registration brings into the ledger.
#[derive(Debug)]
pub(in crate::sandbox) struct Brought {
    pub(in crate::sandbox) department: &'static Department,
    pub(in crate::sandbox) item_index: usize,
    pub(in crate::sandbox) applicant: Applicant,
    pub(in crate::sandbox) town: &'static Town,
    pub(in crate::sandbox) village: &'static str,
    pub(in crate::sandbox) place: Place,
    pub(in crate::sandbox) applied: Time,
}

/// What these `fields` (all of the form's are there) come to, or the first thing that is wrong with them.
pub(super) fn judge(system: System, fields: &BTreeMap<String, String>, now: Time) -> Result<Brought, Refusal> {
    let field = |name: &str| fields[name].as_str();
    if field("applicant").is_empty() {
        return Err(Refusal::at("applicant", "请填写申请人"));
    }
    if field("id_number").chars().count() != ID {
        return Err(Refusal::at("id_number", "证件号码须为18位"));
    }
    let phone = field("phone");
    if phone.len() != PHONE || !phone.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::at("phone", "联系电话须为11位数字"));
    }
    let town = choices::town(field("town")).ok_or_else(|| Refusal::at("town", "请选择所属镇街"))?;
    let village = town.villages.iter().find(|village| village.name == field("village"));
    let village = village.ok_or_else(|| Refusal::at("village", "请选择村居"))?;
    let item = choices::item(system, field("item"));
    let (department, item_index) = item.ok_or_else(|| Refusal::at("item", "请选择事项名称"))?;
    let applied = applied(field("applied"), now).ok_or_else(|| Refusal::at("applied", "申请日期不正确"))?;
    if applied > now {
        return Err(Refusal::at("applied", "申请日期不能晚于今天"));
    }
    let channel = CHANNELS.into_iter().find(|&channel| channel == field("channel"));
    let channel = channel.ok_or_else(|| Refusal::at("channel", "请选择申请渠道"))?;
    let window = if channel == "网上" { "网上受理岗" } else { "综合窗口1" };
    Ok(Brought {
        department,
        item_index,
        applicant: Applicant {
            name: field("applicant").to_owned(),
            firm: field("applicant_type") == "法人",
            id_number: field("id_number").to_owned(),
            phone: phone.to_owned(),
        },
        town,
        village: &village.name,
        place: Place { channel, site: "区政务服务中心".to_owned(), window: window.to_owned() },
        applied: system.rounded(applied),
    })
}

/// When it was applied for: the opening of that day, but not after now on today's; now where nothing is said.
fn applied(date: &str, now: Time) -> Option<Time> {
    if date.is_empty() {
        return Some(now);
    }
    let date: NaiveDate = date.parse().ok()?;
    let opening = date.and_time(NaiveTime::from_hms_opt(OPENS.0, OPENS.1, 0)?);
    let applied = now.timezone().from_local_datetime(&opening).single()?;
    Some(if date == now.date_naive() { applied.min(now) } else { applied })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(change: (&str, &str)) -> Result<Brought, Refusal> {
        let good = [
            ("note", "HDYC1"),
            ("applicant", "王芳"),
            ("applicant_type", "自然人"),
            ("id_type", "居民身份证"),
            ("id_number", "371312199001010001"),
            ("phone", "10000000000"),
            ("town", "汤河镇"),
            ("village", choices::villages("汤河镇")[0]),
            ("item", "取水许可延续"),
            ("applied", "2026-11-20"),
            ("channel", "窗口"),
            ("deficient", "否"),
            ("remark", ""),
        ];
        let mut fields: BTreeMap<String, String> = good.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        fields.insert(change.0.to_owned(), change.1.to_owned());
        let system = crate::sandbox::ALL.iter().find(|system| system.name == "water").unwrap();
        judge(system, &fields, "2026-11-23T07:20:41+08:00".parse().unwrap())
    }

    #[test]
    fn each_mistake_is_told_at_its_field() {
        let today = judged(("applied", "2026-11-23")).unwrap();
        assert_eq!(today.applied.to_rfc3339(), "2026-11-23T07:20:00+08:00");
        assert_eq!(judged(("", "")).unwrap().applied.to_rfc3339(), "2026-11-20T08:30:00+08:00");
        for (field, value) in [
            ("applicant", ""),
            ("id_number", "3713121990010100"),
            ("phone", "1000000000"),
            ("phone", "1000000000a"),
            ("town", "沂东新区"),
            ("village", "郁九曲社区居民委员会"),
            ("item", "居住证申领"),
            ("applied", "2026-02-30"),
            ("applied", "2026-11-24"),
            ("channel", "自助终端"),
        ] {
            assert_eq!(judged((field, value)).unwrap_err().field.as_deref(), Some(field), "{value}");
        }
    }
}
