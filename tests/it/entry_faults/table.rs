//! The faults, by name, and what must come of each.

use super::{office::Trick, room::BOT};

/// The bot whose form has two pages.
const DRAFT: &str = "target-draft";
/// Who stands there already, where somebody does.
const SAME: Option<&str> = Some("王小明YC2");
const OTHER: Option<&str> = Some("王小红YC2");

pub struct Fault {
    pub name: &'static str,
    pub bot: &'static str,
    pub trick: Trick,
    pub must: Must,
    /// Who stands there under its number before.
    pub there: Option<&'static str>,
    /// Whether nothing more is sent until a person has decided.
    pub stops: bool,
}

/// What must come of a fault while it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// It stands there, once, and is verified.
    Verified,
    /// The target said no, in these words.
    Refused(&'static str),
    /// A person knows, in these words; it was sent once at most.
    Person(&'static str),
    /// Nothing was sent, and that is said in these words.
    NotSent(&'static str),
    /// It does not stand there yet; it is tried again, with all care.
    NotYet,
}

const fn fault(name: &'static str, trick: Trick, must: Must) -> Fault {
    Fault { name, bot: BOT, trick, must, there: None, stops: false }
}

/// One in which what was sent is not what stands there, so that nothing more is sent.
const fn stopping(name: &'static str, trick: Trick, words: &'static str) -> Fault {
    Fault { stops: true, ..fault(name, trick, Must::Person(words)) }
}

/// One that finds it there already.
const fn there(name: &'static str, trick: Trick, must: Must, who: Option<&'static str>) -> Fault {
    Fault { there: who, ..fault(name, trick, must) }
}

/// What a look-up says of an absence that it does not prove.
pub static UNPROVEN: &[Fault] = &[
    there("look-up: no table, another sentence says 0", Trick::LookUpSaysNought, Must::NotSent("registered"), SAME),
    there("look-up: an empty table of something else", Trick::LookUpOtherTable, Must::NotSent("registered"), SAME),
    there("look-up: finds nothing, it is there", Trick::SearchDown, Must::NotSent("proves nothing"), SAME),
    fault("look-up: finds nothing, it is not there", Trick::SearchDown, Must::NotSent("proves nothing")),
    Fault {
        bot: DRAFT,
        ..fault("look-up: finds nothing, a form of two pages", Trick::SearchDown, Must::NotSent("proves nothing"))
    },
];

pub static FAULTS: &[Fault] = &[
    fault("none", Trick::Nothing, Must::Verified),
    there("there already, the same", Trick::Nothing, Must::Verified, SAME),
    there("there already, another", Trick::Nothing, Must::Person("王小红"), OTHER),
    fault("look-up: no table", Trick::LookUpWithoutTable, Must::NotSent("registered")),
    there("look-up: no table, and it is there", Trick::LookUpWithoutTable, Must::NotSent("registered"), SAME),
    fault("look-up: cut by paging", Trick::LookUpCut, Must::NotSent("37")),
    there("look-up: finds everything", Trick::SearchIgnored, Must::Verified, SAME),
    fault("look-up: finds everything, it is not among it", Trick::SearchIgnored, Must::NotSent("registered")),
    fault("look-up: maintenance", Trick::LookUpMaintenance, Must::NotSent("系统维护中")),
    fault("look-up: HTTP 500", Trick::LookUp500, Must::NotSent("500")),
    fault("look-up: the page to sign in", Trick::LookUpLogin, Must::NotSent("session")),
    there("look-up: shows it twice", Trick::LookUpTwice, Must::Person("2 times"), SAME),
    fault("look-up: finds what only begins alike", Trick::LookUpPrefix, Must::Verified),
    stopping("look-up: another number than the answer's", Trick::LookUpOtherNumber, "内D002"),
    fault("lost answer, saved", Trick::CutAfterSave, Must::Verified),
    fault("lost answer, not saved", Trick::CutBeforeSave, Must::NotYet),
    fault("HTTP 500, saved", Trick::Answer500AfterSave, Must::Verified),
    fault("the page to sign in, saved", Trick::LoginAfterSave, Must::Verified),
    fault("the page to sign in, not saved", Trick::LoginInstead, Must::NotYet),
    fault("an error page with 200", Trick::ErrorWith200, Must::NotYet),
    fault("the empty form again", Trick::FormAgain, Must::NotYet),
    fault("both answers", Trick::BothAnswers, Must::Verified),
    fault("taken, without a number", Trick::NoNumber, Must::Verified),
    stopping("the number of another", Trick::NumberOfAnother, "D001"),
    stopping("the answer of another session", Trick::AnswerOfAnother, "D001"),
    fault("the message of another beside its own", Trick::MessageOfAnother, Must::Verified),
    fault("saved late", Trick::SavedLate, Must::Verified),
    fault("redirects without an end", Trick::Redirects, Must::Verified),
    stopping("one press, two records", Trick::SavesTwice, "2 times"),
    stopping("cuts the name", Trick::CutsName, "王小"),
    fault("writes the number in another way", Trick::RewritesNote, Must::Person("does not show it")),
    fault("refuses", Trick::Refuses, Must::Refused("受理期已截止")),
    stopping("verify: can't be read", Trick::VerifyUnreadable, "one"),
    stopping("verify: HTTP 500", Trick::Verify500, "500"),
    stopping("verify: another record", Trick::VerifyOther, "YC0"),
    fault("the form has changed", Trick::FormChanged, Must::NotSent("申请人")),
    fault("the form: HTTP 500", Trick::Form500, Must::NotSent("500")),
    Fault { bot: DRAFT, ..fault("a form of two pages", Trick::Nothing, Must::Verified) },
    Fault { bot: DRAFT, ..fault("the session ends in a form", Trick::SessionEndsInForm, Must::Verified) },
    Fault { bot: DRAFT, ..fault("lost answer of two pages, saved", Trick::CutAfterSave, Must::Verified) },
];
