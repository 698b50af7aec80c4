//! Reading pages and leading frames.

use axum::{
    Router,
    http::{HeaderMap, header::ACCEPT_LANGUAGE},
    response::Html,
    routing::get,
};
use scraper::Selector;

use super::{browser, pages, path, serve};

const SHELL: &str = r#"<!DOCTYPE html><title>外壳</title><p>顶层</p>
<iframe name="mainFrame" src="/middle"></iframe><iframe id="side" src="/side"></iframe>"#;
const MIDDLE: &str = r#"<title>中</title><iframe name="listFrame" src="/inner"></iframe>"#;
const INNER: &str = r#"<title>内</title><form>
<input id="text" value="old"><input id="check" type="checkbox" checked><input id="secret" type="password">
<select id="select"><option selected>一</option><option>二</option></select><textarea id="area">old</textarea>
</form><div id="host"><b slot="name">张三</b></div><p id="hidden" style="display:none">看不见</p>
<script>
  document.getElementById("text").value = "new";
  document.getElementById("check").checked = false;
  document.getElementById("secret").value = "hunter2";
  document.getElementById("select").selectedIndex = 1;
  document.getElementById("area").value = "<new>";
  document.getElementById("host").attachShadow({ mode: "open" }).innerHTML = "<i>申请人</i><slot name='name'></slot>";
</script>"#;

#[tokio::test]
async fn a_snapshot_shows_nested_frames_and_what_fields_hold_now() {
    let base = serve(pages(&[("/", SHELL), ("/middle", MIDDLE), ("/inner", INNER), ("/side", "<p>边</p>")])).await;
    let (driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();

    let shell = browser.snapshot(true).await.unwrap();
    assert_eq!((shell.title.as_str(), shell.status, shell.frames.len()), ("外壳", Some(200), 2));
    assert!(shell.html.starts_with("<!DOCTYPE html><html"), "{}", shell.html);
    assert!(!shell.html.contains("listFrame"), "what is in frames stands in `frames`");
    let (inner, frames) = shell.in_frame(&path(&["mainFrame", "iframe[src='/inner']"])).unwrap();
    assert_eq!((inner.title.as_str(), inner.address.as_str()), ("内", format!("{base}inner").as_str()));
    assert_eq!(frames, [0, 0]);

    let html = scraper::Html::parse_document(&inner.html);
    let one = |selector: &str| html.select(&Selector::parse(selector).unwrap()).next();
    let attribute = |selector: &str, name: &str| one(selector).unwrap().value().attr(name).map(str::to_owned);
    assert_eq!(attribute("#text", "value").as_deref(), Some("new"));
    assert_eq!(attribute("#check", "checked"), None);
    assert_eq!(attribute("#secret", "value").as_deref(), Some("••••"));
    assert_eq!(one("#select option[selected]").unwrap().text().collect::<String>(), "二");
    assert_eq!(one("#area").unwrap().text().collect::<String>(), "<new>");
    assert_eq!(one("#host").unwrap().text().collect::<String>(), "申请人张三");
    assert!(
        attribute("#hidden", "data-queqiao-hidden").is_some() && attribute("#text", "data-queqiao-hidden").is_none()
    );

    let plain = browser.snapshot(false).await.unwrap();
    let (inner, _) = plain.in_frame(&path(&["mainFrame", "listFrame"])).unwrap();
    assert!(!inner.html.contains("data-queqiao="), "reading leaves no trace in the page");
    assert!(inner.html.contains(r#"id="text" value="new""#), "{}", inner.html);
    browser.close().await;
    driver.stop().await;
}

#[tokio::test]
async fn one_frame_is_led_elsewhere_while_the_shell_stays() {
    let route = r#"<p id="at"></p><script>onhashchange = () => at.textContent = location.hash</script>"#;
    let base =
        serve(pages(&[("/", SHELL), ("/middle", MIDDLE), ("/inner", INNER), ("/side", "边"), ("/spa", route)])).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let frames = path(&["mainFrame", "listFrame"]);
    for step in ["spa", "spa#/cases", "spa#/cases", "/inner"] {
        browser.goto_in_frame(&frames, step).await.unwrap();
        let shell = browser.snapshot(false).await.unwrap();
        assert_eq!(shell.title, "外壳");
        let inner = shell.in_frame(&frames).unwrap().0;
        assert_eq!(inner.address, base.join(step).unwrap().as_str());
        assert!(step != "spa#/cases" || inner.html.contains("at"), "{}", inner.html);
    }
    let error = browser.goto_in_frame(&path(&["mianFrame"]), "/inner").await.unwrap_err();
    assert!(error.to_string().contains("mainFrame, side"), "names what is there: {error}");
    let gone = format!("http://127.0.0.1:{}/", queqiao::host::free_port().unwrap());
    let error = browser.goto(&gone).await.unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{gone} can't be reached: ")) && error.contains("ERR_CONNECTION_REFUSED"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "no stack trace of the driver: {error}");
    browser.close().await;
}

#[tokio::test]
async fn pages_meet_a_chrome_that_wants_chinese() {
    let told = |headers: HeaderMap| async move {
        let wanted = headers.get(ACCEPT_LANGUAGE).map_or("", |value| value.to_str().unwrap()).to_owned();
        Html(format!("<p>{wanted}</p><script>document.write(typeof window.chrome, ' ', navigator.languages)</script>"))
    };
    let base = serve(Router::new().route("/", get(told))).await;
    let (_driver, browser) = browser().await;
    browser.goto(base.as_str()).await.unwrap();
    let shown = browser.snapshot(false).await.unwrap().html;
    assert!(shown.contains("<p>zh-CN,zh") && shown.contains("object zh-CN,zh,en"), "{shown}");
    browser.close().await;
}
