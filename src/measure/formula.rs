//! The measures by name, with their titles, units and what they are made of.

use std::str::FromStr;

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Cases.
    Cases,
    /// A share, 0 to 1.
    Ratio,
}

impl Unit {
    /// Its word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Ratio => "ratio",
        }
    }
}

/// A figure that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Cases with their apply time in the window.
    Received,
    /// Cases with their accept_date in the window.
    Accepted,
    /// Cases with their result_date in the window, void ones excluded.
    Done,
    /// A stock: accepted at or before an instant, and not ended at it.
    Open,
    /// Done with result ≤ promise, over done that have a promise date.
    OnTimeRate,
    /// Open now, and the promise date has passed.
    OverdueOpen,
    /// Open now, and remaining ≤ max(1 working day, 20 % of the limit); those overdue are among them (red).
    Warning,
    /// The items accepted most.
    TopItems,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 8] = [
        Self::Received,
        Self::Accepted,
        Self::Done,
        Self::Open,
        Self::OnTimeRate,
        Self::OverdueOpen,
        Self::Warning,
        Self::TopItems,
    ];

    /// Its name in addresses and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::Open => "open",
            Self::OnTimeRate => "on_time_rate",
            Self::OverdueOpen => "overdue_open",
            Self::Warning => "warning",
            Self::TopItems => "top_items",
        }
    }

    /// The Chinese name that people see.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Received => "收件量",
            Self::Accepted => "受理量",
            Self::Done => "办结量",
            Self::Open => "在办",
            Self::OnTimeRate => "按时办结率",
            Self::OverdueOpen => "超期",
            Self::Warning => "预警",
            Self::TopItems => "高频事项",
        }
    }

    /// What it is counted in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::OnTimeRate => Unit::Ratio,
            Self::Received
            | Self::Accepted
            | Self::Done
            | Self::Open
            | Self::OverdueOpen
            | Self::Warning
            | Self::TopItems => Unit::Cases,
        }
    }
}

impl FromStr for Measure {
    type Err = String;

    /// The error names what is offered.
    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|measure| measure.word() == word).ok_or_else(|| {
            let offered = Self::ALL.map(Self::word).join(", ");
            format!("`{word}` is not a measure; there are: {offered}")
        })
    }
}
