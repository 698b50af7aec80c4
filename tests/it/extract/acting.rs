//! What to act on, what a page says, and who we are on it.

use queqiao::{
    adapter::Signs,
    extract::{Document, SignsSeen, mark, read, signs},
};

use super::{at, html};

fn marked(locator: &str, text: &str) -> Result<usize, String> {
    mark(&at(locator), &html(text)).map_err(|error| error.to_string())
}

const LOGIN: &str = "<form><label data-queqiao=1 for=u>用户名</label><input data-queqiao=2 id=u>
    <input data-queqiao=3 type=password placeholder='请输入密码'>
    <div class='layui-form-item'><label data-queqiao=4 class='layui-form-label'>区域</label><div data-queqiao=5>
      <select data-queqiao=6 data-queqiao-hidden><option>九曲</select><div class='layui-form-select'><input data-queqiao=7></div></div></div>
    <p data-queqiao=8>登录</p><button data-queqiao=9><span data-queqiao=10>登 录</span></button>
    <input data-queqiao=11 type=submit value='保存'><div data-queqiao=12 data-queqiao-hidden><button data-queqiao=13>保存</button></div>
    <div data-queqiao=14 class='btn-group'><div data-queqiao=15 class='btn'>重置</div></div>
    <button data-queqiao=16>查询</button><button data-queqiao=17>查询</button></form>";

#[test]
fn the_thing_to_act_on_is_the_control_of_a_label_or_what_can_be_pressed() {
    for (locator, expected) in [
        ("label=用户名", 2),
        ("label=密码", 3),
        ("label=区域", 6),
        ("text=登录", 9),
        ("text=保存", 11),
        ("text=重置", 15),
        ("#u", 2),
        ("text=登陆 || text=登 录", 9),
    ] {
        assert_eq!(marked(locator, LOGIN), Ok(expected), "{locator}");
    }
}

#[test]
fn what_is_not_one_thing_is_never_acted_on() {
    assert!(marked("text=查询", LOGIN).unwrap_err().contains("it fits 2 things"));
    assert!(marked("text=查询 || #u", LOGIN).is_err());
    let both = "<a data-queqiao=1>提交</a><div data-queqiao=2 class=my-btn>提交</div>";
    assert!(marked("text=提交", both).unwrap_err().contains("it fits 2 things"));
    let one = "<div data-queqiao=1 class=btn-box><button data-queqiao=2><i data-queqiao=3 class=btn-text>提交</i></button></div>";
    assert_eq!(marked("text=提交", one), Ok(2));
    assert!(marked("text=导出", LOGIN).unwrap_err().contains("nothing that can be pressed shows 导出"));
    assert!(marked("#u", "<input id=u>").unwrap_err().contains("read without marks"));
    assert!(marked("label=甲", "<dl><dt>甲<dd data-queqiao=1>乙</dl>").unwrap_err().contains("nothing to act on"));
    assert!(mark(&at("json=$.a"), &Document::parse("{\"a\":1}", None)).is_err());
}

#[test]
fn one_thing_is_read_where_it_can_be_seen() {
    let of = |locator: &str, text: &str| read(&at(locator), &html(text)).unwrap();
    assert_eq!(of(".error", "<p class=error>密码错误</p>").as_deref(), Some("密码错误"));
    assert_eq!(of(".error", "<p class=error style='display:none'>密码错误</p>"), None);
    assert_eq!(of(".error", "<p class=error></p>"), None);
    assert_eq!(
        of("text=密码错误", "<div><p>用户名或密码错误，请重试</p></div>").as_deref(),
        Some("用户名或密码错误，请重试")
    );
    assert!(read(&at("p"), &html("<p>a<p>b")).is_err());
}

fn seen(written: [&str; 4], page: &Document) -> SignsSeen {
    let [signed_in, signed_out, kicked, busy] = written.map(|one| Some(at(one)));
    signs(&Signs { signed_in, signed_out, kicked, busy }, page)
}

#[test]
fn signs_are_what_a_person_would_see() {
    let written =
        ["label=当前用户", "form#login || json=$[?@.code==401]", "text=该账号在其他地方登录", "text=系统维护中"];
    let on = |text: &str| seen(written, &Document::parse(text, None));
    assert_eq!(on("<span>当前用户：</span><b>bot</b>"), SignsSeen { signed_in: true, ..SignsSeen::default() });
    assert_eq!(on("<form id=login></form>"), SignsSeen { signed_out: true, ..SignsSeen::default() });
    assert_eq!(on("<form id=login style='display: none'></form><script>'系统维护中'</script>"), SignsSeen::default());
    assert_eq!(
        on("<div><p>您好：该账号在其他地方登录！</p></div>").kicked.as_deref(),
        Some("您好：该账号在其他地方登录！")
    );
    assert_eq!(on("<title>系统维护中</title>").busy, None);
    assert!(on("{\"code\":401,\"msg\":\"登录已失效\"}").signed_out);
    assert!(!on("{\"code\":200,\"data\":[{\"code\":1}]}").signed_out);
    assert_eq!(signs(&Signs::default(), &html("<p>x")), SignsSeen::default());
}

#[test]
fn json_signs_bring_the_answers_own_words() {
    let written = ["json=$.data", "json=$[?@.code==401]", "json=$.msg /其他地方登录/", "json=$[?@.code==503]"];
    let on = |text: &str| seen(written, &Document::parse(text, None));
    let kicked = on("{\"code\":402,\"msg\":\"该账号在其他地方登录\",\"data\":null}");
    assert_eq!((kicked.signed_in, kicked.kicked.as_deref()), (false, Some("其他地方登录")));
    assert_eq!(on("{\"code\":503,\"msg\":\"系统维护中\"}").busy.as_deref(), Some("系统维护中"));
    assert!(on("{\"code\":0,\"data\":[]}").signed_in);
}
