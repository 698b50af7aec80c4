//! One entry's life, on every framework.

use queqiao::run::RunOptions;

use super::desk::{Desk, WIZARD, accepted};

/// Systems with a form that a bot fills.
pub const SYSTEMS: [&str; 5] = ["water", "permits", "social", "housing", WIZARD];

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_entered_and_proven() {
    for system in SYSTEMS {
        let desk = Desk::open(&[system]).await;
        let bot = format!("{system}-enter");
        desk.want(&bot, &[accepted(system, "YC1"), accepted(system, "YC2")]).await;
        let report = desk.run(&bot).await;
        let registered = desk.registered(system);
        assert_eq!((report.exit_code(), registered.len()), (0, 2), "{report:?}");
        for entry in &desk.entries().await {
            // Over HTTP both are under way at once: which one comes first nobody knows.
            let registered = registered.iter().find(|registered| registered.fields["note"] == entry.wish.mark);
            let registered = registered.expect("each was entered");
            assert_eq!(
                (entry.state.as_str(), entry.receipt.as_deref()),
                ("verified", Some(registered.receipt.as_str()))
            );
            assert_eq!(desk.events(entry).await, ["looked_absent", "intended", "submitting", "submitted", "agrees"]);
            assert_eq!(registered.fields["village"], "郁九曲社区居民委员会");
            assert_eq!(registered.fields["applied"], "2026-11-20");
        }
        assert_eq!(desk.run(&bot).await.entries.unwrap().taken, 0, "nothing is left to be done");
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_is_looked_up_and_nothing_is_entered_twice() {
    for system in SYSTEMS {
        let desk = Desk::open(&[system]).await;
        let bot = format!("{system}-enter");
        desk.practice(system).set_drop_answer(1);
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        desk.run(&bot).await;
        desk.wait(60);
        desk.run(&bot).await;
        let entry = desk.entries().await.remove(0);
        assert_eq!(desk.registered(system).len(), 1, "{system}: {:?}", desk.events(&entry).await);
        assert_eq!(entry.state, "verified", "{system}: {entry:?}");
        assert!(desk.events(&entry).await.contains(&"lost".to_owned()));
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_in_the_systems_words_with_its_field() {
    for system in SYSTEMS {
        let desk = Desk::open(&[system]).await;
        let bot = format!("{system}-enter");
        let mut wrong = accepted(system, "YC1");
        wrong.fields.contact_phone = Some("1380000".to_owned());
        desk.want(&bot, &[wrong]).await;
        let report = desk.run(&bot).await;
        let told = report.entries.unwrap().told.remove(0);
        assert_eq!((told.state.as_str(), told.field.as_deref()), ("refused", Some("phone")), "{system}: {told:?}");
        assert!(told.words.contains("11"), "{told:?}");
        desk.practice(system).set_closed(true);
        desk.want(&bot, &[accepted(system, "YC2")]).await;
        let told = desk.run(&bot).await.entries.unwrap().told.remove(0);
        assert_eq!((told.state.as_str(), told.field.as_deref()), ("refused", None));
        assert!(told.words.contains("受理期已截止"), "{told:?}");
        assert!(desk.registered(system).is_empty());
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_fills_and_reads_back_and_sends_nothing() {
    for system in SYSTEMS {
        let desk = Desk::open(&[system]).await;
        let bot = format!("{system}-enter");
        desk.want(&bot, &[accepted(system, "YC1")]).await;
        let report = desk.run_with(&bot, RunOptions { dry_run: true, ..RunOptions::default() }).await;
        let tried = report.entries.unwrap().tried;
        let shown = |field: &str| tried[0].fields.iter().find(|(thing, _)| thing == field).unwrap().1.clone();
        assert_eq!((shown("village").as_str(), shown("applied").as_str()), ("郁九曲社区居民委员会", "2026-11-20"));
        assert!(desk.registered(system).is_empty());
        let entry = desk.entries().await.remove(0);
        assert_eq!((entry.state.as_str(), desk.events(&entry).await.len()), ("wanted", 0));
        desk.run(&bot).await;
        assert_eq!(desk.registered(system).len(), 1, "the dry run has left nothing that stops the real one");
        desk.bridge.close().await;
    }
}
