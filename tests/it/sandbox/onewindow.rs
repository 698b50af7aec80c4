//! `onewindow` as a client meets it: cases, acceptance in steps, what departments tell, and the hall.

use super::*;

/// A client that has come in, and the page that it stands on.
struct Clerk {
    client: Client,
    base: String,
    page: String,
}

impl Clerk {
    async fn at(practice: &Practice) -> Clerk {
        let mut clerk = Clerk { client: client(), base: practice.address().to_owned(), page: String::new() };
        clerk.post("login", &[("username", "bot"), ("password", PASSWORD)]).await;
        assert!(clerk.page.contains("当前用户：<span id=\"user\">bot</span>"), "{}", clerk.page);
        clerk
    }

    async fn go(&mut self, path: &str) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        self.page = answer.text().await.unwrap();
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        self.page = request.send().await.unwrap().text().await.unwrap();
    }

    /// A hidden field of the page.
    fn hidden(&self, name: &str) -> String {
        let (_, after) = self.page.split_once(&format!("name=\"{name}\" value=\"")).expect("the page has that field");
        after.split_once('"').unwrap().0.to_owned()
    }

    /// Fills in the step that the page shows, with its hidden fields.
    async fn step(&mut self, path: &str, fields: &[(&str, &str)]) {
        let (token, draft) = (self.hidden("token"), self.hidden("draft"));
        let hidden = [("token", token.as_str()), ("draft", draft.as_str())];
        self.post(path, &[&hidden[..], fields].concat()).await;
    }
}

const APPLICANT: [(&str, &str); 5] = [
    ("note", "WB1"),
    ("applicant", "王芳"),
    ("applicant_type", "自然人"),
    ("id_type", "居民身份证"),
    ("id_number", "371312199001010001"),
];
const ITEM: [(&str, &str); 5] = [
    ("item", "食品经营许可（新办）"),
    ("town", "汤河镇"),
    ("village", "程子河村村民委员会"),
    ("applied", "2026-11-20"),
    ("channel", "窗口"),
];

#[tokio::test]
async fn a_case_is_accepted_in_three_steps_and_a_draft_is_kept() {
    let sandbox = Sandbox::start(only(&["onewindow"])).await.unwrap();
    let window = &sandbox.systems()[0];
    let mut clerk = Clerk::at(window).await;
    clerk.go("accept").await;
    let (phone, next) = (("phone", "10000000000"), ("action", "next"));
    clerk.step("accept/1", &[&APPLICANT[..], &[("phone", "1"), next]].concat()).await;
    assert!(clerk.page.contains("<span class=\"error\">联系电话须为11位数字</span>"), "{}", clerk.page);
    clerk.step("accept/1", &[&APPLICANT[..], &[phone, next]].concat()).await;
    assert!(clerk.page.contains("<li class=\"now\">事项</li>"));
    clerk.step("accept/2", &[&ITEM[..], &[("action", "save")]].concat()).await;
    assert!(clerk.page.contains("<td>CG00001</td><td>WB1</td><td>王芳</td>"), "{}", clerk.page);
    clerk.go("accept/2?draft=CG00001").await;
    assert!(clerk.page.contains("<option value=\"程子河村村民委员会\" selected>"));
    clerk.step("accept/2", &[&ITEM[..], &[next]].concat()).await;
    assert!(clerk.page.contains("<tr><th>申请人</th><td>王芳</td></tr>"), "{}", clerk.page);
    assert_eq!(window.registered(), []);
    let form = clerk.page.clone();
    clerk.step("accept/3", &[("remark", "加急"), ("action", "submit")]).await;
    assert!(clerk.page.contains("受理成功") && clerk.page.contains("<th>受理编号</th><td>YC2026112301001</td>"));
    clerk.page = form;
    clerk.step("accept/3", &[("remark", "加急"), ("action", "submit")]).await;
    assert!(clerk.page.contains("草稿不存在"));
    assert_eq!((window.registered().len(), window.registered()[0].fields["remark"].as_str()), (1, "加急"));
    clerk.go("registered?keyword=WB1").await;
    assert!(clerk.page.contains("<td>YC2026112301001</td><td>WB1</td>"));
    sandbox.stop().await;
}

#[tokio::test]
async fn what_the_department_tells_stands_on_the_list_and_with_the_case() {
    let sandbox = Sandbox::start(only(&["onewindow"])).await.unwrap();
    let window = &sandbox.systems()[0];
    let number = window.truth()[900].source_no.clone();
    let mut clerk = Clerk::at(window).await;
    clerk.go("cases/100901/progress").await;
    let told = [("receipt", "SL20261001"), ("progress", "办理中"), ("remark", "已转水利局")];
    let token = clerk.hidden("token");
    clerk.post("cases/100901/progress", &[&[("token", "guess")][..], &told].concat()).await;
    assert!(clerk.page.contains("页面令牌无效") && window.progress(&number).is_none());
    let own = ("token", token.as_str());
    clerk.post("cases/100901/progress", &[own, ("receipt", ""), told[1]]).await;
    assert!(clerk.page.contains("<span class=\"error\">请填写部门受理编号</span>"));
    clerk.post("cases/100901/progress", &[&[own][..], &told].concat()).await;
    assert!(clerk.page.contains("办理进度已保存") && clerk.page.contains("<td>SL20261001</td>"), "{}", clerk.page);
    assert_eq!(window.progress(&number), Some(("SL20261001".into(), "办理中".into(), "已转水利局".into())));
    clerk.go(&format!("cases?keyword={number}")).await;
    assert!(clerk.page.contains("<td>SL20261001</td><td>办理中</td>"));
    window.set_drop_answer(1);
    let request = clerk.client.post(format!("{}cases/100901/progress", clerk.base));
    let body = format!("token={token}&receipt=SL2&progress=%E5%B7%B2%E5%8A%9E%E7%BB%93");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    assert!(request.send().await.is_err());
    assert_eq!((window.progress(&number).unwrap().0.as_str(), window.progress_saves(&number)), ("SL2", 2));
    sandbox.stop().await;
}

#[tokio::test]
async fn the_list_holds_every_case_and_the_hall_its_tickets_and_grades() {
    let sandbox = Sandbox::start(only(&["onewindow"])).await.unwrap();
    let window = &sandbox.systems()[0];
    let mut clerk = Clerk::at(window).await;
    assert_eq!(clerk.page.matches("<td><a href=\"/cases/").count(), 50);
    clerk.go("cases?page=1&size=20").await;
    assert!(clerk.page.contains("共 1000 条"));
    same_as_saved("onewindow/list.html", clerk.page.as_bytes());
    clerk.go("cases/100994").await;
    same_as_saved("onewindow/detail.html", clerk.page.as_bytes());
    clerk.go("tickets").await;
    let tickets = clerk.page.matches("<tr><td>A0").count();
    assert!((20..60).contains(&tickets), "{tickets} until the afternoon");
    assert!(clerk.page.contains(&format!("共 {tickets} 条")));
    clerk.go("evaluations").await;
    assert!(clerk.page.contains("<td>非常满意</td>") && clerk.page.contains("<td>满意</td>"));
    let departments: std::collections::BTreeSet<_> = window.truth().into_iter().map(|case| case.org_name).collect();
    assert_eq!(departments, ["区水利局".to_owned(), "区行政审批服务局".to_owned()].into());
    clerk.go("logout").await;
    same_as_saved("onewindow/login.html", clerk.page.as_bytes());
    sandbox.stop().await;
}
