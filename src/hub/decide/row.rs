//! Of one key the highest version holds, whatever came first.
//!
//! A case and a quarantined row share the sequence of versions of their key, and yet both may stand: a case whose newest reading is in
//! quarantine stays as it was read last, marked by that reading, until it reads right again. What stands is the newest case, and the
//! newest quarantined row where that is newer; it follows from what came and not from the order in which it came.

use std::borrow::Cow;

use super::{Contribution, Current, Desk, Fate, HubError, Record, Shelf, Standing, add, mark, read, sum};
use crate::store::{Bad, Key};

/// Whether a version is newer than another of its key. Of two that say different things under one version, one must hold whichever
/// came first.
pub(in super::super) fn newer(version: (i64, &str), than: (i64, &str)) -> bool {
    version > than
}

fn is_newer(current: &Current, than: &Current) -> bool {
    newer((current.version, &current.contents), (than.version, &than.contents))
}

/// The mark, where it is newer than what it marks.
fn still(bad: Option<Bad>, marks: &Current) -> Option<Bad> {
    bad.filter(|bad| newer((bad.version, &bad.contents), (marks.version, &marks.contents)))
}

fn bad(current: Current) -> Bad {
    Bad { version: current.version, contents: current.contents, body: current.body }
}

impl<'a> Desk<'a> {
    /// Takes what has one newest version under a key.
    pub(super) fn row(
        &mut self,
        shelf: Shelf,
        record: Cow<'a, Record>,
        current: Current,
        counts: Vec<Contribution>,
    ) -> Result<Fate, HubError> {
        let key = (record.system().to_owned(), record.key().to_owned());
        let Some(mut standing) = self.stands.remove(&(shelf, key.clone())) else {
            sum(&mut self.sums, counts, 1);
            let line = self.line(&record, &current.body);
            self.stands.insert((shelf, key), Standing { current, made: Some((line, record)), raised: false });
            return Ok(Fate::New);
        };
        let fate = if standing.current.contents == current.contents {
            self.says_the_same(&mut standing, record, current)
        } else {
            let former = standing.record(&key)?;
            match (&*former, &*record) {
                (Record::Case(_), Record::Quarantined(_)) => self.turns_bad(&mut standing, former, &record, current),
                (Record::Quarantined(_), Record::Case(_)) => {
                    self.comes_right(&mut standing, &former, record, current, counts)
                }
                _ => self.says_another(&mut standing, &former, record, current, counts),
            }
        };
        self.stands.insert((shelf, key), standing);
        Ok(fate)
    }

    /// A case's reading is in quarantine: the case stays, marked.
    fn turns_bad(
        &mut self,
        standing: &mut Standing<'a>,
        case: Cow<'a, Record>,
        row: &Record,
        current: Current,
    ) -> Fate {
        let held = &mut standing.current;
        let same = held.bad.as_ref().filter(|bad| bad.contents == current.contents).map(|bad| bad.version);
        if same == Some(current.version) {
            return Fate::Unchanged;
        }
        if !is_newer(&current, held) || still(held.bad.clone(), &current).is_some() {
            return Fate::Superseded;
        }
        if held.bad.is_none() {
            mark(&mut self.sums, row.system(), 1);
        }
        let line = self.line(row, &current.body);
        held.bad = Some(bad(current));
        standing.made = Some((line, case));
        // A mark that only rose is written all the same: a case that comes late is held against it, in the journal too.
        if same.is_some() { Fate::Unchanged } else { Fate::Changed }
    }

    /// What stood in quarantine alone has a case: it stands, marked where the quarantine is newer.
    fn comes_right(
        &mut self,
        standing: &mut Standing<'a>,
        row: &Record,
        case: Cow<'a, Record>,
        mut current: Current,
        counts: Vec<Contribution>,
    ) -> Fate {
        add(&mut self.sums, row, -1);
        sum(&mut self.sums, counts, 1);
        current.bad = still(Some(bad(std::mem::take(&mut standing.current))), &current);
        if current.bad.is_some() {
            mark(&mut self.sums, case.system(), 1);
        }
        let line = self.line(&case, &current.body);
        *standing = Standing { current, made: Some((line, case)), raised: false };
        Fate::Changed
    }

    /// The same again: only its version may rise; with that, a mark may go.
    fn says_the_same(&mut self, standing: &mut Standing<'a>, record: Cow<'a, Record>, mut current: Current) -> Fate {
        let held = &mut standing.current;
        if current.version <= held.version {
            return if current.version < held.version { Fate::Superseded } else { Fate::Unchanged };
        }
        let marked = held.bad.is_some();
        current.bad = still(held.bad.take(), &current);
        let cleared = marked && current.bad.is_none();
        // As with a mark that rose: what stands in quarantine alone is held against a case that comes late.
        if !cleared && !matches!(&*record, Record::Quarantined(_)) {
            (held.version, held.bad) = (current.version, current.bad);
            standing.raised = true;
            return Fate::Unchanged;
        }
        current.flags = std::mem::take(&mut held.flags);
        let line = self.line(&record, &current.body);
        if cleared {
            mark(&mut self.sums, record.system(), -1);
        }
        *standing = Standing { current, made: Some((line, record)), raised: false };
        if cleared { Fate::Changed } else { Fate::Unchanged }
    }

    /// Another one of its kind: the newer holds, and a mark that is newer still stays.
    fn says_another(
        &mut self,
        standing: &mut Standing<'a>,
        former: &Record,
        record: Cow<'a, Record>,
        mut current: Current,
        counts: Vec<Contribution>,
    ) -> Fate {
        let held = &mut standing.current;
        if !is_newer(&current, held) {
            return Fate::Superseded;
        }
        current.flags = flagged(&held.flags, former, &record);
        let marked = held.bad.is_some();
        current.bad = still(held.bad.take(), &current);
        if marked && current.bad.is_none() {
            mark(&mut self.sums, record.system(), -1);
        }
        add(&mut self.sums, former, -1);
        sum(&mut self.sums, counts, 1);
        let line = self.line(&record, &current.body);
        *standing = Standing { current, made: Some((line, record)), raised: false };
        Fate::Changed
    }
}

impl<'a> Standing<'a> {
    /// What stands.
    fn record(&self, key: &Key) -> Result<Cow<'a, Record>, HubError> {
        match &self.made {
            Some((_, record)) => Ok(record.clone()),
            None => Ok(Cow::Owned(read(&self.current.body, key)?)),
        }
    }
}

/// The flags of a key whose record is being replaced: those it had, and one more for a move that is not legal.
fn flagged(flags: &str, former: &Record, next: &Record) -> String {
    let mut words: Vec<String> = flags.lines().map(str::to_owned).collect();
    if let (Record::Case(former), Record::Case(next)) = (former, next)
        && !former.status.may_become(next.status)
    {
        let word = format!("illegal_move {} {}", former.status.word(), next.status.word());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join("\n")
}
