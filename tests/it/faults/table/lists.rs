//! Faults of what the list says.

use super::{
    Fault,
    Must::{Quarantine, Right, Say, Warn},
    fault, later,
};
use crate::faults::{
    office::Corrupt::{List, World},
    world,
};

pub static LISTS: &[Fault] = &[
    fault(
        "duplicate page",
        List(|ask, list| {
            if ask.is_page(3) {
                *list = ask.other(2)
            }
        }),
        Say("could be read"),
    ),
    fault(
        "repeated last page",
        List(|ask, list| {
            if list.rows.is_empty() {
                *list = ask.other(5)
            }
        }),
        Right,
    ),
    fault(
        "rows inserted between pages",
        World(|ask, world| {
            if ask.is_page(3) && ask.before == 0 {
                world.add()
            }
        }),
        Right,
    ),
    fault(
        "rows removed between pages",
        World(|ask, world| {
            if ask.is_page(3) && ask.before == 0 {
                drop(world.cases.remove(40))
            }
        }),
        Right,
    ),
    fault(
        "rows removed all the time",
        World(|ask, world| {
            if ask.page.is_some_and(|page| page > 1) {
                drop(world.cases.remove(10))
            }
        }),
        Say(""),
    ),
    fault("renamed column", List(|_, list| list.headers[4] = "办理环节".to_owned()), Say("column=当前状态")),
    fault(
        "renamed column with a candidate",
        List(|_, list| list.headers[1] = "事项名称".to_owned()),
        Warn("candidate number 2"),
    ),
    fault("swapped columns, headers as well", List(|_, list| swap(list, 1, 2, true)), Right),
    later("swapped columns of words", List(|_, list| swap(list, 1, 2, false)), Say("never changes in the life")),
    fault("swapped columns of codes", List(|_, list| swap(list, 3, 4, false)), Say("")),
    later("swapped columns of dates", List(|_, list| swap(list, 5, 6, false)), Say("never changes in the life")),
    fault("changed date format", List(|_, list| each(list, 5, |date| date.replace('-', "/"))), Say("")),
    later(
        "day and month swapped",
        List(|_, list| each(list, 5, |date| format!("{}-{}-{}{}", &date[..4], &date[8..10], &date[5..7], &date[10..]))),
        Say(""),
    ),
    fault("two-digit years", List(|_, list| each(list, 5, |date| date[2..].to_owned())), Say("")),
    later(
        "half of the times of change",
        List(|_, list| each(list, 6, |time| time[..time.len() / 2].to_owned())),
        Say("is written otherwise"),
    ),
    fault("dates in the future", List(|_, list| each(list, 5, |date| date.replace("2026-", "2062-"))), Say("")),
    fault("total missing", List(|_, list| list.total = None), Say("total")),
    fault("total too high", List(|_, list| list.total = Some("共 130 条".to_owned())), Say("states 130")),
    fault("total too low", List(|_, list| list.total = Some("共 110 条".to_owned())), Say("states 110")),
    fault("total too low, at a page's end", List(|_, list| list.total = Some("共 90 条".to_owned())), Say("states 90")),
    fault("total of the page alone", List(|_, list| list.total = Some(format!("共 {} 条", list.rows.len()))), Say("")),
    fault("total in words", List(|_, list| list.total = Some("共 约一百二十 条".to_owned())), Say("no whole number")),
    fault(
        "total with separators",
        List(|_, list| list.total = list.total.take().map(|total| total.replace("123", "1 2 3"))),
        Right,
    ),
    later("zero rows and a total", List(|_, list| list.rows.clear()), Say("states 123")),
    later(
        "zero rows and no total to speak of",
        List(|_, list| (list.rows.clear(), list.total = Some("共 0 条".to_owned())).1),
        Say("shows no rows"),
    ),
    later(
        "half of the rows gone",
        List(|ask, list| *list = ask.only(|at, _| at % 2 == 0)),
        Say("more than 30 % fewer"),
    ),
    later(
        "closed cases hidden",
        List(|ask, list| *list = ask.only(|_, case| case.status != "办结")),
        Say("more than 30 % fewer"),
    ),
    later("a column gone empty", List(|_, list| each(list, 1, |_| String::new())), Say("says something in 0 of")),
    fault(
        "duplicate keys in a page",
        List(|ask, list| {
            if ask.is_page(2) {
                list.rows[7][0] = list.rows[3][0].clone()
            }
        }),
        Say("rows can't be told apart"),
    ),
    fault(
        "hidden duplicate row",
        List(|ask, list| {
            if ask.is_page(1) {
                list.rows.insert(2, list.rows[1].clone())
            }
        }),
        Say("rows can't be told apart"),
    ),
    fault("header row gone", List(|_, list| list.headers.clear()), Say("")),
    fault(
        "two tables instead of one",
        List(|ask, list| {
            if ask.is_page(1) {
                list.more = ask.other(3).html()
            }
        }),
        Right,
    ),
    fault("rows in another order", List(|_, list| list.rows.reverse()), Right),
    fault(
        "a row that says that there is no data",
        List(|_, list| list.rows = vec![vec!["暂无数据".to_owned()]]),
        Say(""),
    ),
    fault("a row of sums", List(|_, list| list.rows.push(vec!["合计".to_owned(); 8])), Right),
    fault(
        "unknown status in all rows",
        List(|_, list| each(list, 4, |_| "已归档".to_owned())),
        Say("could not be mapped"),
    ),
    fault(
        "unknown status in one row",
        List(|ask, list| {
            if ask.is_page(1) {
                list.rows[0][4] = "已归档".to_owned()
            }
        }),
        Quarantine(1),
    ),
    fault("every page shows the first", List(|ask, list| *list = ask.other(1)), Say("could be read")),
    fault(
        "a key gone empty",
        List(|ask, list| {
            if ask.is_page(2) {
                list.rows[4][0].clear()
            }
        }),
        Say(""),
    ),
];

fn swap(list: &mut world::List, one: usize, other: usize, headers: bool) {
    list.rows.iter_mut().for_each(|row| row.swap(one, other));
    if headers {
        list.headers.swap(one, other);
    }
}

fn each(list: &mut world::List, column: usize, change: impl Fn(&str) -> String) {
    list.rows.iter_mut().for_each(|row| row[column] = change(&row[column]));
}
