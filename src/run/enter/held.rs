//! Reading back a form before it is sent: what it shows, and what it would send.

use std::time::Instant;

use super::{
    super::{RunError, evidence},
    compare::Told,
    form::Stop,
    hand::{FIELDS_WITHIN, Hand, LOOK_AGAIN},
    life::Life,
    moment::same_moment,
    partner::objection,
};
use crate::{
    adapter::{FieldStep, Page, Verb},
    extract::{self, Document},
    transport::{Evidence, Mark, Snapshot, TransportError},
};

/// One thing that was entered into the page that is open.
pub(super) struct Entered {
    pub(super) thing: String,
    pub(super) verb: Verb,
    pub(super) meant: String,
}

impl Hand<'_> {
    pub(super) async fn read_back(&mut self, life: &Life<'_>, meant: &[(&FieldStep, String)]) -> Result<(), Stop> {
        let shown = |field: &FieldStep, text: &String| match field.verb {
            Verb::Upload => text.rsplit('/').next().unwrap_or_default().to_owned(),
            Verb::Fill | Verb::Choose | Verb::Date => text.clone(),
        };
        self.entered.extend(meant.iter().map(|(field, text)| Entered {
            thing: field.thing.clone(),
            verb: field.verb,
            meant: shown(field, text),
        }));
        self.compare(life).await.map(|told| self.tell(told))
    }

    /// What the page that is open holds now, in place of what it held before.
    pub(super) fn tell(&mut self, told: Vec<Told>) {
        self.told.truncate(self.told_before);
        self.told.extend(told);
    }

    /// Everything that was entered into the page that is open must stand there, and must be what the form would send.
    pub(super) async fn compare(&mut self, life: &Life<'_>) -> Result<Vec<Told>, Stop> {
        let page = self.page();
        let began = Instant::now();
        loop {
            let snapshot = match self.seen.take() {
                Some(snapshot) => snapshot,
                None => self.look().await?,
            };
            let compared = self.compared(life, page, &snapshot).await;
            match compared {
                Ok(told) => {
                    self.seen = Some(snapshot);
                    return Ok(told);
                }
                // Widgets show what they were given a moment later.
                Err(_) if began.elapsed() < FIELDS_WITHIN / 10 => tokio::time::sleep(LOOK_AGAIN).await,
                Err(stop) => {
                    evidence::keep_snapshot(&self.site.run, &page.name, &snapshot);
                    return Err(stop);
                }
            }
        }
    }

    async fn compared(&self, life: &Life<'_>, page: &Page, snapshot: &Snapshot) -> Result<Vec<Told>, Stop> {
        let told = {
            let framed = snapshot.in_frame(&page.frame).map_or(snapshot, |(framed, _)| framed);
            self.held(page, &Document::parse(&framed.html, Some("text/html")))
        };
        life.insist(page, &told)?;
        for (entered, evidence) in self.evidence(snapshot).await? {
            let shown = told.iter().find(|told| told.thing == entered.thing).map(|told| told.shown.as_str());
            if let Some(why) = objection(entered.verb, &entered.meant, shown.unwrap_or_default(), &evidence) {
                let why = format!("`{}` was entered; {why}", entered.meant);
                return Err(Stop::unfit(page, &entered.thing, &why));
            }
        }
        Ok(told)
    }

    /// What the form would send of all that was entered, as far as its fields still stand there.
    async fn evidence(&self, snapshot: &Snapshot) -> Result<Vec<(&Entered, Evidence)>, RunError> {
        let (entered, marks) = self.there(snapshot);
        match self.browser.evidence(&marks).await {
            // The page has drawn something anew since it was looked at.
            Err(TransportError::StaleMark) => {
                let (entered, marks) = self.there(&self.look().await?);
                Ok(entered.into_iter().zip(self.browser.evidence(&marks).await?).collect())
            }
            evidence => Ok(entered.into_iter().zip(evidence?).collect()),
        }
    }

    fn there(&self, snapshot: &Snapshot) -> (Vec<&Entered>, Vec<Mark>) {
        let marks = self.marks(snapshot, self.entered.iter().map(|entered| entered.thing.as_str()));
        self.entered.iter().zip(marks).filter_map(|(entered, mark)| Some((entered, mark.ok()?))).unzip()
    }

    fn held(&self, page: &Page, document: &Document) -> Vec<Told> {
        let told = self.entered.iter().map(|entered| {
            let shown = extract::read(&page.at[&entered.thing], document).ok().flatten().unwrap_or_default();
            // A date is the same however the field writes it.
            let meant = if entered.verb == Verb::Date && same_moment(&entered.meant, &shown) {
                shown.clone()
            } else {
                entered.meant.clone()
            };
            Told { thing: entered.thing.clone(), meant, shown }
        });
        told.collect()
    }
}
