//! A run's guards at work: what good readings looked like, what this one shows, and what it leaves behind when it was good.

use std::collections::{BTreeMap, HashMap};

use super::{
    Run, RunError,
    about::About,
    evidence,
    guard::{self, Baseline, Details, EVENT, Ends, Guard, LIST, Lasting, Stranger},
    keep::Fate,
    left::Left,
    list::{List, Listed},
    recent::Came,
    site::Site,
};
use crate::{
    adapter::{Page, Scope},
    extract::{self, Document},
    store::Seen,
};

/// A row that was read and mapped, not kept yet.
pub(super) struct Mapped {
    pub(super) listed: Listed,
    pub(super) about: Option<About>,
    pub(super) fate: Fate,
}

/// A row whose pages can't be used, by its key.
pub(super) type Failed = (String, RunError);

/// The guards of one run.
#[derive(Default)]
pub(super) struct Watch {
    before: BTreeMap<String, Baseline>,
    lasting: Lasting,
    listed: Option<Baseline>,
    details: Details,
    accept: bool,
    /// What the list no longer shows, once that is known.
    pub(super) left: Option<Left>,
    /// What begins to go astray.
    pub(super) warnings: Vec<String>,
}

impl Watch {
    /// The guards with what they remember.
    pub(super) async fn begin(site: &Site) -> Result<Self, RunError> {
        let run = &site.run;
        let kept = run.bridge.store.baselines(&run.bot().system, &run.bot).await?;
        let read = |(name, body): (String, String)| match serde_json::from_str::<Baseline>(&body) {
            Ok(baseline) => Some((name, baseline)),
            Err(error) => {
                tracing::warn!(bot = run.bot, page = name, %error, "what good readings looked like can't be read; it is forgotten");
                None
            }
        };
        let before: BTreeMap<String, Baseline> = kept.into_iter().filter_map(read).collect();
        let accept = run.options.accept;
        for (name, baseline) in &before {
            site.recent().expect(&page(run, name).name, if accept { Ends::Any } else { baseline.ends });
        }
        Ok(Self { before, lasting: Lasting::of(run.bot()), accept, ..Self::default() })
    }

    /// Judges the list, before anything about its rows is opened.
    pub(super) fn list(&mut self, site: &Site, list: &List, seen: &HashMap<String, Seen>) -> Result<(), RunError> {
        let page = site.list_page();
        let before = self.before.get(LIST);
        let same = |field: &str| before.is_some_and(|before| before.column(page, field).is_some());
        let former = |listed: &Listed| seen.get(&listed.key).map(|seen| seen.marks.as_str());
        let rows = list.rows().iter().map(|listed| (&listed.row, former(listed)));
        let (profile, changes) = guard::looked(&self.lasting, rows, same);
        let headers = headers(site, page);
        self.warnings.extend(guard::drift(page, &list.astray().matched, &headers, before));
        self.warnings.extend(list.astray().strays.iter().map(|stray| format!("page `{}`: {stray}", page.name)));
        whole(site, page)?;
        let shown =
            guard::Listing { profile: &profile, stated: list.stated_total(), whole: list.is_read(), changes: &changes };
        if let Some(before) = before.filter(|_| !self.accept) {
            guard::list(page, shown, before, &site.run.bot().reading().expect)
                .map_err(|guard| stop(site, page, None, guard))?;
        }
        let left = Left::of(&site.run, list, seen);
        self.warnings.extend(left.told(&site.run.system().name, before.map_or(0, |before| before.gone)));
        if list.is_read() {
            let before = before.filter(|_| !self.accept);
            let mut listed = Baseline::of_list(page, &profile, &list.astray().matched, before);
            (listed.stated, listed.ends) = (list.stated_total(), site.recent().ends(&page.name));
            listed.gone = left.ended;
            // A list of which no page has changed was not looked at again.
            listed.headers = if headers.is_empty() { listed.headers } else { headers };
            self.listed = Some(listed);
        } else {
            self.listed = before.map(|before| before.with_part(page, &profile));
        }
        self.left = Some(left);
        Ok(())
    }

    /// Judges a batch before anything of it is kept. Gives those of it that may be kept, and the others with what is wrong.
    pub(super) fn batch(
        &mut self,
        site: &Site,
        batch: Vec<Mapped>,
        seen: &HashMap<String, Seen>,
    ) -> Result<(Vec<Fate>, Vec<Failed>), RunError> {
        let known = known(&site.run, if self.accept { None } else { Some(&self.before) });
        known.values().try_for_each(|known| whole(site, known.page))?;
        let opened: Vec<_> = batch.iter().map(|mapped| opened(site, mapped, seen)).collect();
        let mut strangers: HashMap<usize, Stranger> =
            self.details.take(&known, &opened, &self.lasting).into_iter().collect();
        if self.accept {
            strangers.clear();
        } else {
            let judged = self.details.judge(&known, &site.run.bot().reading().expect);
            judged.map_or(Ok(()), |(name, guard)| Err(stop(site, page(&site.run, &name), None, guard)))?;
        }
        let (mut kept, mut failed) = (Vec::new(), Vec::new());
        for (place, mut mapped) in batch.into_iter().enumerate() {
            match strangers.get(&place) {
                Some(stranger) => failed.push((mapped.listed.key.clone(), self.strange(site, &mapped, *stranger))),
                None => {
                    mapped.fate.kept.marks = self.marks(&mapped);
                    kept.push(mapped.fate);
                }
            }
        }
        Ok((kept, failed))
    }

    /// Remembers what this reading looked like, now that it has ended well.
    pub(super) async fn settle(&self, site: &Site) -> Result<(), RunError> {
        let run = &site.run;
        if run.options.dry_run {
            return Ok(());
        }
        if let Some(left) = &self.left {
            left.keep(run, &run.bridge.store).await?;
        }
        let now = run.bridge.clock.now();
        let mut left: BTreeMap<String, Baseline> = self.listed.iter().map(|it| (LIST.to_owned(), it.clone())).collect();
        for (name, so_far) in &self.details.pages {
            let before = self.before.get(name).filter(|_| !self.accept);
            let about = page(run, name);
            let matched = sample(site, about).map(|document| extract::matched(about, &document)).unwrap_or_default();
            let mut baseline = Baseline::of_details(about, &so_far.profile, &matched, self.details.named, before);
            baseline.ends = site.recent().ends(&about.name);
            left.insert(name.clone(), baseline);
        }
        let written = left.into_iter().map(|(name, mut baseline)| {
            baseline.at = now.to_rfc3339();
            Ok((name, serde_json::to_string(&baseline)?))
        });
        let written = written.collect::<Result<_, serde_json::Error>>().map_err(crate::store::StoreError::from)?;
        Ok(run.bridge.store.keep_baselines(&run.bot().system, &run.bot, &written, now).await?)
    }

    /// What begins to go astray on the pages about records.
    pub(super) fn look_for_drift(&mut self, site: &Site) {
        for name in self.details.pages.keys() {
            let about = page(&site.run, name);
            let matched = sample(site, about).map(|document| extract::matched(about, &document)).unwrap_or_default();
            self.warnings.extend(guard::drift(about, &matched, &[], self.before.get(name)));
        }
    }

    fn marks(&self, mapped: &Mapped) -> String {
        let about = mapped.about.iter().flat_map(|about| &about.pages).map(|(name, row)| (name.as_str(), row));
        let steps = mapped.about.as_ref().map_or(&[][..], |about| &about.events);
        self.lasting.marks([(LIST, &mapped.listed.row)].into_iter().chain(about), steps)
    }

    fn strange(&self, site: &Site, mapped: &Mapped, stranger: Stranger) -> RunError {
        let (system, key) = (site.run.system().name.clone(), mapped.listed.key.clone());
        let about = page(&site.run, "detail");
        keep_page(site, about, mapped.about.as_ref().map(|about| about.look.address.as_str()));
        let bot = site.run.bot.clone();
        let why = match stranger {
            Stranger::Other => "does not show its key: it is of another record, or an old one",
            Stranger::Hollow => "says nothing in the fields that always said something",
        };
        RunError::Stranger { system, page: about.name.clone(), key, bot, why }
    }
}

/// The pages about records, with what they looked like before.
fn known<'a>(run: &'a Run, before: Option<&'a BTreeMap<String, Baseline>>) -> BTreeMap<String, guard::Known<'a>> {
    let collect = run.bot().reading();
    let names = collect.detail.iter().map(|_| "detail").chain(collect.also.iter().map(String::as_str));
    let names = names.chain(collect.events.iter().map(|_| EVENT));
    let before = |name: &str| before.and_then(|before| before.get(name));
    names.map(|name| (name.to_owned(), guard::Known { page: page(run, name), before: before(name) })).collect()
}

fn opened<'a>(site: &Site, mapped: &'a Mapped, seen: &'a HashMap<String, Seen>) -> guard::Opened<'a> {
    let news = mapped.fate.kept.record.is_some();
    guard::Opened {
        same: same(site, mapped),
        pages: mapped.about.as_ref().map_or(&[], |about| about.pages.as_slice()),
        steps: mapped.about.as_ref().map_or(&[], |about| about.events.as_slice()),
        named: mapped.about.as_ref().and_then(|about| about.named),
        former: seen.get(&mapped.listed.key).map(|seen| seen.marks.as_str()),
        quarantined: mapped.fate.quarantined.as_ref().filter(|_| news),
    }
}

/// Whether its pages show the record's key where the bot says that they do; unknown where it says nothing.
fn same(site: &Site, mapped: &Mapped) -> Option<bool> {
    let same = site.run.bot().reading().same.as_ref()?;
    let pages = mapped.about.iter().flat_map(|about| &about.pages);
    let scope = Scope::new().row(LIST, &mapped.listed.row);
    let scope = pages.fold(scope, |scope, (name, row)| scope.row(name, row));
    let shown = same.evaluate(&scope).ok().flatten();
    Some(shown.is_some_and(|shown| shown.trim() == mapped.listed.key.trim()))
}

/// The page of which expressions speak under this name.
fn page<'a>(run: &'a Run, name: &str) -> &'a Page {
    let collect = run.bot().reading();
    let called = match name {
        LIST => &collect.list,
        "detail" => collect.detail.as_ref().unwrap_or(&collect.list),
        EVENT => collect.events.as_ref().unwrap_or(&collect.list),
        also => collect.also.iter().find(|name| *name == also).unwrap_or(&collect.list),
    };
    &run.system().pages[called]
}

/// The newest page of that name, parsed again.
fn sample(site: &Site, page: &Page) -> Option<Document> {
    let bytes = site.recent().find(&page.name, None)?.bytes.clone();
    let text = if extract::is_binary(&bytes) { "" } else { std::str::from_utf8(&bytes).ok()? };
    Document::of(page, &bytes, text, None).ok()
}

fn headers(site: &Site, page: &Page) -> Vec<String> {
    sample(site, page).map(|document| extract::headers(page, &document)).unwrap_or_default()
}

/// Whether no page of that name has broken off, now that others were seen.
fn whole(site: &Site, page: &Page) -> Result<(), RunError> {
    let Some(address) = site.recent().broken(&page.name) else { return Ok(()) };
    keep_page(site, page, Some(&address));
    Err(RunError::BreaksOff { system: site.run.system().name.clone(), page: page.name.clone() })
}

/// A guard has spoken up: the page is kept.
pub(super) fn stop(site: &Site, page: &Page, address: Option<&str>, guard: Guard) -> RunError {
    keep_page(site, page, address);
    let (system, bot) = (site.run.system().name.clone(), site.run.bot.clone());
    RunError::Guard { system, page: page.name.clone(), bot, guard: Box::new(guard) }
}

/// Keeps the page at that address, or the newest one of its kind.
pub(super) fn keep_page(site: &Site, page: &Page, address: Option<&str>) {
    let came = site.recent().find(&page.name, address).cloned();
    if let Some(Came { page, look, bytes }) = came {
        evidence::keep(&site.run, &page, &look, &bytes);
    }
}
