//! `GET /metrics`: the text format of Prometheus.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};

use super::{feed::MAX_SUBSCRIBERS, problem::Problem, state::App};
use crate::hub::{Fate, Overview};

/// What this process counted since it started. Clones count together.
#[derive(Clone, Default)]
pub struct Counters(Arc<Mutex<Counted>>);

#[derive(Default)]
struct Counted {
    answers: BTreeMap<(String, u16), u64>,
    records: BTreeMap<(&'static str, &'static str), u64>,
}

impl Counters {
    /// Counts an answered request by its route.
    pub fn answered(&self, route: &str, status: StatusCode) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.answers.entry((route.to_owned(), status.as_u16())).or_default() += 1;
    }

    /// Counts a posted record by its kind and fate.
    pub fn posted(&self, kind: &'static str, fate: &Fate) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.records.entry((kind, word(fate))).or_default() += 1;
    }
}

/// The state of the hub and of each system, and what was asked of this process.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let overview = app.hub.overview().await.map_err(|error| Problem::away(&error))?;
    let mut text = Text::default();
    systems(&mut text, &overview);
    let taken = MAX_SUBSCRIBERS - app.subscribers.available_permits();
    text.family("queqiao_feed_subscribers", "gauge", "Live subscribers.").sample(&[], taken as f64);
    let counted = app.counters.0.lock().unwrap_or_else(PoisonError::into_inner);
    text.family("queqiao_records_posted_total", "counter", "Records posted by kind and fate.");
    for ((kind, fate), count) in &counted.records {
        text.sample(&[("record", kind), ("fate", fate)], *count as f64);
    }
    text.family("queqiao_http_requests_total", "counter", "Answered requests.");
    for ((route, status), count) in &counted.answers {
        text.sample(&[("route", route), ("status", &status.to_string())], *count as f64);
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.written))
}

fn systems(text: &mut Text, overview: &Overview) {
    text.family("queqiao_hub_position", "gauge", "Newest journal position.").sample(&[], overview.position as f64);
    let fresh = overview.systems.iter().filter(|system| system.fresh).count();
    text.family("queqiao_systems_fresh", "gauge", "Systems whose last good reading is fresh.")
        .sample(&[], fresh as f64);
    text.family("queqiao_systems_expected", "gauge", "Systems that should report.")
        .sample(&[], overview.systems.len() as f64);
    text.family("queqiao_system_fresh", "gauge", "1 while a system's last good reading is fresh.");
    for system in &overview.systems {
        text.sample(&[("system", &system.system)], f64::from(u8::from(system.fresh)));
    }
    text.family("queqiao_system_age_seconds", "gauge", "Age of a system's last good reading.");
    for system in &overview.systems {
        if let Some(age) = system.age_seconds {
            text.sample(&[("system", &system.system)], age as f64);
        }
    }
    text.family("queqiao_system_records", "gauge", "Records known of a system, by kind.");
    for system in &overview.systems {
        let (Some(ours), Some(quarantined)) = (system.ours, system.quarantined) else { continue };
        text.sample(&[("system", &system.system), ("record", "case")], ours.saturating_sub(quarantined) as f64);
        text.sample(&[("system", &system.system), ("record", "quarantined")], quarantined as f64);
    }
    text.family("queqiao_system_missing", "gauge", "Total that a system states less the records known of it.");
    for system in &overview.systems {
        if let (Some(stated), Some(ours)) = (system.stated_total, system.ours) {
            text.sample(&[("system", &system.system)], stated as f64 - ours as f64);
        }
    }
    text.family("queqiao_entries", "gauge", "Entries into other systems that are not finished, by what they wait for.");
    let entries = overview.entries;
    for (waits, n) in [
        ("nobody", entries.under_way),
        ("look_up", entries.in_doubt),
        ("person", entries.waiting),
        ("correction", entries.refused),
    ] {
        text.sample(&[("waits_for", waits)], n as f64);
    }
}

/// Text in the exposition format.
#[derive(Default)]
struct Text {
    written: String,
    family: &'static str,
}

impl Text {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> &mut Self {
        self.family = name;
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"))
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: f64) -> &mut Self {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let family = self.family;
        self.line(format_args!("{family}{labels} {value}\n"))
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> &mut Self {
        self.written.write_fmt(line).expect("writing to a string does not fail");
        self
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

fn word(fate: &Fate) -> &'static str {
    match fate {
        Fate::New => "new",
        Fate::Changed => "changed",
        Fate::Unchanged => "unchanged",
        Fate::Superseded => "superseded",
        Fate::Refused { .. } => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_break_out_of_their_line() {
        let mut text = Text::default();
        text.family("up", "gauge", "Up.").sample(&[("system", "a\"b\\c\nd")], 1.5);
        assert_eq!(text.written, "# HELP up Up.\n# TYPE up gauge\nup{system=\"a\\\"b\\\\c\\nd\"} 1.5\n");
    }
}
