//! The canonical code lists. Adapters map a page's words onto these, never by resemblance.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that is in no canonical list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not one of {offered}")]
pub struct UnknownCode {
    /// What was given.
    pub word: String,
    /// The canonical values, comma-separated.
    pub offered: String,
}

/// Makes an enum whose values have one canonical word in files, database and API, and a Chinese name on screens.
macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal, $title:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value, in canonical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The canonical word, as in files and JSON.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The Chinese name that people see.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;

            fn from_str(word: &str) -> Result<Self, UnknownCode> {
                Self::ALL.iter().copied().find(|value| value.word() == word).ok_or_else(|| UnknownCode {
                    word: word.to_owned(),
                    offered: [$($word),+].join(", "),
                })
            }
        }
    };
}

code_list! {
    /// Where a case stands (办件状态).
    Status {
        /// Handed in by the applicant.
        Submitted = "submitted", "已提交";
        /// Papers taken by a window.
        Received = "received", "收件";
        /// Waiting for the applicant to complete the papers; the clock stands still.
        Correction = "correction", "待补正";
        /// Accepted: the promised time runs.
        Accepted = "accepted", "受理";
        /// Being examined.
        InProgress = "in_progress", "办理中";
        /// Special procedure; the clock stands still.
        Suspended = "suspended", "挂起";
        /// Decided.
        Done = "done", "办结";
        /// Not accepted.
        Rejected = "rejected", "不予受理";
        /// Sent back.
        Returned = "returned", "退件";
        /// Taken back by the applicant.
        Withdrawn = "withdrawn", "撤销";
        /// Struck out.
        Void = "void", "作废";
    }
}

impl Status {
    /// Whether nothing more will happen to the case.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Done | Self::Rejected | Self::Returned | Self::Withdrawn | Self::Void)
    }

    /// Whether a case may go from `self` to `next` (staying counts as legal).
    pub fn may_become(self, next: Self) -> bool {
        use Status::{Accepted, Correction, Done, InProgress, Received, Rejected, Submitted, Suspended};
        if self == next {
            return true;
        }
        match (self, next) {
            (ended, _) if ended.ended() => false,
            (_, Self::Withdrawn | Self::Void | Self::Returned) => true,
            (Submitted, Received | Correction | Accepted | Rejected)
            | (Received, Correction | Accepted | Rejected)
            | (Correction, Received | Accepted | Rejected)
            | (Accepted, InProgress | Suspended | Done)
            | (InProgress, Suspended | Done)
            | (Suspended, InProgress | Done) => true,
            _ => false,
        }
    }
}

code_list! {
    /// How a done case was decided (办结结果).
    CaseResult {
        /// 准予许可.
        Granted = "granted", "准予";
        /// 不予许可.
        Refused = "refused", "不予许可";
        /// Passed on to a higher authority.
        Forwarded = "forwarded", "转报";
        /// Anything else the system states.
        Other = "other", "其他";
    }
}

code_list! {
    /// Where the application came in (申请渠道).
    Channel {
        /// At a service window.
        Window = "window", "窗口";
        /// On the web.
        Online = "online", "网上";
        /// In an app or mini program.
        Mobile = "mobile", "掌上";
        /// At a self-service machine.
        Kiosk = "kiosk", "自助终端";
        /// By post.
        Post = "post", "邮寄";
    }
}

code_list! {
    /// 即办件 or 承诺件.
    ProjectType {
        /// Decided on the spot.
        Instant = "instant", "即办件";
        /// Decided within a promised time.
        Promised = "promised", "承诺件";
    }
}

code_list! {
    /// What an entry does in its target (录入动作).
    Does {
        /// A case is entered that was not there.
        Enter = "enter", "录入";
        /// A case that stands there is brought up to date.
        Update = "update", "回写";
    }
}

code_list! {
    /// Where an entry stands (录入状态).
    EntryState {
        /// It is to be made.
        Wanted = "wanted", "待录入";
        /// The target was asked whether it has the case already.
        LookedUp = "looked_up", "已查重";
        /// It is decided what will be entered.
        Intended = "intended", "已拟定";
        /// The form is being sent.
        Submitting = "submitting", "提交中";
        /// The target has taken it.
        Submitted = "submitted", "已提交";
        /// It was read back, and is what was meant.
        Verified = "verified", "已核对";
        /// The target said no.
        Refused = "refused", "被退回";
        /// The target has it already, and says something else.
        Conflict = "conflict", "有冲突";
        /// A person is needed.
        Waiting = "waiting", "待人工";
        /// It is not to be made any more.
        Cancelled = "cancelled", "已取消";
        /// It was sent, and nobody knows yet whether it arrived.
        Unknown = "unknown", "结果不明";
    }
}

impl EntryState {
    /// Whether the target holds the case by this entry.
    pub const fn entered(self) -> bool {
        matches!(self, Self::Submitted | Self::Verified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_are_one_to_one() {
        for status in Status::ALL {
            assert_eq!(status.word().parse(), Ok(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{}\"", status.word()));
        }
        for state in EntryState::ALL {
            assert_eq!(state.word().parse(), Ok(*state));
        }
        assert_eq!("办结".parse::<Status>().unwrap_err().word, "办结");
    }

    #[test]
    fn an_end_is_an_end() {
        for from in Status::ALL.iter().filter(|status| status.ended()) {
            for to in Status::ALL {
                assert_eq!(from.may_become(*to), from == to, "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn suspension_goes_both_ways_but_acceptance_does_not_go_back() {
        assert!(Status::InProgress.may_become(Status::Suspended) && Status::Suspended.may_become(Status::InProgress));
        assert!(!Status::Accepted.may_become(Status::Received));
        assert!(!Status::Submitted.may_become(Status::Done));
    }
}
