//! What the systems take in by their registration forms, and how they refuse, delay and keep quiet.

use super::*;

/// A good registration at `water`, with some fields changed.
fn registration(changed: &[(&str, &str)]) -> BTreeMap<String, String> {
    let good = [
        ("note", "YC1"),
        ("applicant", "王芳"),
        ("applicant_type", "自然人"),
        ("id_type", "居民身份证"),
        ("id_number", "371312199001010001"),
        ("phone", "10000000000"),
        ("town", "汤河镇"),
        ("village", "程子河村村民委员会"),
        ("item", "取水许可延续"),
        ("applied", "2026-11-20"),
        ("channel", "窗口"),
        ("deficient", "是"),
        ("remark", "一\n二"),
    ];
    let all = good.iter().chain(changed);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A form as a page in GB18030 sends it.
fn in_gb(fields: &BTreeMap<String, String>) -> String {
    let encoded = |text: &str| {
        let (bytes, _, _) = encoding_rs::GB18030.encode(text);
        url::form_urlencoded::byte_serialize(&bytes).collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{name}={}&", encoded(value))).collect()
}

/// Posts a registration to `water`; none when the connection ended without an answer.
async fn register(client: &Client, water: &Practice, changed: &[(&str, &str)]) -> Option<String> {
    let request = client.post(format!("{}case/register.do", water.address()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(in_gb(&registration(changed))).send().await.ok()?;
    Some(decode(&answer.bytes().await.unwrap()))
}

async fn control(practice: &Practice, wish: Value) -> Value {
    let request = client().post(format!("{}practice/control", practice.address()));
    let answer = request.header("content-type", "application/json").body(wish.to_string()).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_registration_is_a_case_from_then_on_and_can_be_found_and_corrected() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let water = &sandbox.systems()[1];
    let (client, _) = enter_water(water, PASSWORD).await;
    let form = page(&client, water, "case/register.do").await;
    assert!(form.contains("<select name=\"item\" lay-search>") && form.contains("name=\"applied\" id=\"applied\""));
    let index = page(&client, water, "index.do?open=register").await;
    assert!(index.contains("<iframe name=\"mainFrame\" src=\"case/register.do\""));
    let result = register(&client, water, &[]).await.unwrap();
    let [kept] = &water.registered()[..] else { panic!("one registration") };
    assert_eq!((kept.receipt.as_str(), kept.times, &kept.fields), ("SL20261001", 1, &registration(&[])));
    assert!(result.contains("登记成功") && result.contains("<tr><th>受理编号</th><td>SL20261001</td></tr>"));
    for path in ["case/registered.do?keyword=YC1", "case/registration.do?no=SL20261001", "case/list.do?page=1"] {
        let shown = page(&client, water, path).await;
        assert!(shown.contains("SL20261001") && shown.contains("王芳") && shown.contains("待受理"), "{path}");
    }
    assert!(!page(&client, water, "case/registered.do?keyword=YC2").await.contains("SL20261001"));
    let truth = water.truth().pop().unwrap();
    assert_eq!((truth.source_no.as_str(), truth.status.as_str(), truth.bad), ("SL20261001", "received", None));
    assert_eq!(truth.apply_date.unwrap().to_rfc3339(), "2026-11-20T08:30:00+08:00");
    water.advance("SL20261001");
    assert!(page(&client, water, "case/registered.do").await.contains("<td>已受理</td>"));
    register(&client, water, &[("no", "SL20261001"), ("applicant", "王敏")]).await.unwrap();
    let [kept] = &water.registered()[..] else { panic!("still one registration") };
    assert_eq!((kept.fields["applicant"].as_str(), kept.times), ("王敏", 2));
    assert_eq!(water.truth().pop().unwrap().applicant_name, "王敏");
    sandbox.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_in_the_systems_words_and_nothing_is_saved() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let water = &sandbox.systems()[1];
    let (client, _) = enter_water(water, PASSWORD).await;
    let told = |words: &str| format!("<div class=\"layui-form-mid wrong\">{words}</div>");
    for (field, value, words) in [
        ("applicant", "", "请填写申请人"),
        ("phone", "1000", "联系电话须为11位数字"),
        ("id_number", "37", "证件号码须为18位"),
    ] {
        let shown = register(&client, water, &[(field, value)]).await.unwrap();
        let (_, after) = shown.split_once(&format!("name=\"{field}\"")).unwrap();
        let (own, _) = after.split_once("layui-form-item").unwrap();
        assert!(own.contains(&told(words)), "{own}");
        assert!(shown.contains("<option value=\"程子河村村民委员会\" selected>"), "what was chosen stays");
    }
    water.set_refusal(Some(("town", "该镇街窗口已停用")));
    assert!(register(&client, water, &[]).await.unwrap().contains(&told("该镇街窗口已停用")));
    water.set_refusal(None);
    water.set_closed(true);
    assert!(register(&client, water, &[]).await.unwrap().contains("wrong\">受理期已截止，暂停登记</blockquote>"));
    control(water, json!({ "closed": false })).await;
    assert_eq!(water.registered(), []);
    register(&client, water, &[]).await.unwrap();
    register(&client, water, &[]).await.unwrap();
    assert_eq!(water.registered().len(), 2, "duplicates are saved unless told otherwise");
    water.set_unique(true);
    let shown = register(&client, water, &[]).await.unwrap();
    assert!(shown.contains(&told("该来源编号已登记，受理编号：SL20261001")), "{shown}");
    assert_eq!(control(water, json!({})).await["registered"], 2);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_save_may_go_unanswered_or_come_after_the_visitor_has_left() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let water = &sandbox.systems()[1];
    let (client, _) = enter_water(water, PASSWORD).await;
    water.set_drop_answer(1);
    assert_eq!(register(&client, water, &[]).await, None);
    assert_eq!(water.registered().len(), 1);
    assert!(register(&client, water, &[("note", "YC2")]).await.unwrap().contains("登记成功"));
    let page = format!("{}practice/registered", water.address());
    let kept: Value = serde_json::from_str(&client.get(page).send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!((&kept[1]["fields"]["note"], &kept[1]["receipt"]), (&json!("YC2"), &json!("SL20261002")));
    water.set_cut_answer(1);
    let request = client.post(format!("{}case/register.do", water.address()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let half = request.body(in_gb(&registration(&[]))).send().await.unwrap();
    assert!(half.status() == StatusCode::OK && half.bytes().await.is_err());
    assert_eq!(water.registered().len(), 3);
    // Where the save takes its time, the answer breaks off before it.
    water.set_save_delay(Duration::from_secs(3600), Duration::ZERO);
    water.set_cut_answer(1);
    let request = client.post(format!("{}case/register.do", water.address()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert!(request.body(in_gb(&registration(&[]))).send().await.unwrap().bytes().await.is_err());
    assert_eq!(water.registered().len(), 3);
    // Saved at once, answered after a visitor's whole patience; and saved long after he has gone.
    for (before, after) in [(0, 3600), (1, 0)] {
        let saved = water.registered().len();
        water.set_save_delay(Duration::from_secs(before), Duration::from_secs(after));
        let request = client.post(format!("{}case/register.do", water.address())).timeout(Duration::from_millis(200));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert!(request.body(in_gb(&registration(&[]))).send().await.unwrap_err().is_timeout());
        let deadline = Instant::now() + PATIENCE;
        let mut look = tokio::time::interval(Duration::from_millis(10));
        while water.registered().len() == saved {
            assert!(Instant::now() < deadline, "never saved");
            look.tick().await;
        }
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn permits_takes_a_registration_over_its_api() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let permits = &sandbox.systems()[0];
    let token = token(permits).await;
    let villages = call(permits, "api/villages?town=%E6%B1%A4%E6%B2%B3%E9%95%87", &token).await;
    assert!(villages["data"].as_array().unwrap().contains(&json!("程子河村村民委员会")));
    let offered = call(permits, "api/register/options", &token).await;
    assert!(offered["data"]["items"].as_array().unwrap().contains(&json!("居住证申领")));
    let save = async |phone: &str| {
        let fields = registration(&[("item", "居住证申领"), ("phone", phone)]);
        let mut body = json!(fields);
        body["deficient"] = json!(true);
        body["materials"] = json!(["申请表.pdf"]);
        let request = client().post(format!("{}api/registered", permits.address()));
        let request = request.header("content-type", "application/json");
        let answer = request.header("authorization", format!("Bearer {token}")).body(body.to_string()).send().await;
        serde_json::from_str::<Value>(&answer.unwrap().text().await.unwrap()).unwrap()
    };
    let refused = save("1").await;
    assert_eq!((&refused["code"], &refused["data"]["field"]), (&json!(422), &json!("phone")));
    let receipt = save("10000000000").await["data"]["receipt"].as_str().unwrap().to_owned();
    assert_eq!(receipt, "HD2026112301001");
    let found = call(permits, "api/registered?keyword=YC1", &token).await;
    assert_eq!((&found["data"]["total"], &found["data"]["rows"][0]["status"]), (&json!(1), &json!("已收件")));
    let view = call(permits, &format!("api/registered/{receipt}"), &token).await;
    assert_eq!(view["data"]["lines"][11], json!({ "label": "容缺受理", "name": "deficient", "value": "是" }));
    assert_eq!(permits.registered()[0].files, ["申请表.pdf"]);
    assert_eq!(call(permits, "api/cases?page=1", &token).await["data"]["rows"][0]["caseNo"], receipt.as_str());
    sandbox.stop().await;
}

#[tokio::test]
async fn housing_takes_a_registration_in_parts() {
    let sandbox = Sandbox::start(only(&["housing"])).await.unwrap();
    let housing = &sandbox.systems()[0];
    let client = client();
    let login = client.post(format!("{}login.action", housing.address()));
    login.body(format!("czybm=bot&mm={PASSWORD}&jgbm=371312")).send().await.unwrap();
    let save = async |item: &str| {
        let fields = registration(&[("item", item)]);
        let mut body: String = fields
            .iter()
            .map(|(name, value)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
            .collect();
        body +=
            "--x\r\nContent-Disposition: form-data; name=\"materials\"; filename=\"合同.pdf\"\r\n\r\n%PDF\r\n--x--\r\n";
        let request = client.post(format!("{}biz/save.action", housing.address()));
        let request = request.header("content-type", "multipart/form-data; boundary=x").body(body);
        let answer = request.send().await.unwrap().bytes().await.unwrap();
        serde_json::from_str::<Value>(&decode(&answer)).unwrap()
    };
    assert_eq!(save("居住证申领").await["field"], "item");
    let saved = save("租房提取住房公积金").await;
    assert_eq!(saved["msg"], "登记成功，受理编号：HDGJJ2611001001");
    let [kept] = &housing.registered()[..] else { panic!("one registration") };
    assert_eq!((&kept.files[..], kept.fields["remark"].as_str()), (&["合同.pdf".to_owned()][..], "一\n二"));
    for path in ["biz/registered.action?keyword=YC1", "biz/registration.action?no=HDGJJ2611001001"] {
        let answer = client.get(format!("{}{path}", housing.address())).send().await.unwrap();
        assert!(decode(&answer.bytes().await.unwrap()).contains("HDGJJ2611001001"), "{path}");
    }
    sandbox.stop().await;
}
