//! What pages do while something is entered, and what they do not take.

use std::{fs, time::Duration};

use queqiao::{
    base::Remedy,
    extract,
    transport::{Act, Stroke, TransportError, Untaken},
};

use super::{
    super::{DEADLINE, browser, mark, pages, path, serve},
    LIMIT, document, form, label, settled,
};

/// Long enough to see that nothing comes.
const NEVER: Duration = Duration::from_millis(400);

fn told(untaken: &Untaken) -> String {
    assert!(matches!(untaken.source, TransportError::Act { .. }), "{untaken}");
    untaken.to_string()
}

#[tokio::test]
async fn what_a_form_does_not_take_is_told_and_nothing_after_it_is_entered() {
    let page = r#"<label>姓名<input id="name" maxlength="4"></label><label>份数<input id="count" type="number"></label>
      <label>区<select id="district"><option>河东区</option><option>兰山区</option><option disabled>罗庄区</option></select></label>
      <label>固定<input id="fixed" readonly></label><label>停用<input id="off" disabled></label>
      <p>性别 <label><input type="radio" name="sex" id="man">男</label><label><input type="radio" name="sex">女</label></p>
      <label>最后<input id="last"></label><button id="alerts" onclick="alert('x')">说</button>
      <label>号码<input id="number" onchange="alert('证件号码不正确')"></label>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = browser.snapshot(true).await.unwrap();
    let fill = |text: &str| Stroke::Fill(text.to_owned().into());
    let choose = |text: &str| Stroke::Choose(text.to_owned());
    for (selector, stroke, words) in [
        ("#name", fill("五个字符啊"), "4 characters"),
        ("#count", fill("十二"), "does not take this text"),
        ("#district", choose("莒南县"), "河东区 | 兰山区 | 罗庄区"),
        ("#district", choose("罗庄区"), "is disabled"),
        ("#fixed", fill("x"), "read-only"),
        ("#off", fill("x"), "disabled"),
        ("#man", choose("不详"), "男 | 女"),
        ("button", fill("x"), "no field to write in"),
        ("#number", fill("371312199001010000"), "证件号码不正确"),
    ] {
        let last = (mark(&shown, &[], "#last"), fill("后"));
        let strokes = [(mark(&shown, &[], "#name"), fill("张三")), (mark(&shown, &[], selector), stroke), last];
        let untaken = browser.enter(&strokes, NEVER).await.unwrap_err();
        assert_eq!(untaken.index, 1, "{untaken}");
        assert!(told(&untaken).contains(words), "{untaken}");
    }
    let after = browser.snapshot(false).await.unwrap();
    assert!(!after.html.contains("后\""), "{}", after.html);
    let gone = [(queqiao::transport::Mark { frames: Vec::new(), index: 99_999 }, fill("x"))];
    assert!(matches!(browser.enter(&gone, NEVER).await.unwrap_err().source, TransportError::StaleMark));
    browser.close().await;
}

#[tokio::test]
async fn a_field_that_the_page_makes_anew_meanwhile_is_stale() {
    let page = r#"<!doctype html><meta charset="utf-8"><div id="app"><label>类型<select v-model="kind"><option>个人</option><option>企业</option></select></label>
      <label v-if="kind === '个人'" key="one">名称<input v-model="name"></label><label v-else key="two">名称<input v-model="name"></label><pre id="said">{{ name }}</pre></div>
      <script src="/static/permits/vue/vue.min.js"></script><script>new Vue({ el: '#app', data: { kind: '个人', name: '' } })</script>"#;
    let base = form(page).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = settled(&browser).await;
    let of = |name: &str, page| queqiao::transport::Mark {
        frames: Vec::new(),
        index: extract::mark_entry(&label(name), &document(page)).unwrap(),
    };
    let name = Stroke::Fill("沂河食品有限公司".into());
    let strokes = [(of("类型", &shown), Stroke::Choose("企业".into())), (of("名称", &shown), name.clone())];
    let untaken = browser.enter(&strokes, LIMIT).await.unwrap_err();
    assert!(matches!(untaken.source, TransportError::StaleMark) && untaken.index == 1, "{untaken}");
    assert_eq!(untaken.source.remedy(), Remedy::Retry);
    let shown = browser.snapshot(true).await.unwrap();
    browser.enter(&[(of("名称", &shown), name)], LIMIT).await.unwrap();
    assert!(browser.snapshot(false).await.unwrap().html.contains("<pre id=\"said\">沂河食品有限公司</pre>"));
    browser.close().await;
}

#[tokio::test]
async fn fields_in_frames_are_entered_and_a_frame_may_be_made_anew_under_them() {
    let inner = r#"<form method="get" action="/inner"><label>区<select name="q" onchange="setTimeout(() => form.submit(), 0)"><option>甲</option><option>乙</option></select></label><label>名<input name="n" id="n"></label></form>"#;
    let shell = r#"<iframe name="main" src="/inner"></iframe><input id="outer">"#;
    let base = serve(pages(&[("/", shell), ("/inner", inner)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = settled(&browser).await;
    let (framed, frames) = shown.in_frame(&path(&["main"])).unwrap();
    let strokes = [
        (mark(&shown, &[], "#outer"), Stroke::Fill("外".into())),
        (mark(framed, &frames, "select"), Stroke::Choose("乙".into())),
        (mark(framed, &frames, "#n"), Stroke::Fill("李四".into())),
    ];
    let untaken = browser.enter(&strokes, LIMIT).await.unwrap_err();
    assert!(matches!(untaken.source, TransportError::StaleMark) && untaken.index == 2, "{untaken}");
    let shown = browser.snapshot(true).await.unwrap();
    let (framed, frames) = shown.in_frame(&path(&["main"])).unwrap();
    assert!(framed.address.contains("q="), "{}", framed.address);
    browser.enter(&[(mark(framed, &frames, "#n"), strokes[2].1.clone())], LIMIT).await.unwrap();
    let after = browser.snapshot(false).await.unwrap();
    assert!(after.in_frame(&path(&["main"])).unwrap().0.html.contains("李四"));
    browser.close().await;
}

#[tokio::test]
async fn a_path_is_followed_and_never_to_the_same_words_of_another_branch() {
    let base = form(include_str!("../../../entry/easyui.html")).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    // The second time the right branch stands open, with the words in sight.
    for (text, limit, refused) in
        [("区政府 / 卫健局 / 疾控中心", LIMIT, false), ("区政府 / 教体局 / 疾控中心", NEVER, true)]
    {
        let shown = settled(&browser).await;
        let index = extract::mark_entry(&label("上级机构"), &document(&shown)).unwrap();
        let stroke = (queqiao::transport::Mark { frames: Vec::new(), index }, Stroke::Choose(text.to_owned()));
        let entered = browser.enter(&[stroke], limit).await;
        assert_eq!(entered.is_err(), refused, "{text}: {entered:?}");
        assert!(!refused || told(&entered.unwrap_err()).contains("no option shows"));
        let held = extract::read(&label("上级机构"), &document(&settled(&browser).await)).unwrap();
        assert_eq!(held.as_deref(), Some("疾控中心"));
    }
    browser.close().await;
}

#[tokio::test]
async fn a_press_that_would_come_too_late_never_reaches_the_page() {
    // The page stands still for longer than the press may take.
    let page = r#"<title>0</title><button onclick="document.title = Number(document.title) + 1" onmousemove="busy()">提交</button>
      <a href="javascript:;" onclick="armed = true">忙</a><script>
        let armed = false;
        function busy() {
          const end = performance.now() + (armed ? 1500 : 0);
          armed = false;
          while (performance.now() < end);
        }
      </script>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = browser.snapshot(true).await.unwrap();
    let button = mark(&shown, &[], "button");
    browser.press_within(&button, DEADLINE).await.unwrap();
    assert_eq!(browser.snapshot(false).await.unwrap().title, "1");
    browser.act(&mark(&shown, &[], "a"), &Act::Click).await.unwrap();
    let late = browser.press_within(&button, Duration::from_millis(700)).await.unwrap_err();
    assert!(matches!(late, TransportError::TooLate { .. }), "{late}");
    assert!(late.to_string().contains("nothing has happened"), "{late}");
    assert!(browser.settle(DEADLINE).await.unwrap());
    assert_eq!(browser.snapshot(false).await.unwrap().title, "1");
    browser.act(&button, &Act::Click).await.unwrap();
    assert_eq!(browser.snapshot(false).await.unwrap().title, "2", "the next press is free again");
    let none = browser.press_within(&button, Duration::ZERO).await.unwrap_err();
    assert!(matches!(none, TransportError::TooLate { .. }), "{none}");
    assert_eq!(browser.snapshot(false).await.unwrap().title, "2");
    browser.close().await;
}

#[tokio::test]
async fn a_dialog_is_read_before_it_is_answered() {
    let page = r#"<title>前</title><button onclick="document.title = confirm('确定提交') ? '是' : '否'">提交</button>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    assert_eq!(browser.dialog_words().await.unwrap(), None);
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], "button");
    for (accept, title) in [(false, "否"), (true, "是")] {
        browser.press_within(&button, DEADLINE).await.unwrap();
        assert_eq!(browser.dialog_words().await.unwrap().as_deref(), Some("确定提交"));
        assert_eq!(browser.dialog_words().await.unwrap().as_deref(), Some("确定提交"), "it is still open");
        browser.answer_dialog(accept).await.unwrap();
        assert_eq!(browser.snapshot(false).await.unwrap().title, title);
    }
    browser.answer_dialog(true).await.unwrap();
    browser.close().await;
}

#[tokio::test]
async fn the_encoding_of_a_page_is_told() {
    let page = || async { ([("content-type", "text/html; charset=gbk")], b"<title>\xb5\xc7\xbc\xc7</title>".to_vec()) };
    let base = serve(axum::Router::new().route("/", axum::routing::get(page))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let page = browser.snapshot(false).await.unwrap();
    assert_eq!((page.charset.as_str(), page.title.as_str()), ("GBK", "登记"));
    browser.close().await;
}

#[tokio::test]
async fn files_are_given_to_the_input_behind_a_button() {
    let page = r#"<label>附件 <span><button type="button" id="b">选择文件</button><input type="file" multiple style="display: none"></span></label>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("申请书.pdf");
    fs::write(&file, "%PDF").unwrap();
    let shown = browser.snapshot(true).await.unwrap();
    browser.enter(&[(mark(&shown, &[], "#b"), Stroke::Upload(vec![file]))], LIMIT).await.unwrap();
    assert!(browser.snapshot(false).await.unwrap().html.contains("申请书.pdf"));
    browser.close().await;
}
