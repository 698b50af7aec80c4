//! Records that do not fit into the form, and what the operator reads then.

use queqiao::record::Channel;

use super::{
    desk::{Desk, accepted, add_blind, change},
    life::SYSTEMS,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_character_that_the_target_cannot_hold_stops_the_entry_before_anything_is_sent() {
    let desk = Desk::open(&["water"]).await;
    let mut rare = accepted("water", "YC1");
    rare.fields.applicant_name = Some("龚𣲗".to_owned());
    desk.want("water-enter", &[rare]).await;
    assert_eq!(desk.run("water-enter").await.exit_code(), 3);
    let (state, field, words) = desk.left().await;
    assert_eq!((state.as_str(), field.as_str()), ("waiting", "applicant"));
    assert!(words.contains('𣲗') && words.contains("申请人"), "{words}");
    assert!(desk.registered("water").is_empty());
    let entry = desk.entries().await.remove(0);
    assert_eq!(desk.events(&entry).await, ["looked_absent", "intended", "stuck"]);
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_is_told_with_what_is() {
    for system in SYSTEMS {
        let bot = format!("{system}-enter");
        let desk = Desk::open(&[system]).await;
        let mut strange = accepted(system, "YC1");
        let offered = strange.fields.task_name.replace("放风筝许可".to_owned()).unwrap();
        desk.want(&bot, &[strange, accepted(system, "YC2")]).await;
        assert_eq!(desk.run(&bot).await.exit_code(), 3);
        let (state, field, words) = desk.left().await;
        assert_eq!((state.as_str(), field.as_str()), ("waiting", "item"), "{system}: {words}");
        assert!(words.contains("放风筝许可") && words.contains(&offered), "{system}: {words}");
        assert_eq!(desk.registered(system).len(), 1, "{system}: the next one is not held up");
        desk.bridge.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_without_a_code_waits_with_words() {
    let coded = |root: &std::path::Path| {
        let file = "bots/water-enter.toml";
        change(root, file, "channel = \"窗口\"", "channel = \"{case.channel | code('channel')}\"");
        change(root, file, "[enter.verify]\n", "[codes.channel]\nwindow = \"窗口\"\n\n[enter.verify]\n");
    };
    let desk = Desk::open_changed(&["water"], coded, |bridge| bridge).await;
    let mut online = accepted("water", "YC1");
    online.fields.channel = Some(Channel::Online);
    let mut abroad = accepted("water", "YC2");
    abroad.fields.channel = Some(Channel::Window);
    abroad.fields.region_code = Some("371399001001".to_owned());
    desk.want("water-enter", &[online, abroad]).await;
    desk.run("water-enter").await;
    let entries = desk.entries().await;
    for (entry, field, word) in [(&entries[0], "channel", "online"), (&entries[1], "town", "371399001001")] {
        assert_eq!((entry.state.as_str(), entry.field.as_deref()), ("waiting", Some(field)), "{entry:?}");
        assert!(entry.words.as_ref().unwrap().contains(word), "{entry:?}");
    }
    assert!(desk.registered("water").is_empty());
    desk.bridge.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_of_a_duplicate_reaches_the_operator_in_the_systems_words() {
    for system in SYSTEMS {
        let bot = format!("{system}-blind");
        let desk = Desk::open_changed(&[system], |root| add_blind(root, system), |bridge| bridge).await;
        desk.practice(system).set_unique(true);
        let (one, two) = (accepted(system, "YC1"), accepted(system, "YC2"));
        desk.want_marked(&bot, &[("YC1", &one), ("YC1", &two)]).await;
        assert_eq!(desk.run(&bot).await.exit_code(), 3);
        let receipt = &desk.registered(system)[0].receipt;
        let (state, field, words) = desk.left().await;
        assert_eq!(state, "refused", "{system}: {words}");
        assert_eq!(words, format!("该来源编号已登记，受理编号：{receipt}"));
        assert_eq!(field, "note", "{system}");
        assert_eq!(desk.registered(system).len(), 1);
        desk.bridge.close().await;
    }
}
