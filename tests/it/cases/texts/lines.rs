//! Line breaks that a page shows: a pattern reads its own line, and never the next.

use queqiao::extract::{detail, listing};

use crate::extract::{html, page, rows};

fn read(locator: &str, text: &str) -> Result<String, String> {
    detail(&page(&[("x", locator)]), &html(text)).map(|row| row["x"].clone()).map_err(|error| error.to_string())
}

#[test]
fn a_pattern_ends_where_the_line_ends() {
    let text = "申请人：王小明\n联系电话：\n地址：汤河镇";
    for around in [
        format!("<pre id=a>\n{text}\n</pre>"),
        format!("<textarea id=a>{text}</textarea>"),
        format!("<div id=a><p>说明</p><pre>{text}</pre></div>"),
        format!("<div id=a style='white-space: pre-wrap'>{text}</div>"),
        format!("<div style='color:red;white-space:pre-line'><span id=a>{text}</span></div>"),
        format!("<div id=a><textarea readonly>{text}</textarea></div>"),
    ] {
        assert_eq!(read("#a /申请人：(.*)/", &around).as_deref(), Ok("王小明"), "{around}");
        assert_eq!(read("#a /联系电话：(.*)/", &around).as_deref(), Ok(""), "{around}");
        assert_eq!(read("#a /地址：(.*)/", &around).as_deref(), Ok("汤河镇"), "{around}");
        // A number that is not there is not that of the next line.
        assert!(read("#a /联系电话：(.+)/", &around).unwrap_err().contains("pattern"), "{around}");
        // Across lines only where a pattern says so.
        assert_eq!(read("#a /联系电话：\\s*地址：(.*)/", &around).as_deref(), Ok("汤河镇"), "{around}");
    }
}

#[test]
fn without_a_pattern_a_text_is_one_line_as_before() {
    assert_eq!(read("#a", "<pre id=a>甲\n  乙\n\n丙</pre>").as_deref(), Ok("甲 乙 丙"));
    assert_eq!(read("label=备注", "<label>备注</label><textarea>甲\n乙</textarea>").as_deref(), Ok("甲 乙"));
    // What only the source breaks is no line to a person.
    assert_eq!(read("#a /申请人：(.*)/", "<p id=a>申请人：王\n小明</p>").as_deref(), Ok("王 小明"));
    let normal = "<pre><span id=a style='white-space:normal'>申请人：王\n小明</span></pre>";
    assert_eq!(read("#a /申请人：(.*)/", normal).as_deref(), Ok("王 小明"));
}

#[test]
fn labels_within_lines_end_where_the_line_ends() {
    let text = "申请人：王小明\n说明：材料 齐全\n电话：";
    for around in [format!("<pre>{text}</pre>"), format!("<div style='white-space:pre'>{text}</div>")] {
        assert_eq!(read("label=申请人", &around).as_deref(), Ok("王小明"), "{around}");
        assert_eq!(read("label=说明", &around).as_deref(), Ok("材料 齐全"), "{around}");
        assert_eq!(read("label=电话", &around).as_deref(), Ok(""), "{around}");
    }
    let bold = "<pre><b>申请人：</b> 王小明\n下一行 说明</pre>";
    assert_eq!(read("label=申请人", bold).as_deref(), Ok("王小明"));
    let area = "<label for=t>意见</label><textarea id=t>结论：同意\n日期：</textarea>";
    assert_eq!(read("label=意见 /结论：(.*)/", area).as_deref(), Ok("同意"));
    assert_eq!(read("label=意见 /日期：(.*)/", area).as_deref(), Ok(""));
}

#[test]
fn a_record_keeps_its_lines_as_well() {
    let list = "<ul><li class=one><pre>编号：SL1\n备注：</pre><em>甲</em></li><li class=one><pre>编号：SL2\n备注：急</pre><em>乙</em></li></ul>";
    let page = rows("li.one", &[("no", "/编号：(.*)/"), ("note", "css=pre /备注：(.*)/")]);
    let read = listing(&page, &html(list)).unwrap().rows;
    let said: Vec<_> = read.iter().map(|row| (row["no"].as_str(), row["note"].as_str())).collect();
    assert_eq!(said, [("SL1", ""), ("SL2", "急")]);
}
