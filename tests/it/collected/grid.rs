//! `housing`: rows by POST, a form that a script fills, and the same as a person reads it.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_is_read_as_its_script_reads_it() {
    let rig = Rig::start_with(&["housing"], 300, 0.0).await;
    let app = start(&rig).await;
    let report = thrice(&rig, &app, "housing").await;
    assert!(report.reading.browser_requests < 30, "{report:?}");
    for case in held(&app, "housing").await.values() {
        let times: Vec<_> = case.events.iter().map(|event| event.time).collect();
        assert!(!times.is_empty() && times.is_sorted() && case.events[0].name == "提交申请", "{case:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_whose_rows_move_is_read_whole() {
    let rig = Rig::start_with(&["housing"], 350, 0.0).await;
    let app = start(&rig).await;
    while_rows_move(&rig, &app, "housing").await;
    app.stop().await;
}

/// Filter, button, pages, frozen copies of the rows, a layer with a form: all by hand, and the answer sheet is met.
#[tokio::test(flavor = "multi_thread")]
async fn a_grid_is_read_as_a_person_reads_it() {
    let rig = Rig::start_with(&["housing"], 12, 0.0).await;
    change(&rig, "selectors/housing.toml", &[("\"biz/list.action\"", "\"biz/list.action?rows=5\"")]);
    let by_hand = [
        ("\nlist    = \"list\"\n", "\nlist    = \"table\"\n"),
        (
            "\ndetail  = \"detail\"\nalso    = [\"filled\"]\nevents  = \"process\"\n",
            "\ndetail  = \"form\"\nevents  = \"form_process\"\n",
        ),
        // What nobody has chosen yet shows 请选择.
        ("filled.result |", "detail.result | replace('请选择', '') |"),
        ("filled.", "detail."),
    ];
    change(&rig, "bots/housing-collect.toml", &by_hand);
    let app = start(&rig).await;
    let report = run(&app, "housing-collect").await;
    let held = held(&app, "housing").await;
    meets(rig.practice("housing"), &held, &report);
    assert_eq!((report.reading.stated_total, rig.practice("housing").list_requests()), (Some(12), 5));
    assert!(held.values().all(|case| case.events.len() > 1 || case.status.word() == "submitted"), "{held:?}");
    app.stop().await;
}
