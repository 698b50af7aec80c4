//! The press that sends a form, and what the page says of it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    super::{RunError, evidence, page::SETTLE_LIMIT, signs},
    form::{Sent, Stop, spoken},
    hand::{Hand, LOOK_AGAIN},
    life::{Life, Note},
    verdict::{Verdict, judge, judge_words},
};
use crate::{
    base::chain,
    extract::Document,
    ledger::Event,
    transport::{Mark, Snapshot, TransportError},
};

impl Hand<'_> {
    /// The one press that counts: written down before, judged after.
    pub(super) async fn send(&mut self, life: &mut Life<'_>, thing: &str, confirm: Option<&str>) -> Result<(), Stop> {
        let page = self.page();
        let lent = self.lent.clone();
        let _alone = match &lent {
            Some(lent) => Some(lent.alone().await),
            None => None,
        };
        let told = self.compare(life).await?;
        let mark = self.find(thing).await?;
        // It was read back, it is judged and it is sent as it was seen then.
        if let Some(sent) = self.seen.take().and_then(|seen| Sent::of(self.judge(&seen))) {
            // What stands there before anything was sent would say nothing afterwards.
            let said = sent.note.words.unwrap_or_else(|| "the page says that it was taken".to_owned());
            return match sent.event {
                Event::Submitted => Err(self
                    .site
                    .wrong(page, format!("before anything was sent, {said}: mend `proof` or `done`"))
                    .into()),
                Event::Refused => Err(Stop::Refused(Box::new(Note { field: sent.note.field, ..Note::saying(said) }))),
                _ => Err(Stop::Unfit(Box::new(Note::saying(said)))),
            };
        }
        self.tell(told);
        if self.site.run.options.dry_run {
            life.tried(std::mem::take(&mut self.told));
            return Ok(());
        }
        let picture = self.picture(life, "before").await;
        let detail = json!({ "typed": self.told, "picture": picture });
        life.befall(Event::Submitting, Note { detail, ..Note::default() }).await?;
        let left = life.may_still_send().await?;
        let sent = self.press(life, &mark, confirm, left).await;
        let picture = self.picture(life, "after").await;
        let evidence = picture.into_iter().map(|path| ("picture", path)).collect::<BTreeMap<_, _>>();
        let sent = sent.with(evidence);
        life.befall(sent.event, sent.note).await?;
        Ok(())
    }

    async fn press(&self, life: &Life<'_>, mark: &Mark, confirm: Option<&str>, within: Duration) -> Sent {
        let failed = self.browser.failed_requests().await.unwrap_or_default();
        let pressed = self.browser.press_within(mark, within).await;
        life.site.run.bridge.pause_at(&life.site.run.bot, "press", "after").await;
        match pressed {
            Ok(()) | Err(TransportError::DialogOpen { .. }) => {}
            Err(error @ (TransportError::TooLate { .. } | TransportError::StaleMark | TransportError::Act { .. })) => {
                return Sent::not(chain(&error));
            }
            Err(error @ TransportError::BrowserGone { .. }) => return Sent::lost(chain(&error)),
            Err(error) => tracing::debug!(error = chain(&error), "a press did not end well; the page is asked"),
        }
        let judged = match self.wait_for_verdict(life, confirm).await {
            Ok(sent) if sent.event == Event::Refused => self.still_refused(sent, failed).await,
            judged => judged,
        };
        judged.unwrap_or_else(|error| Sent::lost(chain(&error)))
    }

    /// Waits until the page says what became of it; answers what it asks meanwhile.
    async fn wait_for_verdict(&self, life: &Life<'_>, mut confirm: Option<&str>) -> Result<Sent, RunError> {
        let (form, system) = (&life.enter().form, self.site.run.system());
        let began = Instant::now();
        let mut said = None;
        while began.elapsed() < form.within {
            if let Some(words) = self.browser.dialog_words().await? {
                if confirm.is_some_and(|asked| words.contains(asked)) {
                    confirm = None;
                    // Only the answer sends it: the right to do so may be over by now.
                    let in_time = life.may_still_send().await.is_ok_and(|left| !left.is_zero());
                    self.browser.answer_dialog(in_time).await?;
                    if in_time {
                        continue;
                    }
                    return Ok(Sent::not("the page asked whether one is sure when it was too late to say so"));
                }
                let judged = Sent::of(judge_words(form, system, &words));
                self.browser.answer_dialog(judged.is_none() && confirm.is_none()).await?;
                if let Some(sent) = judged {
                    return Ok(sent);
                }
                if confirm.is_some() {
                    return Ok(Sent::lost(format!("instead of asking whether one is sure, the page said: {words}")));
                }
                said = Some(words);
                continue;
            }
            let snapshot = match self.browser.snapshot(true).await {
                Ok(snapshot) => snapshot,
                Err(TransportError::DialogOpen { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            let judged = Sent::of(self.judge(&snapshot));
            if judged.as_ref().is_none_or(|sent| sent.event == Event::Refused) {
                // A page to sign in may complain too, and that is no refusal.
                signs::heed_snapshot(&self.site.run, &snapshot)?;
            }
            if let Some(sent) = judged {
                return Ok(sent);
            }
            if let Some(status) = snapshot.status.filter(|status| *status >= 500) {
                return Ok(Sent::lost(format!("the target answered with HTTP {status}")));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let silent = || format!("the page said nothing within {} s", form.within.as_secs());
        Ok(Sent::lost(said.map_or_else(silent, |words| format!("{}; it had said: {words}", silent()))))
    }

    /// A complaint once the page has come to rest: one that stands there for a moment only, before the page to sign in comes, is no
    /// refusal, nor is one on a page of which more requests have failed than before the press.
    async fn still_refused(&self, refused: Sent, failed: u64) -> Result<Sent, RunError> {
        self.browser.settle(SETTLE_LIMIT).await?;
        let sent = match self.browser.snapshot(true).await {
            Ok(snapshot) => {
                signs::heed_snapshot(&self.site.run, &snapshot)?;
                // Words that fade are the page's words all the same.
                Sent::of(self.judge(&snapshot)).unwrap_or(refused)
            }
            Err(TransportError::DialogOpen { .. }) => refused,
            Err(error) => return Err(error.into()),
        };
        // A page that got no answer says so where it says why the server refuses.
        let more = self.browser.failed_requests().await.unwrap_or(u64::MAX);
        if sent.event == Event::Refused && more > failed {
            let words = sent.note.words.as_deref().unwrap_or_default();
            return Ok(Sent::lost(format!("a request of the page got no answer, and it says: {words}")));
        }
        Ok(sent)
    }

    fn judge(&self, snapshot: &Snapshot) -> Verdict {
        let form = &self.site.run.bot().enter().expect("only bots that enter work forms").form;
        let documents: Vec<Document> =
            snapshot.pages().iter().map(|(page, _)| Document::parse(&page.html, Some("text/html"))).collect();
        judge(form, self.site.run.system(), documents.iter())
    }

    /// What the page says against what was entered.
    pub(super) fn refusal(&self, snapshot: &Snapshot) -> Option<Box<Note>> {
        let sent = Sent::of(self.judge(snapshot))?;
        (sent.event == Event::Refused).then(|| Box::new(sent.note))
    }

    /// A picture for the entry's evidence; that there is none must not end the entry.
    async fn picture(&self, life: &Life<'_>, when: &str) -> Option<String> {
        match self.browser.quick_picture().await {
            Ok(jpeg) => {
                Some(evidence::keep_entry_picture(&self.site.run, life.entry(), when, &jpeg).display().to_string())
            }
            Err(error) => {
                tracing::debug!(error = chain(&error), page = spoken(self.page(), ""), "no picture of an entry");
                None
            }
        }
    }
}
