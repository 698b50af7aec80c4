use super::*;

type Corners = ((usize, usize), (usize, usize));

/// Rows of one line each, their values set apart by `|`.
fn sheet(rows: &[&str], merged: &[Corners], wanted: &[&str]) -> Sheet {
    let rows = rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
    let merged = merged.iter().map(|(first, last)| Area { first: *first, last: *last }).collect();
    let wanted: Vec<String> = wanted.iter().map(|header| key(header)).collect();
    Sheet::of(Parts::one(Cells { rows, merged, ..Cells::default() }), &wanted).unwrap()
}

fn under(sheet: &Sheet, header: &str) -> Vec<String> {
    (0..sheet.len()).map(|record| sheet.cell(record, header).unwrap().to_owned()).collect()
}

#[test]
fn the_header_stands_under_titles_and_records_above_footers() {
    let rows =
        ["办件明细表", "导出时间：2026-03-02||", "", "序号|编号|状态", "1|A1|办结", "2|A2|", "合 计|2|", "共 2 条"];
    let read = sheet(&rows, &[((0, 0), (0, 2))], &["编号", "状态"]);
    assert_eq!(
        (under(&read, "编号"), under(&read, "状态")),
        (vec!["A1".into(), "A2".into()], vec!["办结".into(), String::new()])
    );
    let around: Vec<&str> = read.around().collect();
    assert_eq!(around, ["办件明细表", "导出时间：2026-03-02", "合 计", "2", "共 2 条"]);
}

#[test]
fn a_header_of_two_rows_is_found_merged_or_not() {
    let merged = [((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (1, 3))];
    let plain = ["编号|申请人||状态", "|姓名|证件|", "A1|王|1|办结"];
    for (rows, merged) in [(plain, merged.as_slice()), (plain, &[])] {
        for wanted in [["编号", "姓名"], ["编号", "申请人/证件"], ["编号", "状态"]] {
            let read = sheet(&rows, merged, &wanted);
            assert_eq!(under(&read, "编号"), ["A1"], "{wanted:?} {merged:?}");
        }
        let read = sheet(&rows, merged, &["编号", "姓名", "证件", "状态"]);
        assert_eq!((under(&read, "申请人/姓名"), under(&read, "证件")), (vec!["王".to_owned()], vec!["1".to_owned()]));
        let missed = read.cell(0, "姓名者").unwrap_err().words();
        assert!(missed.contains("编号, 申请人/姓名, 申请人/证件, 状态"), "{missed}");
    }
}

#[test]
fn merged_cells_count_for_all_that_they_cover() {
    let rows = ["编号|姓名|事项", "一、取水", "A1|王|新办", "A2||变更", "二、排水", "A3|李|新办"];
    let merged = [((1, 0), (1, 2)), ((2, 1), (3, 1)), ((4, 0), (4, 2))];
    let read = sheet(&rows, &merged, &["编号", "姓名"]);
    assert_eq!(
        (under(&read, "编号"), under(&read, "姓名")),
        (vec!["A1".into(), "A2".into(), "A3".into()], vec!["王".into(), "王".into(), String::from("李")])
    );
}

#[test]
fn a_merged_cell_is_no_wider_than_the_sheet() {
    let read = sheet(
        &["办件明细", "编号|状态", "A1|办结"],
        &[((0, 0), (0, 16_383)), ((1, 1), (1, 60_000))],
        &["编号", "状态"],
    );
    assert_eq!((under(&read, "编号"), under(&read, "状态")), (vec!["A1".to_owned()], vec!["办结".to_owned()]));
    assert_eq!(read.columns.len(), 2);
}

#[test]
fn headers_that_are_repeated_on_every_page_are_no_records() {
    let rows = ["编号|状态", "A1|办结", "编号|状态", "A2|办结"];
    assert_eq!(under(&sheet(&rows, &[], &["编号", "状态"]), "编号"), ["A1", "A2"]);
}

#[test]
fn what_only_resembles_a_footer_is_a_record() {
    for first in ["共享单车备案", "合计量检定站", "注册公司", "说明书备案", "总计划"] {
        let read = sheet(&["事项|编号", &format!("{first}|A1")], &[], &["编号"]);
        assert_eq!(read.len(), 1, "{first}");
    }
    for first in ["合计", "总 计：", "共 12 条", "共计：12件", "本页小计", "制表人：王", "备注："]
    {
        let read = sheet(&["事项|编号", &format!("{first}|")], &[], &["事项", "编号"]);
        assert_eq!(read.len(), 0, "{first}");
    }
}

#[test]
fn nothing_asked_for_is_found_or_nothing_is_there() {
    let read = sheet(&["办件明细", "编号|状态", "A1|办结"], &[], &["事项"]);
    assert!(read.cell(0, "编码").unwrap_err().words().contains("did you mean 编号?"));
    assert_eq!(sheet(&[], &[], &["编号"]).len(), 0);
    assert_eq!(sheet(&["编号|状态"], &[], &["编号"]).len(), 0);
    assert_eq!(sheet(&["编号|状态", "A1"], &[], &["编号"]).cell(0, "状态").unwrap(), "");
}
