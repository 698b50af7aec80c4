//! What stays of an entry: what was typed, pictures before and after the press, what the page said, what was read back.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use queqiao::store::Entry;
use serde_json::Value;

use super::desk::{Desk, WIZARD, accepted};

/// The smallest picture on which a person can read a form, in pixels.
const READABLE: (u16, u16) = (800, 500);

/// What is known beside that event.
async fn detail(desk: &Desk, entry: &Entry, event: &str) -> Value {
    let events = desk.store.entry_events(entry.id).await.unwrap();
    let found = events.iter().find(|one| one.event == event).unwrap_or_else(|| panic!("no {event} in {events:?}"));
    serde_json::from_str(&found.detail).unwrap()
}

/// Width and height of a JPEG, from its frame header (ITU T.81, B.2.2).
fn size(jpeg: &[u8]) -> (u16, u16) {
    assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]), "it is a whole JPEG");
    let number = |at: usize| u16::from_be_bytes([jpeg[at], jpeg[at + 1]]);
    let mut at = 2;
    while !(0xc0..=0xc2).contains(&jpeg[at + 1]) {
        at += 2 + usize::from(number(at + 2));
    }
    (number(at + 7), number(at + 5))
}

/// The picture of an event, which only the operator may look at.
fn picture(desk: &Desk, known: &Value) -> Vec<u8> {
    let path = Path::new(known["picture"].as_str().unwrap_or_else(|| panic!("no picture: {known}")));
    assert!(path.starts_with(desk.rig.path("entries")), "{}", path.display());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
    let picture = fs::read(path).unwrap();
    let (width, height) = size(&picture);
    assert!(width >= READABLE.0 && height >= READABLE.1, "{width}×{height}");
    picture
}

/// Things and what they say, of a list of comparisons.
fn shown(told: &Value) -> Vec<(&str, &str)> {
    told.as_array()
        .unwrap()
        .iter()
        .map(|one| (one["thing"].as_str().unwrap(), one["shown"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_entry_in_the_browser_there_are_pictures_what_was_typed_and_the_proof() {
    for system in ["water", "permits", "social", "housing"] {
        let bot = format!("{system}-enter");
        let desk = Desk::open(&[system]).await;
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        assert_eq!(desk.run(&bot).await.exit_code(), 0);
        let (entry, registered) = (desk.entries().await.remove(0), desk.registered(system).remove(0));
        let [intended, sent, taken, agrees] = [
            detail(&desk, &entry, "intended").await,
            detail(&desk, &entry, "submitting").await,
            detail(&desk, &entry, "submitted").await,
            detail(&desk, &entry, "agrees").await,
        ];
        let typed = shown(&sent["typed"]);
        assert_eq!(typed.len(), intended["typed"].as_object().unwrap().len(), "all that was meant: {sent}");
        for (thing, typed) in typed {
            assert_eq!(intended["typed"][thing], typed, "{system}: {thing}");
            assert_eq!(registered.fields[thing], typed, "{system}: {thing}, as the target received it");
        }
        assert_eq!(taken["proof"]["receipt"], registered.receipt.as_str());
        for (thing, read_back) in shown(&agrees["compared"]) {
            assert_eq!(registered.fields[thing], read_back, "{system}: {thing}");
        }
        let (before, after) = (picture(&desk, &sent), picture(&desk, &taken));
        assert!(before != after, "{system}: the page says something else after the press");
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_on_the_picture_after_the_press() {
    let desk = Desk::open(&["housing"]).await;
    desk.practice("housing").set_closed(true);
    desk.want("housing-enter", &[accepted("housing", "YC1")]).await;
    assert_eq!(desk.run("housing-enter").await.exit_code(), 3);
    let entry = desk.entries().await.remove(0);
    let (sent, refused) = (detail(&desk, &entry, "submitting").await, detail(&desk, &entry, "refused").await);
    assert_eq!(refused["words"], entry.words.as_deref().unwrap());
    assert!(picture(&desk, &sent) != picture(&desk, &refused));
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_entry_over_http_there_is_what_was_sent_and_the_proof() {
    let desk = Desk::open(&[WIZARD]).await;
    desk.want("wizard-enter", &[accepted(WIZARD, "YC1")]).await;
    assert_eq!(desk.run("wizard-enter").await.exit_code(), 0);
    let (entry, registered) = (desk.entries().await.remove(0), desk.registered(WIZARD).remove(0));
    let sent = detail(&desk, &entry, "submitting").await;
    for (thing, typed) in shown(&sent["typed"]) {
        assert_eq!(registered.fields[thing], typed, "{thing}");
    }
    assert!(sent["sent"].as_u64().is_some_and(|fields| fields > 0), "{sent}");
    assert_eq!(detail(&desk, &entry, "submitted").await["proof"]["receipt"], registered.receipt.as_str());
    desk.bridge.close().await;
}
