//! Acting on pages, and their dialogs.

use std::fs;

use queqiao::{
    base::Remedy,
    transport::{Act, TransportError},
};

use super::{DEADLINE, browser, fill, mark, pages, path, serve};

/// Keeps its state as Vue does: from events alone, with `value` shadowed on the element as React does.
const FORM: &str = r#"<input id="name"><input id="short" maxlength="3"><input id="fixed" readonly>
<select id="town"><option>请选择</option><option> 柳青街道 </option></select>
<button id="go" type="button">提交</button><div id="said"></div>
<script>
  const state = { seen: [] };
  const name = document.getElementById("name");
  const proto = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  let tracked = "";
  Object.defineProperty(name, "value", { get() { return proto.get.call(name); }, set(text) { tracked = text; proto.set.call(name, text); } });
  for (const kind of ["focus", "input", "change", "blur"]) name.addEventListener(kind, () => {
    state.seen.push(kind);
    if (kind === "input" && name.value !== tracked) state.name = tracked = name.value;
  });
  document.getElementById("town").addEventListener("change", (event) => (state.town = event.target.value));
  document.getElementById("go").addEventListener("click", (event) => {
    document.getElementById("said").textContent = JSON.stringify({ ...state, trusted: event.isTrusted });
  });
</script>"#;

#[tokio::test]
async fn of_copies_the_one_that_lies_on_top_is_named() {
    let page = r#"<style>.pane { position: absolute; overflow: hidden; background: #fff; top: 0; left: 0; width: 300px }
        .pane p { margin: 0; padding-left: 200px } #low { height: 60px } .row { height: 3000px }</style>
        <div class="pane"><p><a id="one" href="javascript:;">查看</a></p></div>
        <div class="pane"><p><a id="two" href="javascript:;">查看</a></p></div>
        <div class="pane" style="width: 100px"><p style="width: 300px"><a id="three" href="javascript:;">查看</a></p></div>
        <div class="row"></div><a id="low" href="javascript:;">末行</a>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = browser.snapshot(true).await.unwrap();
    let index = |css: &str| mark(&shown, &[], css).index;
    let (one, two, three, low) = (index("#one"), index("#two"), index("#three"), index("#low"));
    assert_eq!(browser.on_top(&[], &[one, three, two]).await.unwrap(), Some(two));
    assert_eq!(browser.on_top(&[], &[one]).await.unwrap(), None);
    assert_eq!(browser.on_top(&[], &[low]).await.unwrap(), Some(low), "it is brought into sight");
    assert!(matches!(browser.on_top(&[], &[99_999]).await.unwrap_err(), TransportError::StaleMark));
    browser.close().await;
}

#[tokio::test]
async fn acts_in_a_frame_are_noticed_as_a_persons_are() {
    let shell = r#"<iframe name="a" src="/form"></iframe><iframe name="b" src="/form"></iframe>"#;
    let base = serve(pages(&[("/", shell), ("/form", FORM)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shell = browser.snapshot(true).await.unwrap();
    let (form, frames) = shell.in_frame(&path(&["b"])).unwrap();

    browser.act(&mark(form, &frames, "#name"), &fill("李四")).await.unwrap();
    browser.act(&mark(form, &frames, "#town"), &Act::Choose("柳青街道".to_owned())).await.unwrap();
    browser.act(&mark(form, &frames, "#fixed"), &Act::Date("2026-03-02".to_owned())).await.unwrap();
    browser.act(&mark(form, &frames, "#go"), &Act::Click).await.unwrap();

    let after = browser.snapshot(false).await.unwrap();
    let said = after.in_frame(&path(&["b"])).unwrap().0.html.clone();
    let expected = r#"{"seen":["focus","input","change","blur"],"name":"李四","town":"柳青街道","trusted":true}"#;
    assert!(said.contains(expected), "{said}");
    assert!(said.contains(r#"value="2026-03-02""#), "{said}");
    assert!(!after.in_frame(&path(&["a"])).unwrap().0.html.contains("李四"), "the other frame is left alone");

    let refusals = [
        ("#short", fill("四个字符"), "3 characters"),
        ("#fixed", fill("x"), "read-only"),
        ("#said", fill("x"), "no field"),
        ("#town", Act::Choose("没有".to_owned()), "柳青街道"),
    ];
    for (selector, act, words) in refusals {
        let error = browser.act(&mark(form, &frames, selector), &act).await.unwrap_err();
        assert!(matches!(error, TransportError::Act { .. }) && error.to_string().contains(words), "{error}");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_mark_of_an_older_page_is_stale_and_not_another_element() {
    let page = r#"<button onclick="this.outerHTML='<button>新</button>'">旧</button>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], "button");
    browser.snapshot(false).await.unwrap();
    browser.act(&button, &Act::Click).await.unwrap();
    let error = browser.act(&button, &Act::Click).await.unwrap_err();
    assert!(matches!(error, TransportError::StaleMark), "{error}");

    browser.goto(base.as_str()).await.unwrap();
    browser.snapshot(true).await.unwrap();
    for act in [Act::Click, fill("x")] {
        let error = browser.act(&button, &act).await.unwrap_err();
        assert!(matches!(error, TransportError::StaleMark), "{error}");
    }
    browser.close().await;
}

#[tokio::test]
async fn dialogs_wait_to_be_read_and_are_accepted() {
    let page = r#"<title>前</title><button onclick="document.title = confirm('确定提交') ? '是' : '否'">提交</button>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    assert_eq!(browser.dialog().await.unwrap(), None);
    let button = mark(&browser.snapshot(true).await.unwrap(), &[], "button");
    browser.act(&button, &Act::Click).await.unwrap();
    let error = browser.snapshot(false).await.unwrap_err();
    assert!(matches!(&error, TransportError::DialogOpen { text, .. } if text == "确定提交"), "{error}");
    assert!(!browser.settle(DEADLINE).await.unwrap());
    assert_eq!(browser.dialog().await.unwrap().as_deref(), Some("确定提交"));
    assert!(browser.settle(DEADLINE).await.unwrap());
    assert_eq!(browser.snapshot(false).await.unwrap().title, "是");
    browser.close().await;
}

#[tokio::test]
async fn files_are_given_and_pictures_taken_within_a_frame() {
    let form = r#"<input id="file" type="file" multiple><img id="code" width="80" height="30" style="background: red">
      <button style="position: absolute; left: 0; top: 90px">盖住</button>
      <div style="position: absolute; left: 0; top: 80px; width: 99px; height: 99px"></div>"#;
    let base = serve(pages(&[("/", r#"<iframe name="a" src="/form"></iframe>"#), ("/form", form)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shell = browser.snapshot(true).await.unwrap();
    let (form, frames) = shell.in_frame(&path(&["a"])).unwrap();
    let place = tempfile::tempdir().unwrap();
    let files = ["申请书.pdf", "营业执照.pdf"].map(|name| place.path().join(name));
    for file in &files {
        fs::write(file, "%PDF").unwrap();
    }
    browser.act(&mark(form, &frames, "#file"), &Act::Upload(files.to_vec())).await.unwrap();
    let after = browser.snapshot(false).await.unwrap();
    assert!(after.in_frame(&path(&["a"])).unwrap().0.html.contains("申请书.pdf, 营业执照.pdf"));

    let covered = browser.act(&mark(form, &frames, "button"), &Act::Click).await.unwrap_err();
    assert!(matches!(covered, TransportError::Act { .. }) && covered.remedy() == Remedy::Human, "{covered}");
    assert!(covered.to_string().contains("click intercepted"), "{covered}");
    let size = |png: &[u8]| u32::from_be_bytes(png[16..20].try_into().unwrap());
    assert_eq!(size(&browser.picture_of(&mark(form, &frames, "#code")).await.unwrap()), 80);
    assert_eq!(size(&browser.picture().await.unwrap()), 1366);
    browser.close().await;
}

#[tokio::test]
async fn what_slides_in_or_is_still_masked_is_pressed_when_it_has_come_to_rest() {
    let page = r#"<title>关</title><style>
      @keyframes slide { from { transform: translateX(1200px) } } @keyframes fade { to { opacity: 0 } }
      .drawer { position: absolute; left: 0; top: 100px; animation: slide 1.5s linear }
      .mask { position: fixed; inset: 0; background: #0008; animation: fade 1.5s } [hidden] { display: none }
    </style>
    <button id="open" onclick="drawer.hidden = false">打开</button>
    <button id="close" class="drawer" hidden>关闭</button><div class="mask" hidden></div>
    <script>
      const drawer = document.querySelector(".drawer"), mask = document.querySelector(".mask");
      drawer.onclick = () => { document.title = "收"; drawer.remove(); mask.hidden = false };
      mask.onanimationend = () => mask.remove();
      const open = document.querySelector("button");
      open.addEventListener("click", () => { if (document.title === "收") document.title = "再开" });
    </script>"#;
    let base = serve(pages(&[("/", page)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = browser.snapshot(true).await.unwrap();
    for (selector, title) in [("#open", "关"), ("#close", "收"), ("#open", "再开")] {
        browser.act(&mark(&shown, &[], selector), &Act::Click).await.unwrap();
        assert_eq!(browser.snapshot(false).await.unwrap().title, title, "{selector}");
    }
    browser.close().await;
}
