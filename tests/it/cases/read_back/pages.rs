//! Forms whose fields show one thing and may send another.

/// What becomes of the entry, and what of it the target receives.
#[derive(Clone, Copy)]
pub(super) enum Must {
    /// It is sent, and this is what stands in it.
    Send(&'static str),
    /// It waits for a person, who is told this, and nothing is sent.
    Wait(&'static str),
}

/// A form with one odd field: how it is entered, what it is, and what must become of it.
pub(super) struct Odd {
    pub(super) verb: &'static str,
    pub(super) name: &'static str,
    /// The field with its label 内容, and what the form keeps elsewhere.
    pub(super) field: &'static str,
    pub(super) script: &'static str,
    pub(super) by: By,
    pub(super) must: Must,
}

/// Who sends the form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The browser, by the names of its fields.
    Form,
    /// A script, which sends `model.t`.
    Script,
    /// Vue 2, which sends the model of its component.
    Vue,
}

use By::{Form, Script, Vue};
use Must::{Send, Wait};

const CALENDAR: &str = r#"
  let month = 2026 * 12 + 10;
  function drawMonth() {
    const [year, at] = [Math.floor(month / 12), month % 12];
    const length = new Date(year, at + 1, 0).getDate();
    cal.innerHTML = `<p><i class="prev">&lt;</i> ${year}年 ${at + 1}月 <i class="next">&gt;</i></p>` + Array.from({ length }, (_, day) => `<span class="day">${day + 1}</span> `).join("");
  }
  t.onclick = () => { drawMonth(); cal.hidden = false; };
  cal.onclick = ({ target }) => {
    if (target.matches("i")) { month += target.matches(".next") ? 1 : -1; drawMonth(); return; }
    if (!target.matches(".day")) return;
    const text = [Math.floor(month / 12), month % 12 + 1, target.textContent].map((part) => String(part).padStart(2, "0")).join("-");
    cal.hidden = true;
    chosen(text);
  };"#;

pub(super) fn page(odd: &Odd, no: &str) -> String {
    let head = r#"<!doctype html><meta charset="utf-8"><title>登记</title>"#;
    let note = "<p><label>来源编号 <input name=note id=note></label></p>";
    let script = odd.script.replace("CALENDAR", CALENDAR);
    let field = odd.field;
    match odd.by {
        Form => format!(
            "{head}<form method=post action=save><input type=hidden name=no value={no}>{note}{field}<p><button>提交</button></p></form><script>{script}</script>"
        ),
        Script => format!(
            r#"{head}{note}{field}<p><button id=go>提交</button></p><p id=ok hidden>登记成功</p><script>const model = {{ no: "{no}", t: "" }}; {script}
            go.onclick = async () => {{ await fetch("save", {{ method: "POST", body: new URLSearchParams(model) }}); ok.hidden = false; }};</script>"#
        ),
        Vue => format!(
            r#"{head}<div id=app>{note}{field}<p><button @click="send">提交</button></p><p v-if="ok">登记成功</p></div><script src="vue.js"></script><script>
            new Vue({{ el: '#app', data: {{ no: "{no}", model: "", ok: false }}, methods: {{ async send() {{ await fetch("save", {{ method: "POST", body: new URLSearchParams({{ no: this.no, t: this.model }}) }}); this.ok = true; }} }} }});</script>"#
        ),
    }
}

const fn odd(
    verb: &'static str,
    name: &'static str,
    by: By,
    field: &'static str,
    script: &'static str,
    must: Must,
) -> Odd {
    Odd { verb, name, field, script, by, must }
}

const SHOWN_AND_HIDDEN: &str = "<p><label for=t>内容</label> <input id=t> <input type=hidden name=t id=held></p>";
const READ_ONLY_AND_HIDDEN: &str = "<p><label for=t>内容</label> <input id=t readonly> <input type=hidden name=t id=held></p><div id=cal hidden></div>";

pub(super) static ODDS: [Odd; 40] = [
    // Dates: 2026-12-03 is meant.
    odd(
        "date",
        "read-only, pressed in a calendar that fills the hidden one",
        Form,
        READ_ONLY_AND_HIDDEN,
        "CALENDAR; function chosen(text) { held.value = text; t.value = text.replace('-', '年').replace('-', '月') + '日'; }",
        Send("2026-12-03"),
    ),
    odd("date", "read-only, and nothing opens", Form, READ_ONLY_AND_HIDDEN, "", Wait("nobody can type into it")),
    odd(
        "date",
        "read-only, heard by its change only",
        Script,
        "<p><label for=t>内容</label> <input id=t readonly></p>",
        "t.onchange = () => { model.t = t.value; };",
        Wait("nobody can type into it"),
    ),
    odd(
        "date",
        "read-only, its calendar shows a day and sends none",
        Form,
        READ_ONLY_AND_HIDDEN,
        "CALENDAR; function chosen(text) { t.value = text; }",
        Wait("send nothing as `t`"),
    ),
    odd(
        "date",
        "read-only, its calendar sends the day before",
        Form,
        READ_ONLY_AND_HIDDEN,
        "CALENDAR; function chosen(text) { t.value = text; held.value = '2026-12-02'; }",
        Wait("send `2026-12-02` as `t`"),
    ),
    odd(
        "date",
        "read-only, a script's own model",
        Script,
        "<p><label for=t>内容</label> <input id=t readonly></p><div id=cal hidden></div>",
        "CALENDAR; function chosen(text) { model.t = t.value = text; }",
        Send("2026-12-03"),
    ),
    odd(
        "date",
        "typed, the hidden one hears the change",
        Form,
        SHOWN_AND_HIDDEN,
        "t.onchange = () => { held.value = t.value; };",
        Send("2026-12-03"),
    ),
    odd("date", "typed, the hidden one is deaf", Form, SHOWN_AND_HIDDEN, "", Wait("send nothing as `t`")),
    odd(
        "date",
        "typed with a name, its twin is deaf",
        Form,
        "<p><label for=t>内容</label> <input id=t name=t_show> <input type=hidden name=t></p>",
        "",
        Wait("send nothing as `t`"),
    ),
    odd(
        "date",
        "typed, sent as milliseconds",
        Form,
        SHOWN_AND_HIDDEN,
        "t.onchange = () => { held.value = new Date(t.value + 'T00:00:00').getTime(); };",
        Send("millis"),
    ),
    odd(
        "date",
        "typed, sent without signs",
        Form,
        SHOWN_AND_HIDDEN,
        "t.onchange = () => { held.value = t.value.replaceAll('-', ''); };",
        Send("20261203"),
    ),
    odd(
        "date",
        "typed, the hidden one keeps the old day",
        Form,
        "<p><label for=t>内容</label> <input id=t> <input type=hidden name=t value='2026-01-01'></p>",
        "",
        Wait("send `2026-01-01` as `t`"),
    ),
    odd(
        "date",
        "typed, and the hidden one far away hears it",
        Form,
        "<p><label for=t>内容</label> <input id=t></p><div><p>附</p><input type=hidden name=t id=held></div>",
        "t.onblur = () => { held.value = t.value; };",
        Send("2026-12-03"),
    ),
    odd(
        "date",
        "typed, and the hidden one far away is deaf",
        Form,
        "<p><label for=t>内容</label> <input id=t></p><div><p>附</p><input type=hidden name=t></div>",
        "",
        Wait("it has no name"),
    ),
    odd(
        "date",
        "taken back when it is left",
        Form,
        "<p><label for=t>内容</label> <input id=t name=t></p>",
        "t.onblur = () => { t.value = ''; };",
        Wait(""),
    ),
    odd(
        "date",
        "disabled once it is entered",
        Form,
        "<p><label for=t>内容</label> <input id=t name=t></p>",
        "t.onchange = () => { t.disabled = true; };",
        Wait("disabled"),
    ),
    odd(
        "date",
        "a native date",
        Form,
        "<p><label for=t>内容</label> <input id=t name=t type=date></p>",
        "",
        Send("2026-12-03"),
    ),
    odd(
        "date",
        "Vue hears what is typed",
        Vue,
        "<p><label for=t>内容</label> <input id=t v-model=model></p>",
        "",
        Send("2026-12-03"),
    ),
    odd(
        "date",
        "Vue draws it and does not hear",
        Vue,
        "<p><label for=t>内容</label> <input id=t :value=model></p>",
        "",
        Wait("the page itself holds nothing"),
    ),
    // Texts: 13800001234 is meant.
    odd("fill", "its own name", Form, "<p><label for=t>内容</label> <input id=t name=t></p>", "", Send("13800001234")),
    odd("fill", "no name at all", Form, "<p><label for=t>内容</label> <input id=t></p>", "", Wait("it has no name")),
    odd(
        "fill",
        "the hidden one hears every letter",
        Form,
        SHOWN_AND_HIDDEN,
        "t.oninput = () => { held.value = t.value; };",
        Send("13800001234"),
    ),
    odd(
        "fill",
        "the hidden one holds something else",
        Form,
        SHOWN_AND_HIDDEN,
        "t.oninput = () => { held.value = t.value.slice(0, 10); };",
        Wait("send `1380000123` as `t`"),
    ),
    odd(
        "fill",
        "a mask that groups what it shows",
        Form,
        SHOWN_AND_HIDDEN,
        "t.oninput = () => { held.value = t.value; t.value = t.value.replace(/(...)(....)(....)/, '$1 $2 $3'); };",
        Send("13800001234"),
    ),
    odd(
        "fill",
        "an editor whose text area hears",
        Form,
        "<div><label for=t>内容</label> <div id=t contenteditable style='min-height: 20px'></div><textarea name=t id=held style='display: none'></textarea></div>",
        "t.oninput = () => { held.value = '<p>' + t.textContent + '</p>'; };",
        Send("<p>13800001234</p>"),
    ),
    odd(
        "fill",
        "an editor whose text area is deaf",
        Form,
        "<div><label for=t>内容</label> <div id=t contenteditable style='min-height: 20px'></div><textarea name=t style='display: none'></textarea></div>",
        "",
        Wait("send nothing as `t`"),
    ),
    odd(
        "fill",
        "Vue takes a number of it",
        Vue,
        "<p><label for=t>内容</label> <input id=t v-model.number=model></p>",
        "",
        Send("13800001234"),
    ),
    odd(
        "fill",
        "Vue hears the change only",
        Vue,
        "<p><label for=t>内容</label> <input id=t v-model.lazy=model></p>",
        "",
        Send("13800001234"),
    ),
    odd(
        "fill",
        "Vue draws it and does not hear",
        Vue,
        "<p><label for=t>内容</label> <input id=t :value=model></p>",
        "",
        Wait("the page itself holds nothing"),
    ),
    odd(
        "fill",
        "read-only",
        Form,
        "<p><label for=t>内容</label> <input id=t name=t readonly></p>",
        "",
        Wait("read-only"),
    ),
    // Choices: 女 is meant, which is sent as 2.
    odd("choose", "radios of a name", Form, RADIOS_NAMED, "", Send("2")),
    odd(
        "choose",
        "radios whose labels are heard",
        Script,
        RADIOS_NAMED,
        "for (const label of document.querySelectorAll('.r')) label.onclick = ({ target }) => { if (target.tagName !== 'INPUT') model.t = label.firstChild.value; };",
        Send("2"),
    ),
    odd(
        "choose",
        "radios whose hidden one hears",
        Form,
        RADIOS_HIDDEN,
        "for (const one of document.querySelectorAll('.r input')) one.onchange = () => { held.value = one.value; };",
        Send("2"),
    ),
    odd("choose", "radios whose hidden one is deaf", Form, RADIOS_HIDDEN, "", Wait("send nothing as `t`")),
    odd(
        "choose",
        "Vue's radios",
        Vue,
        "<div><label>内容</label> <span><label><input type=radio value=1 v-model=model>男</label> <label><input type=radio value=2 v-model=model>女</label></span></div>",
        "",
        Send("2"),
    ),
    odd(
        "choose",
        "Vue draws them and does not hear",
        Vue,
        "<div><label>内容</label> <span><label><input type=radio value=1 :checked='model === 1'>男</label> <label><input type=radio value=2 :checked='model === 2'>女</label></span></div>",
        "",
        Wait("the page itself holds"),
    ),
    odd(
        "choose",
        "a select",
        Form,
        "<p><label for=t>内容</label> <select id=t name=t><option value=1>男</option><option value=2>女</option></select></p>",
        "",
        Send("2"),
    ),
    odd(
        "choose",
        "a select whose hidden one hears a press only",
        Form,
        SELECT_HIDDEN,
        "t.onclick = () => { held.value = t.value; };",
        Wait("as `t`"),
    ),
    odd(
        "choose",
        "a select whose hidden one hears",
        Form,
        SELECT_HIDDEN,
        "t.onchange = () => { held.value = t.value; };",
        Send("2"),
    ),
    odd(
        "choose",
        "boxes that are sent joined",
        Form,
        "<div><label>内容</label> <span class=boxes><label><input type=checkbox value=1>男</label> <label><input type=checkbox value=2>女</label></span><input type=hidden name=t id=held></div>",
        "const boxes = [...document.querySelectorAll('.boxes input')]; for (const one of boxes) one.onchange = () => { held.value = boxes.filter((one) => one.checked).map((one) => one.value).join(); };",
        Send("2"),
    ),
];

const RADIOS_NAMED: &str = "<div><label>内容</label> <span><label class=r><input type=radio name=t value=1><span>男</span></label> <label class=r><input type=radio name=t value=2><span>女</span></label></span></div>";
const RADIOS_HIDDEN: &str = "<div><label>内容</label> <span><label class=r><input type=radio name='' value=1>男</label> <label class=r><input type=radio value=2>女</label></span><input type=hidden name=t id=held></div>";
const SELECT_HIDDEN: &str = "<p><label for=t>内容</label> <select id=t><option>请选择</option><option value=1>男</option><option value=2>女</option></select><input type=hidden name=t id=held value=0></p>";
