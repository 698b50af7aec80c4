//! Faults of what the details say.

use super::{Fault, Must::Say, fault, later};
use crate::faults::office::Corrupt::Detail;

pub static DETAILS: &[Fault] = &[
    fault(
        "detail of the request before",
        Detail(|_, detail, before| {
            if let Some(before) = before {
                *detail = before.clone()
            }
        }),
        Say("of another"),
    ),
    fault(
        "detail of another case",
        Detail(|ask, detail, _| {
            if ask.before == 0 {
                detail.set("受理编号", "SL20269999")
            }
        }),
        Say(""),
    ),
    later(
        "values gone from the details",
        Detail(|_, detail, _| detail.pairs.iter_mut().skip(1).for_each(|(_, value)| value.clear())),
        Say(""),
    ),
    later(
        "a field gone empty in the details",
        Detail(|_, detail, _| detail.set("联系电话", "")),
        Say("says something in 0 of"),
    ),
    fault(
        "a label renamed in the details",
        Detail(|_, detail, _| detail.pairs[1].0 = "手机".to_owned()),
        Say("label=联系电话"),
    ),
    later(
        "half of the phone numbers in the details",
        Detail(|_, detail, _| detail.change("联系电话", |phone| phone[..phone.len() / 2].to_owned())),
        Say("is written otherwise"),
    ),
    later(
        "day and month swapped in the details",
        Detail(|_, detail, _| {
            detail.change("申请时间", |date| {
                format!("{}-{}-{}{}", &date[..4], &date[8..10], &date[5..7], &date[10..])
            })
        }),
        Say(""),
    ),
    fault(
        "two-digit years in the details",
        Detail(|_, detail, _| detail.change("申请时间", |date| date[2..].to_owned())),
        Say(""),
    ),
    fault(
        "dates in the future in the details",
        Detail(|_, detail, _| detail.change("申请时间", |date| date.replace("2026-", "2036-"))),
        Say("in the future"),
    ),
    later(
        "values swapped in the details",
        Detail(|_, detail, _| {
            let (a, b) = (detail.pairs[1].1.clone(), detail.pairs[2].1.clone());
            (detail.pairs[1].1, detail.pairs[2].1) = (b, a);
        }),
        Say(""),
    ),
];
