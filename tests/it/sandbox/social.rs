//! `social` as a client meets it that follows post-backs.

use scraper::{Html, Selector};

use super::*;

/// A client and the page that it stands on.
struct Visit {
    client: Client,
    base: String,
    html: String,
}

impl Visit {
    async fn at(social: &Practice, path: &str) -> Visit {
        let mut visit = Visit { client: client(), base: social.address().to_owned(), html: String::new() };
        visit.go(path).await;
        visit
    }

    /// Comes in and stands on the list.
    async fn signed_in(social: &Practice) -> Visit {
        let mut visit = Visit::at(social, "Login.aspx").await;
        visit.post(&[("txtUserName", "bot"), ("txtPassword", PASSWORD), ("btnLogin", "登录")]).await;
        assert!(visit.html.contains("当前用户：<span id=\"ctl00_lblUser\">bot</span>"), "{}", visit.html);
        visit.go("CaseList.aspx").await;
        visit
    }

    async fn go(&mut self, path: &str) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        self.html = answer.text().await.unwrap();
    }

    fn all<T>(&self, css: &str, what: impl Fn(scraper::ElementRef<'_>) -> T) -> Vec<T> {
        let html = Html::parse_document(&self.html);
        html.select(&Selector::parse(css).unwrap()).map(what).collect()
    }

    fn texts(&self, css: &str) -> Vec<String> {
        self.all(css, |element| element.text().collect::<String>().trim().to_owned())
    }

    /// What the page would send by itself, without buttons.
    fn fields(&self) -> BTreeMap<String, String> {
        let attribute =
            |element: scraper::ElementRef<'_>, name: &str| element.attr(name).unwrap_or_default().to_owned();
        let mut fields: BTreeMap<_, _> = self
            .all("input:not([type=submit])", |input| (attribute(input, "name"), attribute(input, "value")))
            .into_iter()
            .collect();
        fields.extend(self.all("select", |select| {
            let option = Selector::parse("option").unwrap();
            let chosen = select.select(&option).find(|option| option.attr("selected").is_some());
            (attribute(select, "name"), chosen.map(|option| attribute(option, "value")).unwrap_or_default())
        }));
        fields
    }

    /// Sends the page's form back with these fields changed; gives the status.
    async fn post(&mut self, changed: &[(&str, &str)]) -> u16 {
        let mut fields = self.fields();
        fields.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(&fields).await
    }

    async fn send(&mut self, fields: &BTreeMap<String, String>) -> u16 {
        let action = self.all("form", |form| form.attr("action").unwrap().to_owned()).remove(0);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{action}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        self.html = answer.text().await.unwrap();
        status
    }

    async fn event(&mut self, target: &str, argument: &str) -> u16 {
        let target = format!("ctl00$Main${target}");
        self.post(&[("__EVENTTARGET", target.as_str()), ("__EVENTARGUMENT", argument)]).await
    }

    /// Chooses the district, as a person does, and asks for all of its cases.
    async fn ask_for_all(&mut self) {
        let county = [("ctl00$Main$ddlCounty", "371312"), ("__EVENTTARGET", "ctl00$Main$ddlCounty")];
        assert_eq!(self.post(&county).await, 200);
        assert_eq!(self.post(&[("ctl00$Main$btnQuery", "查询")]).await, 200);
    }

    fn numbers(&self) -> Vec<String> {
        self.texts("#ctl00_Main_gvCase > tbody > tr > td:first-child")
            .into_iter()
            .filter(|no| no.starts_with("SB"))
            .collect()
    }
}

#[tokio::test]
async fn the_list_is_paged_by_sending_the_form_back_until_there_is_no_next_page() {
    let sandbox = Sandbox::start(Options { cases: 230, ..only(&["social"]) }).await.unwrap();
    let social = &sandbox.systems()[0];
    let mut visit = Visit::signed_in(social).await;
    assert_eq!(visit.post(&[("ctl00$Main$btnQuery", "查询")]).await, 200);
    assert_eq!(visit.texts("#ctl00_Main_lblMessage"), ["请选择所属区县！"]);
    assert_eq!(visit.texts("#ctl00_Main_ddlTown option"), ["--请先选择区县--"]);
    visit.ask_for_all().await;
    assert_eq!(visit.texts("#ctl00_Main_ddlTown option").len(), 12);
    let mut seen = visit.numbers();
    while visit.texts(".gvpager a").contains(&"下一页".to_owned()) {
        assert_eq!(visit.event("gvCase", "Page$Next").await, 200);
        seen.extend(visit.numbers());
    }
    assert_eq!(visit.texts(".gvpager span"), ["12"]);
    seen.reverse();
    let truth: Vec<_> = social.truth().into_iter().map(|case| case.source_no).collect();
    assert_eq!(seen, truth);
    assert_eq!(social.list_requests(), 12);
    // The other ways of the pager, and a filter that sends the form by itself.
    assert_eq!(visit.event("gvCase", "Page$10").await, 200);
    assert_eq!(visit.event("gvCase", "Page$First").await, 200);
    assert_eq!(visit.texts(".gvpager span"), ["1"]);
    let state = [("ctl00$Main$ddlState", "办结"), ("__EVENTTARGET", "ctl00$Main$ddlState")];
    assert_eq!(visit.post(&state).await, 200);
    assert_eq!(visit.numbers().first(), truth.last(), "it is asked for only when 查询 is pressed");
    visit.post(&[("ctl00$Main$btnQuery", "查询")]).await;
    assert!(visit.texts("#ctl00_Main_gvCase span[id$=lblState]").iter().all(|state| state == "办结"));
    sandbox.stop().await;
}

#[tokio::test]
async fn what_the_page_did_not_offer_is_answered_with_the_error_page() {
    let sandbox = Sandbox::start(only(&["social"])).await.unwrap();
    let social = &sandbox.systems()[0];
    let mut visit = Visit::signed_in(social).await;
    visit.ask_for_all().await;
    let (html, fields) = (visit.html.clone(), visit.fields());
    for (field, value, words) in [
        ("__VIEWSTATE", "AAAA", "验证视图状态 MAC 失败"),
        ("__VIEWSTATE", "", "验证视图状态 MAC 失败"),
        ("__VIEWSTATEGENERATOR", "00000000", "验证视图状态 MAC 失败"),
        ("__EVENTVALIDATION", "AAAA", "回发或回调参数无效"),
        ("ctl00$Main$ddlTown", "371312999", "回发或回调参数无效"),
        ("ctl00$Main$btnDelete", "删除", "回发或回调参数无效"),
    ] {
        visit.html.clone_from(&html);
        assert_eq!(visit.post(&[(field, value)]).await, 500, "{field}={value}");
        assert!(visit.html.contains(words) && visit.html.contains("应用程序中的服务器错误"), "{field}={value}");
    }
    visit.html.clone_from(&html);
    assert_eq!(visit.event("gvCase", "Page$40").await, 500, "a page that the pager does not show");
    // A state of an earlier session.
    let mut later = Visit::signed_in(social).await;
    assert_eq!(later.send(&fields).await, 500);
    assert!(later.html.contains("验证视图状态 MAC 失败"));
    sandbox.stop().await;
}

#[tokio::test]
async fn social_tells_a_lost_session_from_a_kicked_one() {
    let sandbox = Sandbox::start(only(&["social"])).await.unwrap();
    let social = &sandbox.systems()[0];
    let mut stranger = Visit::at(social, "CaseList.aspx").await;
    assert!(stranger.html.contains("id=\"txtUserName\""));
    stranger.post(&[("txtUserName", "bot"), ("txtPassword", "guess"), ("btnLogin", "登录")]).await;
    assert_eq!(stranger.texts("#lblMessage"), ["用户名或密码错误，还可尝试 4 次"]);
    let mut first = Visit::signed_in(social).await;
    let mut second = Visit::signed_in(social).await;
    first.go("CaseList.aspx").await;
    assert_eq!(first.texts("#lblTip"), ["该账号在其他地方登录"]);
    second.ask_for_all().await;
    social.end_sessions();
    second.event("gvCase", "Page$Next").await;
    assert!(second.html.contains("id=\"txtUserName\""));
    social.set_maintenance(true);
    second.go("CaseList.aspx").await;
    assert_eq!(second.texts("#lblTip"), ["系统维护中"]);
    assert_eq!((social.logins(), social.failed_logins()), (2, 1));
    sandbox.stop().await;
}

#[tokio::test]
async fn papers_are_always_the_same() {
    let sandbox = Sandbox::start(only(&["social"])).await.unwrap();
    let social = &sandbox.systems()[0];
    let mut visit = Visit::signed_in(social).await;
    visit.go("CaseView.aspx?id=100996").await;
    let links = visit.all(".files a", |link| link.attr("href").unwrap().to_owned());
    assert_eq!(links, ["Download.ashx?id=100996-1", "Download.ashx?id=100996-2"]);
    for (link, start, length) in [(&links[0], &b"%PDF-1.4"[..], 0), (&links[1], &b"BM"[..], 4662)] {
        let load = async || {
            let answer = visit.client.get(format!("{}{link}", visit.base)).send().await.unwrap();
            assert!(
                answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename*=UTF-8''%")
            );
            answer.bytes().await.unwrap()
        };
        let (once, twice) = (load().await, load().await);
        assert!(once == twice && once.starts_with(start) && (length == 0 || once.len() == length), "{link}");
    }
    sandbox.stop().await;
}

/// A page without what is new in every practice.
fn unsealed(html: &str) -> Vec<u8> {
    let sealed = regex::Regex::new(r#"(id="__(?:VIEWSTATE|EVENTVALIDATION)" value=")[^"]*"#).unwrap();
    sealed.replace_all(html, "${1}sealed").into_owned().into_bytes()
}

#[tokio::test]
async fn the_saved_pages_are_what_social_serves() {
    let sandbox = Sandbox::start(only(&["social"])).await.unwrap();
    let social = &sandbox.systems()[0];
    same_as_saved("social/login.html", &unsealed(&Visit::at(social, "Login.aspx").await.html));
    let mut visit = Visit::signed_in(social).await;
    same_as_saved("social/start.html", &unsealed(&visit.html));
    visit.ask_for_all().await;
    same_as_saved("social/list-1.html", &unsealed(&visit.html));
    visit.event("gvCase", "Page$Last").await;
    same_as_saved("social/list-last.html", &unsealed(&visit.html));
    visit.go("CaseView.aspx?id=100996").await;
    same_as_saved("social/view.html", &unsealed(&visit.html));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_registration_chooses_its_village_by_a_post_back_and_is_found_again() {
    let sandbox = Sandbox::start(only(&["social"])).await.unwrap();
    let social = &sandbox.systems()[0];
    let mut visit = Visit::signed_in(social).await;
    visit.go("Register.aspx").await;
    let main = |control: &str| format!("ctl00$Main${control}");
    let filled = [
        ("txtNote", "YC1"),
        ("txtApplicant", "王芳"),
        ("rblApplicantType", "1"),
        ("ddlIdType", "1"),
        ("txtIdNumber", "371312199001010001"),
        ("txtPhone", "1"),
        ("ddlItem", "371312-social-09"),
        ("txtApplied", "2026-11-20"),
        ("rblChannel", "2"),
        ("chkDeficient", "on"),
        ("txtRemark", ""),
        ("ddlTown", "371312104"),
    ];
    let mut fields: BTreeMap<String, String> = visit.fields();
    fields.remove(&main("fuMaterials"));
    fields.extend(filled.map(|(name, value)| (main(name), value.to_owned())));
    let event = |target: String| ("__EVENTTARGET".to_owned(), target);
    let sent = fields.clone().into_iter().chain([event(main("ddlTown"))]).collect();
    assert_eq!(visit.send(&sent).await, 200);
    assert!(visit.texts("#ctl00_Main_ddlVillage option").contains(&"程子河村村民委员会".to_owned()), "{}", visit.html);
    assert_eq!(social.registered(), []);
    let village = (main("ddlVillage"), "程子河村村民委员会".to_owned());
    let mut press = async |phone: &str| {
        let hidden = visit.fields().into_iter().filter(|(name, _)| name.starts_with("__")).collect::<Vec<_>>();
        let pressed = [(main("btnSave"), "提交".to_owned()), (main("txtPhone"), phone.to_owned()), village.clone()];
        let sent = fields.clone().into_iter().chain(hidden).chain(pressed).collect();
        assert_eq!(visit.send(&sent).await, 200);
        (visit.texts(".err"), visit.texts("#ctl00_Main_lblResult"), visit.texts(".viewtable td"))
    };
    let (wrong, _, _) = press("1").await;
    assert!(wrong.contains(&"联系电话须为11位数字".to_owned()), "{wrong:?}");
    let (_, result, shown) = press("10000000000").await;
    assert_eq!((result, shown[0].as_str()), (vec!["登记成功".to_owned()], "SB202611-01001"));
    let [kept] = &social.registered()[..] else { panic!("one registration") };
    let said = ["town", "village", "item", "channel", "deficient", "applicant_type", "id_type"];
    let said = said.map(|name| kept.fields[name].as_str());
    assert_eq!(said, ["汤河镇", "程子河村村民委员会", "失业保险金申领", "网上", "是", "自然人", "居民身份证"]);
    visit.go("RegisterList.aspx").await;
    visit.post(&[("ctl00$Main$txtKeyword", "YC1"), ("ctl00$Main$btnQuery", "查询")]).await;
    assert_eq!(visit.texts(".gridview td")[..2], ["SB202611-01001", "YC1"]);
    visit.go("RegisterView.aspx?no=SB202611-01001").await;
    assert!(visit.texts(".viewtable td").contains(&"已接收".to_owned()));
    sandbox.stop().await;
}
