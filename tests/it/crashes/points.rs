//! Where something dies: every event of an entry's life, before and after it is written down, and what makes it happen.

/// What happens to the entry in whose life something dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// It is taken.
    Plain,
    /// It is taken, and nobody answers.
    Silent,
    /// It is taken, and the answer ends in its middle.
    Cut,
    /// It is taken after everybody has stopped waiting for it.
    Late,
    /// The target says no.
    Refused,
    /// It lacks something that the form wants; for an update, the target lacks what is to be brought up to date.
    Unfit,
    /// The page goes away right before the press.
    Gone,
    /// The source says something new of one that stands there already.
    Corrected,
    /// Another one stands there under its number.
    There,
    /// Two stand there under its number.
    Twice,
    /// The target can't be reached.
    Down,
}

/// A moment in the life of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub scene: Scene,
    /// A word of the ledger, or `press`.
    pub event: &'static str,
    /// `before` or `after`.
    pub when: &'static str,
}

/// Every event of every scene. `press` has no moment before it but the one after `submitting`.
const EVENTS: [(Scene, &[&str]); 11] = [
    (Scene::Plain, &["looked_absent", "blind", "intended", "submitting", "press", "submitted", "agrees"]),
    (Scene::Silent, &["press", "lost", "looked_same", "agrees"]),
    (Scene::Cut, &["lost", "looked_same"]),
    (Scene::Late, &["lost", "looked_absent_so_far"]),
    (Scene::Refused, &["press", "refused"]),
    (Scene::Unfit, &["stuck"]),
    (Scene::Gone, &["not_sent"]),
    (Scene::There, &["looked_different"]),
    (Scene::Twice, &["looked_several"]),
    (Scene::Down, &["broken_off"]),
    (Scene::Corrected, &["corrected", "looked_same"]),
];

/// The same for one that brings up to date what stands there.
const UPDATE_EVENTS: [(Scene, &[&str]); 7] = [
    (Scene::Plain, &["looked_different", "intended", "submitting", "press", "submitted", "agrees"]),
    (Scene::Silent, &["press", "lost", "looked_same", "agrees"]),
    (Scene::Cut, &["lost", "looked_same"]),
    (Scene::Late, &["lost", "looked_absent_so_far"]),
    (Scene::Unfit, &["looked_absent"]),
    (Scene::Down, &["broken_off"]),
    (Scene::Corrected, &["corrected", "looked_different"]),
];

/// All points of a new record's life that satisfy this.
pub fn points(fits: impl Fn(Scene, &str) -> bool) -> Vec<Point> {
    all(&EVENTS, fits)
}

/// All points of an update's life that satisfy this.
pub fn update_points(fits: impl Fn(Scene, &str) -> bool) -> Vec<Point> {
    all(&UPDATE_EVENTS, fits)
}

fn all(events: &[(Scene, &[&'static str])], fits: impl Fn(Scene, &str) -> bool) -> Vec<Point> {
    let mut points = Vec::new();
    for (scene, events) in events {
        for event in events.iter().copied().filter(|event| fits(*scene, event)) {
            for when in ["before", "after"].into_iter().skip(usize::from(event == "press")) {
                points.push(Point { scene: *scene, event, when });
            }
        }
    }
    points
}
