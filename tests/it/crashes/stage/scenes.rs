//! What happens to the next entry, and to its target meanwhile.

use std::time::Duration;

use queqiao::{
    record::{Case, Status},
    store::Wish,
};

use super::{Stage, Target};
use crate::{
    crashes::points::Scene,
    entering::{WINDOW, accepted, told_back, wanted},
    sample,
};

/// How late a target is that is late: later than anybody waits for it (2 s), earlier than it settles (5 s). For whoever is killed right
/// after the press nobody waits from then on: a target that took longer than it settles would be entered twice, and rightly so.
const LATE: Duration = Duration::from_secs(4);

impl Stage {
    /// Wants this to be entered; or, at the window, to be told of its case of that number.
    async fn want(&self, mark: &str, case: &Case) {
        let kept = match self.target {
            Target::Window => told_back(&self.bot, mark, case),
            Target::Counter(_) | Target::Practice(_) => wanted(&self.bot, mark, case),
        };
        self.store.keep(&case.system, &[kept]).await.unwrap();
    }

    /// One more case with its mark: of the window, or of a department with which a new case of the window was entered.
    fn another(&mut self) -> (String, Case) {
        self.wanted += 1;
        if matches!(self.target, Target::Window) {
            let case = sample::case("water", &format!("SL{:05}", self.wanted), 7, Status::InProgress);
            return (self.rig.practice(WINDOW).add_case().source_no, case);
        }
        let case = accepted(self.system(), &format!("YC{:05}", self.wanted));
        (case.source_no.clone(), case)
    }

    /// What says something new of one that stands there already.
    async fn corrected(&self) -> (String, Case) {
        let verified = loop {
            let mut verified = self.entries().await;
            verified.retain(|entry| entry.state == "verified");
            // One that was in doubt until now is corrected only when that time is over.
            let now = chrono::Utc::now();
            if let Some(due) = verified.iter().position(|entry| entry.due_at <= now) {
                break verified.swap_remove(due);
            }
            if verified.is_empty() {
                // Whoever was killed so far still holds what it worked on.
                self.run_on().await;
            } else {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let Wish { mark, origin_no, version, .. } = verified.wish;
        let mut case = match self.target {
            Target::Window => sample::case("water", &origin_no, version, Status::Done),
            Target::Counter(_) | Target::Practice(_) => accepted(self.system(), &origin_no),
        };
        case.data_version = version + 1;
        (mark, case)
    }

    /// Sets the scene: one more case is wanted, and the target is as the scene says.
    pub(super) async fn set(&mut self, scene: Scene) {
        let (mut mark, mut case) = self.another();
        match (scene, self.practice_system(), &self.target) {
            (Scene::Plain | Scene::Gone, ..) => {}
            (Scene::Silent, None, _) => self.line.swallow_answer(),
            (Scene::Silent, Some(practice), _) => practice.set_drop_answer(1),
            (Scene::Cut, _, Target::Counter(counter)) => counter.book().cut = 1,
            (Scene::Cut, Some(practice), _) => practice.set_cut_answer(1),
            (Scene::Late, _, Target::Counter(counter)) => counter.book().late = LATE,
            (Scene::Late, Some(practice), _) => {
                // A driver may wait for the answer by itself, however long that takes: it breaks off.
                practice.set_save_delay(LATE, Duration::ZERO);
                practice.set_cut_answer(1);
            }
            (Scene::Refused, ..) => case.fields.contact_phone = Some("1380000".to_owned()),
            (Scene::Unfit, _, Target::Window) => mark = "YC000".to_owned(),
            (Scene::Unfit, ..) => case.fields.region_code = None,
            (Scene::Down, ..) => self.line.cut(),
            (Scene::Corrected, ..) => (mark, case) = self.corrected().await,
            (Scene::There | Scene::Twice, _, Target::Counter(counter)) => {
                let times = if scene == Scene::There { 1 } else { 2 };
                let other =
                    [("note", mark.as_str()), ("applicant", "别人"), ("phone", "13800001234"), ("town", "汤河镇")];
                for _ in 0..times {
                    counter.save(other.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
                }
                self.foreign.insert(mark.clone(), times);
            }
            (Scene::Cut | Scene::Late | Scene::There | Scene::Twice, ..) => panic!("nobody else enters there"),
        }
        self.want(&mark, &case).await;
    }

    pub(super) fn unset(&self) {
        self.line.mend();
        match &self.target {
            Target::Counter(counter) => counter.book().late = Duration::ZERO,
            Target::Practice(_) | Target::Window => {
                let practice = self.practice_system().expect("it is one");
                practice.set_save_delay(Duration::ZERO, Duration::ZERO);
                practice.set_cut_answer(0);
            }
        }
    }
}
