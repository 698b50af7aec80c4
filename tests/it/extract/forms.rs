//! What plain HTML says that a press or a filled field does.

use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use proptest::prelude::*;
use queqiao::extract::{
    Filled, Form, Method, Press, Submission, encode, encode_parts, fill, mark_row, press, press_row,
};

use super::{at, html, rows, table};

fn pressed(thing: &str, text: &str) -> Result<Press, String> {
    press(&html(text), &at(thing)).map_err(|error| error.to_string())
}

fn sent(thing: &str, text: &str) -> Submission {
    match pressed(thing, text) {
        Ok(Press::Submit(submission)) => submission,
        other => panic!("{thing}: {other:?}"),
    }
}

fn filled(thing: &str, words: &str, text: &str) -> Result<Filled, String> {
    fill(&html(text), &at(thing), words).map_err(|error| error.to_string())
}

/// `name=value` by name, in order.
fn told(submission: &Submission) -> Vec<String> {
    submission.fields.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// A page of WebForms as ASP.NET writes it.
const WEB_FORM: &str = "<form method='post' action='./List.aspx?k=1' onsubmit='javascript:return WebForm_OnSubmit();' id='form1'>
    <input type='hidden' name='__EVENTTARGET' value=''><input type='hidden' name='__EVENTARGUMENT' value=''>
    <input type='hidden' name='__VIEWSTATE' value='/wEPDwUK+a='>
    <table><tr><td>镇街</td><td><select name='ctl00$town' onchange=\"javascript:setTimeout('__doPostBack(\\'ctl00$town\\',\\'\\')', 0)\">
      <option value=''>全部</option><option selected value='371312001'>九曲街道</option><option value='371312104'>汤河镇</option></select></td></tr>
    <tr><td>状态</td><td><span id='st'><input id='st_0' type='radio' name='ctl00$st' value='1' checked><label for='st_0'>在办</label>
      <input id='st_1' type='radio' name='ctl00$st' value='' onclick=\"javascript:setTimeout('__doPostBack(\\'ctl00$st$1\\',\\'\\')', 0)\"><label for='st_1'>全部</label></span></td></tr>
    <tr><td>关键字</td><td><input name='ctl00$key' value='水' maxlength='4'></td></tr></table>
    <input type='submit' name='ctl00$query' value='查询'><input type='submit' name='ctl00$export' value='导出' onclick='return doExport();'>
    <table><tr><td><span>1</span></td><td><a href=\"javascript:__doPostBack('ctl00$grid','Page$2')\">2</a></td>
      <td><a href=\"javascript:__doPostBack('ctl00$grid','Page$2')\">下一页</a></td><td><a class='aspNetDisabled'>首页</a></td></tr></table></form>";

#[test]
fn a_post_back_sends_the_page_back_with_what_was_pressed() {
    let next = sent("text=下一页", WEB_FORM);
    assert_eq!((next.method, next.action.as_str(), next.multipart), (Method::Post, "./List.aspx?k=1", false));
    assert_eq!(
        told(&next),
        [
            "__EVENTTARGET=ctl00$grid",
            "__EVENTARGUMENT=Page$2",
            "__VIEWSTATE=/wEPDwUK+a=",
            "ctl00$town=371312001",
            "ctl00$st=1",
            "ctl00$key=水"
        ]
    );
    let query = sent("text=查询", WEB_FORM);
    assert_eq!(told(&query).last().unwrap(), "ctl00$query=查询");
    assert_eq!(told(&query)[0], "__EVENTTARGET=");
    assert_eq!(pressed("text=导出", WEB_FORM), Ok(Press::Script));
    assert_eq!(pressed("text=首页", WEB_FORM), Ok(Press::Disabled));
    assert_eq!(pressed("text=末页", WEB_FORM), Ok(Press::Absent));
}

#[test]
fn filling_speaks_the_words_of_the_page_and_tells_what_it_sets_off() {
    let town = filled("label=镇街", "汤河镇", WEB_FORM).unwrap();
    assert_eq!((town.control.as_str(), town.value.as_str(), town.changed), ("ctl00$town", "371312104", true));
    let back = told(&town.posts_back.unwrap());
    assert_eq!((back[0].as_str(), back[3].as_str()), ("__EVENTTARGET=ctl00$town", "ctl00$town=371312104"));
    let same = filled("label=镇街", "九曲街道", WEB_FORM).unwrap();
    assert_eq!((same.changed, same.posts_back), (false, None));
    let all = filled("label=状态", "全部", WEB_FORM).unwrap();
    let back = told(&all.posts_back.unwrap());
    assert_eq!((back[0].as_str(), back[4].as_str(), all.value.as_str()), ("__EVENTTARGET=ctl00$st$1", "ctl00$st=", ""));
    assert_eq!(filled("label=关键字", "取水", WEB_FORM).unwrap().posts_back, None);
    let refused = filled("label=镇街", "汤河", WEB_FORM).unwrap_err();
    assert!(
        refused.contains("it does not offer 汤河; there are 全部, 九曲街道, 汤河镇; did you mean 汤河镇?"),
        "{refused}"
    );
    assert!(filled("label=关键字", "取水许可证", WEB_FORM).unwrap_err().contains("4 letters at most"));
    assert!(filled("label=无", "x", WEB_FORM).unwrap_err().contains("nothing there can be filled"));
}

#[test]
fn several_fills_go_with_one_press() {
    let page = html(WEB_FORM);
    let mut form = Form::of(&page);
    for (thing, words) in [("label=镇街", "全部"), ("label=状态", "全部"), ("label=关键字", "")] {
        form.fill(&at(thing), words).unwrap();
    }
    let Press::Submit(query) = form.press(&at("text=查询")).unwrap() else { panic!("a button submits") };
    assert_eq!(told(&query)[3..], ["ctl00$town=", "ctl00$st=", "ctl00$key=", "ctl00$query=查询"]);
}

#[test]
fn only_successful_controls_are_sent() {
    let text = "<form id=f action=go enctype=multipart/form-data><input name=a value=' 1 '><input name=b value=2 disabled><input value=3>
        <fieldset disabled><legend><input name=c value=4></legend><input name=d value=5></fieldset>
        <input type=checkbox name=e><input type=checkbox name=f checked><input type=radio name=g value=1><input type=submit name=h value=i>
        <select name=j multiple><option selected>x<option selected value=y>z<option selected disabled>w</select>
        <select name=k><option disabled>请选择<option>  a   b </select><textarea name=l>\n一\n二</textarea><input type=file name=m>
        <button name=n value=o>保存</button><input type=image name=p alt=图><datalist><option>q</datalist></form><input form=f name=r value=s>
        <button form=f formaction=other formmethod=post name=t>另存</button>";
    let base = ["a= 1 ", "c=4", "f=on", "j=x", "j=y", "k=a b", "l=一\n二", "m="];
    let save = sent("text=保存", text);
    assert_eq!(told(&save), [&base[..], &["n=o", "r=s"]].concat());
    assert_eq!((save.method, save.action.as_str(), save.multipart), (Method::Get, "go", false));
    let other = sent("text=另存", text);
    assert_eq!((other.method, other.action.as_str(), other.multipart), (Method::Post, "other", true));
    assert_eq!(told(&other).last().unwrap(), "t=");
    assert_eq!(told(&sent("css=input[type=image]", text))[8..], ["p.x=0", "p.y=0", "r=s"]);
    let in_table = "<table><form action=old><tr><td><input name=a value=1></td><td><input type=submit value=查询></td></tr></form></table>";
    assert_eq!(told(&sent("text=查询", in_table)), ["a=1"]);
}

#[test]
fn links_and_ends_are_told_apart() {
    for (text, expected) in [
        ("<a href='list.do?page=2&amp;k=1'>下一页</a>", Press::Go("list.do?page=2&k=1".to_owned())),
        (
            "<a href='#' onclick=\"location.href='list.do?page=2';return false;\">下一页</a>",
            Press::Go("list.do?page=2".to_owned()),
        ),
        ("<a href='list.do' onclick='return confirm(\"x\")'>下一页</a>", Press::Go("list.do".to_owned())),
        ("<a href='list.do' onclick='return load(2)'>下一页</a>", Press::Script),
        ("<a href='javascript:;' data-page=2>下一页</a>", Press::Script),
        ("<a href='javascript:;' class='layui-laypage-next layui-disabled' data-page=2>下一页</a>", Press::Disabled),
        ("<a href='#'>下一页</a>", Press::Script),
        ("<a>下一页</a>", Press::Inert),
        ("<span>下一页</span>", Press::Inert),
        ("<span lay-event=next>下一页</span>", Press::Script),
        ("<span class=disabled>下一页</span>", Press::Disabled),
        ("<li class='page-item disabled'><a href='x'>下一页</a></li>", Press::Disabled),
        ("<ul class=disabled><li><a href='x'>下一页</a></li><li>1</li></ul>", Press::Go("x".to_owned())),
        ("<li aria-disabled=true><a href='x'>下一页</a></li>", Press::Disabled),
        ("<a disabled=disabled href='x'>下一页</a>", Press::Disabled),
        ("<a href='x'><span class=is-disabled>下一页</span></a>", Press::Disabled),
        ("<button disabled>下一页</button>", Press::Disabled),
        ("<button>下一页</button>", Press::Script),
        ("<a href='x'>下一页</a><p><a href='x'>下一页</a></p>", Press::Go("x".to_owned())),
        ("<p>", Press::Absent),
    ] {
        assert_eq!(pressed("text=下一页", text), Ok(expected), "{text}");
    }
    assert_eq!(pressed("css=li.next", "<li class=next><a href=x>›</a></li>"), Ok(Press::Go("x".to_owned())));
    let two = pressed("text=下一页", "<a href='x'>下一页</a><a href='y'>下一页</a>").unwrap_err();
    assert!(two.contains("2 different things"), "{two}");
}

#[test]
fn boxes_are_ticked_by_the_words_beside_them() {
    let text = "<form>状态：<span id=s><label><input type=checkbox name=a value=1 checked>在办</label><label><input type=checkbox name=a value=2>办结</label>
        <label><input type=checkbox name=a value=3>退件</label></span><label for=all>含历史</label><input type=checkbox id=all name=h>
        <select name=t multiple><option>甲<option>乙<option>丙</select></form>";
    let of = |thing: &str, words: &str| filled(thing, words, text).map(|filled| filled.value);
    assert_eq!(of("css=#s", "办结、退件").as_deref(), Ok("2,3"));
    assert_eq!(of("css=#s", "").as_deref(), Ok(""));
    assert_eq!(of("label=含历史", "true").as_deref(), Ok("on"));
    assert_eq!(of("label=含历史", "false").as_deref(), Ok(""));
    assert_eq!(of("css=select", "甲、丙").as_deref(), Ok("甲,丙"));
    assert!(of("css=#s", "作废").is_err());
    let auto = "<form action=x><select name=a onchange='this.form.submit()'><option>甲<option>乙</select></form>";
    let posted = filled("css=select", "乙", auto).unwrap().posts_back.unwrap();
    assert_eq!((posted.action.as_str(), told(&posted)), ("x", vec!["a=乙".to_owned()]));
    let scripted =
        filled("css=select", "乙", "<form><select name=a onchange='load(this)'><option>甲<option>乙</select></form>");
    assert!(scripted.is_ok_and(|filled| filled.scripted && filled.posts_back.is_none()));
}

#[test]
fn a_thing_of_one_record_is_pressed_there() {
    let text = "<table><tr><th>编号<th>操作<tr><td>A1<td><a data-queqiao=1 href=1>查看</a><tr><td>A2<td><a data-queqiao=2 href=2>查看</a></table>";
    let list = table("table", &[("no", "column=编号")]);
    let second = press_row(&list, &html(text), 1, &at("text=查看"));
    assert_eq!(second.unwrap(), Press::Go("2".to_owned()));
    assert_eq!(mark_row(&list, &html(text), 1, &at("column=操作 a")).unwrap(), [2]);
    assert!(press_row(&list, &html(text), 2, &at("text=查看")).unwrap_err().to_string().contains("2 records"));
    // Rows that a widget repeats for its fixed columns: each copy of the thing is named, and which lies on top is seen later.
    let grid = |marks: [usize; 2]| {
        let row = |no: &str, mark: usize| format!("<tr><td>{no}<td><a data-queqiao={mark}>查看</a>");
        let rows = format!("{}{}", row("A1", marks[0]), row("A2", marks[1]));
        format!("<div><table><thead><tr><th>编号<th>操作<tbody>{rows}</table></div>")
    };
    let repeated = format!("<div class=w>{}<div class=fixed-right>{}</div></div>", grid([1, 2]), grid([3, 4]));
    for press in ["column=操作 a", "text=查看", "css=a"] {
        let list = table(".w", &[("no", "column=编号")]);
        assert_eq!(mark_row(&list, &html(&repeated), 1, &at(press)).unwrap(), [2, 4], "{press}");
    }
    let row = "<table><tr onclick=\"window.open('d.do?id=7')\"><td>A1</table>";
    let opened = press_row(&rows("tr", &[]), &html(row), 0, &at("css=td")).unwrap();
    assert_eq!(opened, Press::Go("d.do?id=7".to_owned()));
}

/// What a server reads from a body.
fn decoded(body: &[u8], encoding: &'static Encoding) -> Vec<(String, String)> {
    let text = |piece: &[u8]| {
        let mut bytes = Vec::new();
        let mut rest = piece.iter().copied();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                plain => plain,
            });
        }
        encoding.decode_without_bom_handling(&bytes).0.into_owned()
    };
    let pieces = body.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
    let halves = pieces.map(|piece| piece.splitn(2, |byte| *byte == b'=').collect::<Vec<_>>());
    halves.map(|halves| (text(halves[0]), text(halves[1]))).collect()
}

#[test]
fn what_an_encoding_cannot_hold_is_never_sent_as_something_else() {
    let fields = [("name".to_owned(), "龙𣲗".to_owned())];
    assert_eq!(decoded(&encode(&fields, GB18030).unwrap(), GB18030), fields);
    let refused = encode(&fields, GBK).unwrap_err().to_string();
    assert!(refused.contains("`name`") && refused.contains("GBK") && !refused.contains('龙'), "{refused}");
    let (kind, parts) = encode_parts(
        &[("a\"b".to_owned(), "一\n二".to_owned()), ("papers".to_owned(), String::new())],
        &["papers".to_owned()],
        GBK,
    )
    .unwrap();
    let end = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let told = format!(
        "--{end}\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n一\r\n二\r\n--{end}\r\nContent-Disposition: \
         form-data; name=\"papers\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--{end}--\r\n"
    );
    assert_eq!(GBK.decode(&parts).0, told);
    assert!(encode_parts(&fields, &[], GBK).is_err());
    let lines = [("note".to_owned(), "一\n二".to_owned())];
    assert_eq!(encode(&lines, UTF_8).unwrap(), b"note=%E4%B8%80%0D%0A%E4%BA%8C");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_encoded_is_read_as_the_same_fields(
        fields in proptest::collection::vec(("[ -~甲乙丙&=+%]{1,6}", "[ -~一-龥&=+%€𣲗]{0,8}"), 0..6),
        utf8 in any::<bool>(),
    ) {
        let encoding = if utf8 { UTF_8 } else { GB18030 };
        prop_assert_eq!(decoded(&encode(&fields, encoding).unwrap(), encoding), fields);
    }

    #[test]
    fn no_page_whatever_makes_pressing_or_filling_panic(
        text in "(<(form|table|tr|td|select|option|input|a|button|label|fieldset)( (name|href|onclick|onchange|form|type|for|id)=('__doPostBack[(]'|a|radio|submit|\"x[(]'\"))?>|</(form|table|select|a)>|下一页|[a-z ]){0,40}",
    ) {
        let page = html(&text);
        let _ = press(&page, &at("text=下一页"));
        for thing in ["css=a", "css=button", "css=td", "css=input"] {
            let _ = press(&page, &at(thing));
            let _ = fill(&page, &at(thing), "a");
        }
        let _ = fill(&page, &at("css=select"), "下一页");
    }
}
