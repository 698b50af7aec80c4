//! Tasks: answered once and in time, the answer taken once; troubles told once, and their end once.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use queqiao::store::{AlertLine, Answered, Ask, Said, Store, TaskState};

use crate::databases::{Fresh, on_both};

on_both! {
    a_task_is_answered_once_and_its_answer_taken_once
    what_nobody_answers_in_time_is_over
    what_is_withdrawn_can_not_be_answered
    ended_tasks_are_forgotten_after_half_a_year
    a_trouble_is_told_once_and_so_is_its_end
    a_passing_trouble_is_told_when_it_lasts
    alerts_are_taken_by_one_and_in_order
    two_processes_tell_of_a_trouble_once
}

fn at(second: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(1_800_000_000 + second, 0).unwrap()
}

fn ask(deadline: i64) -> Ask {
    let text = str::to_owned;
    Ask {
        kind: text("captcha"),
        system: text("medical"),
        bot: text("medical-collect"),
        run: text("r1"),
        account: text("medical-bot"),
        entry: None,
        field: text("answer"),
        picture: b"\x89PNG\x00\xff".to_vec(),
        deadline: at(deadline),
    }
}

async fn a_task_is_answered_once_and_its_answer_taken_once(fresh: Fresh) {
    let (asking, answering) = (fresh.store().await, fresh.store().await);
    let id = asking.ask_person(&Ask { entry: Some(7), ..ask(60) }, at(0)).await.unwrap();
    let [task] = answering.open_tasks(at(1)).await.unwrap().try_into().unwrap();
    assert_eq!((task.id, task.state, task.created_at), (id, TaskState::Open, at(0)));
    assert_eq!(task.ask, Ask { entry: Some(7), ..ask(60) }, "the picture comes back byte for byte");
    assert_eq!(asking.take_answer(id, at(1)).await.unwrap(), Said::Nothing);

    let mut heard = answering.watch_tasks();
    assert_eq!(answering.answer_person(id, "42", "li", at(2)).await.unwrap(), Answered::Counts);
    assert!(heard.has_changed().unwrap(), "whoever waits in this process is woken");
    heard.mark_unchanged();
    let second = answering.answer_person(id, "43", "wang", at(3)).await.unwrap();
    assert_eq!(second, Answered::Late(TaskState::Answered), "the first answer counts");
    assert!(!heard.has_changed().unwrap());
    assert_eq!(answering.answer_person(id + 1, "42", "li", at(3)).await.unwrap(), Answered::NoTask);
    assert!(answering.open_tasks(at(3)).await.unwrap().is_empty());

    assert_eq!(asking.take_answer(id, at(3)).await.unwrap(), Said::Answer("42".to_owned()));
    assert_eq!(asking.take_answer(id, at(3)).await.unwrap(), Said::Over, "it is gone from the store");
    let ended = answering.ended_tasks(at(0), at(4), 10).await.unwrap();
    assert_eq!(ended.len(), 1);
    assert_eq!((ended[0].answered_by.as_deref(), ended[0].ended_at), (Some("li"), Some(at(2))));
    assert!(ended[0].ask.picture.is_empty());
    assert!(answering.task(id, at(4)).await.unwrap().unwrap().ask.picture.is_empty(), "the picture goes with the task");
}

async fn what_nobody_answers_in_time_is_over(fresh: Fresh) {
    let store = fresh.store().await;
    let id = store.ask_person(&ask(60), at(0)).await.unwrap();
    assert_eq!(store.take_answer(id, at(60)).await.unwrap(), Said::Over);
    assert_eq!(store.answer_person(id, "42", "li", at(60)).await.unwrap(), Answered::Late(TaskState::Expired));
    assert!(store.open_tasks(at(60)).await.unwrap().is_empty(), "also before anybody has swept");
    assert_eq!(store.ended_tasks(at(0), at(61), 10).await.unwrap()[0].state, TaskState::Expired);
    let answered = store.ask_person(&ask(60), at(0)).await.unwrap();
    assert_eq!(store.answer_person(answered, "secret", "li", at(59)).await.unwrap(), Answered::Counts);
    store.sweep_tasks(at(59)).await.unwrap();
    assert_eq!(store.task(id, at(59)).await.unwrap().unwrap().state, TaskState::Open);
    store.sweep_tasks(at(60)).await.unwrap();
    assert_eq!(
        store.take_answer(answered, at(61)).await.unwrap(),
        Said::Over,
        "an answer that nobody took is forgotten"
    );
    assert_eq!(store.task(id, at(0)).await.unwrap().unwrap().state, TaskState::Expired);
}

async fn what_is_withdrawn_can_not_be_answered(fresh: Fresh) {
    let store = fresh.store().await;
    let id = store.ask_person(&ask(60), at(0)).await.unwrap();
    store.withdraw_task(id, at(5)).await.unwrap();
    assert_eq!(store.answer_person(id, "42", "li", at(6)).await.unwrap(), Answered::Late(TaskState::Withdrawn));
    let late = store.ask_person(&ask(60), at(0)).await.unwrap();
    assert_eq!(store.answer_person(late, "42", "li", at(6)).await.unwrap(), Answered::Counts);
    store.withdraw_task(late, at(7)).await.unwrap();
    assert_eq!(store.take_answer(late, at(8)).await.unwrap(), Said::Over);
    assert_eq!(store.task(late, at(8)).await.unwrap().unwrap().state, TaskState::Answered, "somebody did answer");
}

async fn ended_tasks_are_forgotten_after_half_a_year(fresh: Fresh) {
    let store = fresh.store().await;
    let id = store.ask_person(&ask(60), at(0)).await.unwrap();
    store.withdraw_task(id, at(5)).await.unwrap();
    let day = |days| at(5) + TimeDelta::days(days);
    store.sweep_tasks(day(183)).await.unwrap();
    assert!(store.task(id, day(183)).await.unwrap().is_some());
    store.sweep_tasks(day(184)).await.unwrap();
    assert!(store.task(id, day(184)).await.unwrap().is_none());
}

fn lines(words: &str) -> Vec<AlertLine> {
    ["mail", "robot"].map(|sink| AlertLine { sink: sink.to_owned(), body: format!("{words} for {sink}") }).into()
}

async fn seen(store: &Store, from: i64, second: i64) -> bool {
    store.trouble_seen("bot/water", "no page", from, &lines("bad"), at(second)).await.unwrap()
}

async fn over(store: &Store, second: i64) -> bool {
    store.trouble_over("bot/water", &lines("good"), at(second)).await.unwrap()
}

async fn taken(store: &Store, second: i64) -> Vec<String> {
    let due = store.take_alerts(at(second), at(second + 60), 10).await.unwrap();
    due.into_iter().map(|due| due.body).collect()
}

async fn a_trouble_is_told_once_and_so_is_its_end(fresh: Fresh) {
    let store = fresh.store().await;
    assert!(seen(&store, 1, 0).await);
    assert!(
        !seen(&store, 1, 1).await && !seen(&fresh.store().await, 1, 2).await,
        "not again, also not by the next process"
    );
    let [trouble] = store.troubles().await.unwrap().try_into().unwrap();
    assert_eq!((trouble.began_at, trouble.seen_at, trouble.times, trouble.told), (at(0), at(2), 3, true));
    assert_eq!(store.alerts_waiting().await.unwrap(), 2);
    assert!(over(&store, 3).await && !over(&store, 4).await);
    assert!(store.troubles().await.unwrap().is_empty());
    assert_eq!(store.alerts_waiting().await.unwrap(), 4);
    assert!(seen(&store, 1, 5).await, "a new trouble is told anew");
}

async fn a_passing_trouble_is_told_when_it_lasts(fresh: Fresh) {
    let store = fresh.store().await;
    assert!(!seen(&store, 3, 0).await && !seen(&store, 3, 1).await);
    assert!(!over(&store, 2).await, "nobody was told, so nobody hears of the end");
    assert!(
        !seen(&store, 3, 3).await && !seen(&store, 3, 4).await && seen(&store, 3, 5).await && !seen(&store, 3, 6).await
    );
    assert_eq!(store.alerts_waiting().await.unwrap(), 2);
    assert!(over(&store, 7).await);
}

async fn alerts_are_taken_by_one_and_in_order(fresh: Fresh) {
    let store = fresh.store().await;
    seen(&store, 1, 0).await;
    over(&store, 1).await;
    assert_eq!(taken(&store, 2).await, ["bad for mail", "bad for robot"], "the end waits for the beginning to arrive");
    assert!(taken(&fresh.store().await, 3).await.is_empty(), "nobody else takes them meanwhile");
    let again = store.take_alerts(at(62), at(122), 10).await.unwrap();
    assert_eq!(again.iter().map(|due| due.tries).collect::<Vec<_>>(), [1, 1], "whoever took them has died");
    store.forget_alert(again[0].id).await.unwrap();
    store.put_off_alert(again[1].id, at(500)).await.unwrap();
    assert_eq!(taken(&store, 63).await, ["good for mail"]);
    assert!(taken(&store, 64).await.is_empty());
    assert_eq!(taken(&store, 500).await, ["bad for robot", "good for mail"]);
}

async fn two_processes_tell_of_a_trouble_once(fresh: Fresh) {
    let (one, other) = (fresh.store().await, fresh.store().await);
    let many = |store: Store| async move {
        let mut told = 0;
        for second in 0..20 {
            told += u32::from(seen(&store, 1, second).await);
        }
        told
    };
    let (left, right) = tokio::join!(tokio::spawn(many(one.clone())), tokio::spawn(many(other)));
    assert_eq!(left.unwrap() + right.unwrap(), 1);
    assert_eq!(one.alerts_waiting().await.unwrap(), 2);
}
