//! A form in the manner of ASP.NET WebForms: fields that post the whole page back, and names that say where they stand in it.

use std::{collections::HashMap, time::Duration};

use axum::{Router, response::Html, routing::get};

/// How long the system takes to make the page anew: longer than a script needs for the next field.
const MAKES_ANEW: Duration = Duration::from_millis(200);

const SCRIPT: &str = r#"<script>
  const form = document.getElementById("aspnetForm");
  function __doPostBack(target, argument) {
    form.__EVENTTARGET.value = target;
    form.__EVENTARGUMENT.value = argument;
    form.submit();
  }
  // A calendar in a layer of its own that writes into the field, which nobody can type in.
  const MONTHS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
  function WdatePicker(field) {
    const layer = document.getElementById("layer");
    const page = layer.contentDocument;
    let [year, month] = [2026, 11];
    const show = () => {
      const first = new Date(year, month - 1, 1).getDay();
      const cell = (at) => {
        const day = new Date(year, month - 1, at + 1 - first);
        return `<td class='${day.getMonth() + 1 === month ? "Wday" : "WotherDay"}'>${day.getDate()}</td>`;
      };
      const rows = [0, 1, 2, 3, 4, 5].map((week) => `<tr>${Array.from({ length: 7 }, (_, at) => cell(week * 7 + at)).join("")}</tr>`);
      page.body.innerHTML = `<div id='dpTitle'><div class='navImg NavImgll'><a></a></div><div class='navImg NavImgl'><a></a></div><input class='yminput' value='${MONTHS[month - 1]}月'><input class='yminput' value='${year}'><div class='navImg NavImgrr'><a></a></div><div class='navImg NavImgr'><a></a></div></div><table class='WdayTable'>${rows.join("")}</table>`;
    };
    page.body.onclick = ({ target }) => {
      const turn = { NavImgll: -12, NavImgl: -1, NavImgr: 1, NavImgrr: 12 }[target.closest(".navImg")?.classList[1]];
      if (turn) {
        const next = new Date(year, month - 1 + turn, 1);
        [year, month] = [next.getFullYear(), next.getMonth() + 1];
        show();
      } else if (target.matches(".Wday")) {
        field.value = [year, month, target.textContent].map((part) => String(part).padStart(2, "0")).join("-");
        layer.style.display = "none";
      }
    };
    show();
    layer.style.display = "block";
  }
  // A calendar as jQuery UI builds it.
  const picker = document.getElementById("ui-datepicker-div");
  let [year, month] = [2026, 1];
  function draw() {
    const days = new Date(year, month, 0).getDate();
    const cell = (day) => `<td data-handler='selectDay' data-month='${month - 1}' data-year='${year}'><a class='ui-state-default' href='javascript:;'>${day}</a></td>`;
    picker.innerHTML = `<div class='ui-datepicker-header'><a class='ui-datepicker-prev'>&lt;</a><a class='ui-datepicker-next'>&gt;</a></div><table><tr>${Array.from({ length: days }, (_, at) => cell(at + 1)).join("")}</tr></table>`;
  }
  const day = document.querySelector(".hasDatepicker");
  day.addEventListener("focus", () => { draw(); picker.style.display = "block"; });
  picker.addEventListener("click", ({ target }) => {
    if (target.matches(".ui-datepicker-next, .ui-datepicker-prev")) {
      const next = new Date(year, month - 1 + (target.matches(".ui-datepicker-next") ? 1 : -1), 1);
      [year, month] = [next.getFullYear(), next.getMonth() + 1];
      draw();
    } else if (target.matches("td a")) {
      day.value = [year, month, target.textContent].map((part) => String(part).padStart(2, "0")).join("-");
      picker.style.display = "none";
    }
  });
  document.getElementById("send").onclick = () => {
    const sent = {};
    for (const [name, value] of new FormData(form)) {
      const called = document.getElementsByName(name)[0].dataset.called;
      if (called) sent[called] = called in sent ? `${sent[called]}、${value}` : (value.name ?? value);
    }
    document.getElementById("said").textContent = JSON.stringify(sent);
  };
</script>"#;

/// The page with what was posted in its fields.
fn page(state: &HashMap<String, String>) -> String {
    let held = |name: &str| state.get(name).map(String::as_str).unwrap_or_default();
    let options = |name: &str, all: &[(&str, &str)]| -> String {
        let option = |(value, text): &(&str, &str)| {
            let selected = if held(name) == *value { " selected" } else { "" };
            format!("<option value='{value}'{selected}>{text}</option>")
        };
        [("", "请选择")].iter().chain(all).map(option).collect()
    };
    let checked = |name: &str, value: &str| if held(name) == value { " checked" } else { "" };
    let towns: &[(&str, &str)] = match held("ctl00$c$ddlDistrict") {
        "371312" => &[("01", "九曲街道"), ("02", "汤头街道")],
        "371302" => &[("01", "银雀山街道")],
        _ => &[],
    };
    let box_of = |at: usize, value: &str, text: &str| {
        let name = format!("ctl00$c$cblPapers${at}");
        let checked = checked(&name, value);
        format!(
            "<td><input id='p{at}' type='checkbox' name='{name}' value='{value}' data-called='材料'{checked}><label for='p{at}'>{text}</label></td>"
        )
    };
    let papers = [box_of(0, "a", "身份证"), box_of(1, "b", "户口簿"), box_of(2, "c", "照片")].concat();
    let sex = |at: usize, value: &str, text: &str| {
        let checked = checked("ctl00$c$rblSex", value);
        format!(
            "<td><input id='s{at}' type='radio' name='ctl00$c$rblSex' value='{value}' data-called='性别'{checked}><label for='s{at}'>{text}</label></td>"
        )
    };
    let sex = [sex(0, "1", "男"), sex(1, "2", "女")].concat();
    let (name, note) = (held("ctl00$c$txtName"), held("ctl00$c$txtNote"));
    let (day, until) = (held("ctl00$c$txtDay"), held("ctl00$c$txtUntil"));
    let (districts, towns) = (
        options("ctl00$c$ddlDistrict", &[("371312", "河东区"), ("371302", "兰山区")]),
        options("ctl00$c$ddlTown", towns),
    );
    let urgent = checked("ctl00$c$chkUrgent", "1");
    format!(
        r#"<!doctype html><meta charset="utf-8"><title>登记</title><form id="aspnetForm" method="post" action="./">
<input type="hidden" name="__EVENTTARGET"><input type="hidden" name="__EVENTARGUMENT"><input type="hidden" name="__VIEWSTATE" value="dDwtMTA=">
<table>
<tr><td class="label">申请人</td><td><input name="ctl00$c$txtName" data-called="申请人" value="{name}" onchange="javascript:setTimeout('__doPostBack(\'ctl00$c$txtName\',\'\')', 0)"></td>
<td class="label">备注</td><td><textarea name="ctl00$c$txtNote" data-called="备注">{note}</textarea></td></tr>
<tr><td class="label">所属区</td><td><select name="ctl00$c$ddlDistrict" data-called="所属区" onchange="javascript:setTimeout('__doPostBack(\'ctl00$c$ddlDistrict\',\'\')', 0)">{districts}</select></td>
<td class="label">所属镇街</td><td><select name="ctl00$c$ddlTown" data-called="所属镇街">{towns}</select></td></tr>
<tr><td class="label">性别</td><td><table><tr>{sex}</tr></table></td><td class="label">材料</td><td><table><tr>{papers}</tr></table></td></tr>
<tr><td class="label">申请日期</td><td><input name="ctl00$c$txtDay" data-called="申请日期" class="hasDatepicker" readonly value="{day}"></td>
<td class="label">有效期至</td><td><input name="ctl00$c$txtUntil" data-called="有效期至" class="Wdate" readonly onclick="WdatePicker(this)" value="{until}"></td></tr>
<tr><td class="label">是否加急</td><td><input type="checkbox" name="ctl00$c$chkUrgent" data-called="是否加急" value="1"{urgent}></td>
<td class="label">附件</td><td><input type="file" name="ctl00$c$file" data-called="附件"></td></tr>
</table><input type="button" id="send" value="提交"></form><pre id="said"></pre>
<iframe id="layer" srcdoc="<body></body>" style="display: none"></iframe>
<div id="ui-datepicker-div" class="ui-datepicker" style="display: none"></div>{SCRIPT}"#
    )
}

/// The system.
pub(super) fn system() -> Router {
    let shown = || async { Html(page(&HashMap::new())) };
    let posted = |body: String| async move {
        tokio::time::sleep(MAKES_ANEW).await;
        let state: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        Html(page(&state))
    };
    Router::new().route("/", get(shown).post(posted))
}
