//! What belongs to a label, in every way that pages say it.

use queqiao::extract::detail;

use super::{html, page};

fn of(label: &str, text: &str) -> Result<String, String> {
    detail(&page(&[("x", label)]), &html(text)).map(|row| row["x"].clone()).map_err(|error| error.to_string())
}

#[test]
fn every_way_to_label_a_text_is_understood() {
    let pages = [
        "<table><tr><th>编号</th><td>1</td><th>申请人：</th><td> 张 三 </td></tr></table>",
        "<table><tr><td>编号</td><td>1</td><td>* 申 请 人：</td><td> 张 三 </td></tr></table>",
        "<table><tr><td rowspan=2>基本信息</td><td class=label>申请人</td><td>张 三</td></tr></table>",
        "<table><tr><th>编号</th><th>申请人</th></tr><tr><td>1</td><td>张 三</td></tr></table>",
        "<dl><dt>编号</dt><dd>1</dd><dt>申请人</dt><dd>张 三</dd></dl>",
        "<dl><div><dt>申请人</dt><dd>张 三</dd></div></dl>",
        "<p>编号：1</p><p>申请人：张 三</p><p>窗口：3</p>",
        "<div>编号：1<br>申请人：张 三<br>窗口：3</div>",
        "<div><b>申请人：</b>张 三<br><b>窗口：</b>3</div>",
        "<div><b>申请人：</b>张 <em>三</em><b>窗口：</b>3</div>",
        "<div>编号：1&nbsp;&nbsp;&nbsp;申请人：张 三&nbsp;&nbsp; 窗口：3</div>",
        "<div><span>申请人：</span><span>张 三</span><span>窗口：</span><span>3</span></div>",
        "<ul><li><span>申请人</span><span>张 三</span></li><li><span>窗口</span><span>3</span></li></ul>",
        "<div class='el-form-item'><label class='el-form-item__label'>申请人</label><div class='el-form-item__content'>张 三</div></div>",
        "<table><tbody><tr class='el-descriptions-row'><td class='el-descriptions-item'><div class='el-descriptions-item__container'>
            <span class='el-descriptions-item__label has-colon'>申请人</span><span class='el-descriptions-item__content'>张 三</span>
            </div></td><td class='el-descriptions-item'><div><span class='el-descriptions-item__label'>窗口</span>
            <span class='el-descriptions-item__content'>3</span></div></td></tr></table>",
        "<div class='ant-form-item'><div class='ant-form-item-label'><label title='申请人'>申请人</label></div>
            <div class='ant-form-item-control-wrapper'><span>张 三</span></div></div>",
        "<span id=l1>申请人</span><i></i><p aria-labelledby=l1>张 三</p>",
        "<p aria-label='申请人'>张 三</p>",
        "<div style='display:none'><dl><dt>申请人</dt><dd>李四</dd></dl></div><dl><dt>申请人</dt><dd>张 三</dd></dl>",
    ];
    for text in pages {
        assert_eq!(of("label=申请人", text).as_deref(), Ok("张 三"), "{text}");
    }
}

#[test]
fn a_label_tells_what_its_control_holds_now() {
    let pages = [
        ("<label for=a>事项</label><br><input id=a value='取水'>", "取水"),
        ("<label>事项 <input value='取水'></label>", "取水"),
        ("<table><tr><th>事项</th><td><select><option>请选择<option selected>取水</select><a>(列表)</a></td></tr></table>", "取水"),
        ("<table><tr><th>事项</th><td><select><option>请选择<option>取水</select></td></tr></table>", "请选择"),
        ("<table><tr><th>事项</th><td><textarea>取水\n许可</textarea></td></tr></table>", "取水 许可"),
        ("<div>事项：<input value='取水'></div>", "取水"),
        ("<div><label>事项</label> <input type=checkbox checked></div>", "true"),
        ("<input type=checkbox id=c><label for=c>事项</label>", "false"),
        ("<input placeholder='请输入事项' value='取水'>", "取水"),
        ("<input aria-label='事项' value='取水'>", "取水"),
        ("<input type=hidden value=x><div class=layui-form-item><label class=layui-form-label>事项</label><div class=layui-input-block>
            <select><option value=''>请选择</option><option value=1 selected>取水</option></select>
            <div class='layui-form-select'><div class='layui-select-title'><input readonly class=layui-input value='取水'></div>
            <dl><dd>请选择</dd><dd class=layui-this>取水</dd></dl></div></div></div>", "取水"),
        ("<div class=layui-form-item><label class=layui-form-label>事项</label><div class=layui-input-inline><input value='取水'></div>
            <div class='layui-form-mid'>元</div></div>", "取水"),
        ("<table><tr><td>事项:</td><td><input class='easyui-textbox' style='display: none'><span class='textbox'>
            <input class='textbox-text' value='取水'><input type=hidden class='textbox-value' value='7'></span></td></tr></table>", "取水"),
        ("<div class='el-form-item'><label for='item' class='el-form-item__label'>事项</label><div class='el-form-item__content'>
            <div class='el-select'><div class='el-input'><input readonly class='el-input__inner' value='取水'></div></div>
            <div class='el-form-item__error'>请选择事项</div></div></div>", "取水"),
        ("<div class='el-form-item'><label class='el-form-item__label'>事项</label><div class='el-form-item__content'>
            <label class='el-radio'><input type=radio><span class='el-radio__label'>变更</span></label>
            <label class='el-radio'><input type=radio checked><span class='el-radio__label'>取水</span></label></div></div>", "取水"),
        ("<table><tr><th>事项<td><input type=checkbox checked title='取水'><input type=checkbox title='变更' checked></table>", "取水、变更"),
        ("<table><tr><th>事项<td><select><option selected>山东</select> <select><option selected>临沂</select></table>", "山东 临沂"),
        ("<div class='form-group'><label class='col-sm-3 control-label'>事项</label><div class='col-sm-9'><p class='form-control-static'>取水</p></div></div>", "取水"),
        ("<div class='input-group'><span class='input-group-addon'>事项</span><input class='form-control' value='取水'></div>", "取水"),
        ("<div class='form-floating'><input id=f value='取水' placeholder=x><label for=f>事项</label></div>", "取水"),
        ("<div class=row><div class='col-4 col-form-label'>事项</div><div class=col-8><input class='form-control-plaintext' readonly value='取水'></div></div>", "取水"),
        ("<div class='form-group'><label>事项</label><select class='select2-hidden-accessible' multiple><option selected>取水<option>退水<option selected>变更</select>
            <span class='select2'><ul><li class='select2-selection__choice'><span>×</span>取水</li></ul><input class='select2-search__field' type=search></span></div>", "取水、变更"),
        ("<div class='form-group'><label>事项</label><select class='select2-hidden-accessible'><option>退水<option selected>取水</select>
            <span class='select2'><span class='select2-selection__rendered' title='取水'>取水</span></span></div>", "取水"),
        ("<div class='el-form-item'><label class='el-form-item__label'>事项</label><div class='el-form-item__content'><div class='el-select'>
            <div class='el-select__tags'><span><span class='el-tag'><span class='el-select__tags-text'>取水</span><i class='el-tag__close'></i></span>
            <span class='el-tag'><span class='el-select__tags-text'>变更</span></span></span><input class='el-select__input'></div>
            <div class='el-input'><input readonly class='el-input__inner' placeholder='请选择'></div></div></div></div>", "取水、变更"),
        ("<div class='el-form-item'><label class='el-form-item__label'>事项</label><div class='el-form-item__content'><div class='el-select__wrapper'>
            <div class='el-select__selected-item el-select__input-wrapper'><input class='el-select__input' role='combobox'></div>
            <div class='el-select__selected-item el-select__placeholder'><span>取水</span></div></div></div></div>", "取水"),
        ("<div class='ant-form-item'><div class='ant-form-item-label'><label title='事项'>事项</label></div><div class='ant-form-item-control'>
            <div class='ant-select ant-select-multiple'><span class='ant-select-selection-item' title='取水'><span class='ant-select-selection-item-content'>取水</span>
            <span class='ant-select-selection-item-remove'>×</span></span><span class='ant-select-selection-item'><span class='ant-select-selection-item-content'>变更</span></span>
            <div class='ant-select-selection-search'><input></div></div></div></div>", "取水、变更"),
        ("<div class='ant-form-item'><div class='ant-form-item-label'><label>事项</label></div><div class='ant-form-item-control'>
            <button role='switch' aria-checked='true'><span class='ant-switch-inner'>开</span></button></div></div>", "true"),
        ("<table><tr class='ant-descriptions-row'><th class='ant-descriptions-item-label'>事项</th><td class='ant-descriptions-item-content'>取水</td></tr></table>", "取水"),
        ("<table><tr><td class='ant-descriptions-item'><div><span class='ant-descriptions-item-label'>事项</span>
            <span class='ant-descriptions-item-content'>取水</span></div></td></tr></table>", "取水"),
        ("<table><tr><td>事项:</td><td><span class='textbox combo'><span class='tagbox-label'>取水<a class='tagbox-remove'></a></span>
            <span class='tagbox-label'>变更</span><input class='textbox-text'><input type=hidden class='textbox-value' value='7'></span></td></tr></table>", "取水、变更"),
        ("<p>事项：<label><input type=radio checked>取水</label> <label><input type=radio>退水</label></p><p>状态：x</p>", "取水"),
        ("<p>事项：<input type=checkbox checked> 取水 <input type=checkbox> 退水 <input type=checkbox checked> 变更　状态：x</p>", "取水、变更"),
        ("<div><b>事项：</b><label><input type=radio>退水</label><label><input type=radio checked>取水</label><br><b>状态：</b>x</div>", "取水"),
        ("<div><b>事项：</b><input type=radio id=a><label for=a>退水</label><input type=radio id=b checked><label for=b>取水</label><br></div>", "取水"),
        ("<table><tr><th>事项</th><td><label><input type=radio checked>取水</label></td></tr></table>", "取水"),
        ("<p>事项：<input type=checkbox checked></p>", "true"),
        ("<table><tr><th>事项</th><td></td></tr></table>", ""),
        ("<p>事项：</p>", ""),
    ];
    for (text, expected) in pages {
        assert_eq!(of("label=事项", text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn two_labels_with_different_values_are_an_error_and_with_one_value_are_not() {
    let text = |second: &str| {
        format!("<dl><dt>电话</dt><dd>1</dd></dl><table><tr><th>电话</th><td>{second}</td></tr></table>")
    };
    let message = of("label=电话", &text("2")).unwrap_err();
    assert_eq!(message, "page `list`: `x` is not where `label=电话` points: it fits 2 things with 2 different texts");
    assert_eq!(of("label=电话", &text("1")).as_deref(), Ok("1"));
}

#[test]
fn a_label_without_a_value_never_takes_the_value_of_the_next() {
    for text in [
        "<div><div><label>事项：</label><div></div></div><div><label>状态：</label><div>x</div></div></div>",
        "<div><div><span>事项：</span><span></span></div><div><span>状态：</span><span>x</span></div></div>",
        "<div><div><span>事项</span><span></span></div><div><span>状态</span><span>x</span></div></div>",
        "<div><div class=item><label>事项：</label><div></div></div><div class=footer><a>返回</a></div></div>",
        "<div><div class=item><b>事项：</b><span class=item-value></span></div><p>返回</p></div>",
        "<div class=el-form-item><label class=el-form-item__label>事项</label><div class=el-form-item__content></div></div><div class=el-form-item><label>状态</label><div>x</div></div>",
        "<dl><dt>事项</dt><dd></dd><dt>状态</dt><dd>x</dd></dl>",
        "<table><tr><td>事项：</td><td></td><td>状态：</td><td>x</td></tr></table>",
    ] {
        assert_eq!(of("label=事项", text).as_deref(), Ok(""), "{text}");
    }
    let before = "<p>事项：取水<input type=radio checked> 退水<input type=radio></p>";
    assert!(of("label=事项", before).is_err());
    for text in [
        "<p><b>事项：</b></p><p><b>状态：</b></p>",
        "<table><tr><td>事项：</td><td>状态：</td></tr></table>",
        "<div><span>事项：</span><span>状态：</span><span>x</span></div>",
    ] {
        let read = of("label=事项", text);
        assert!(read.as_ref().is_ok_and(String::is_empty) || read.is_err(), "{text}: {read:?}");
    }
    for text in [
        "<div><div class=name><span>事项</span><span class=tip></span></div><div>取水</div></div>",
        "<div><div class=name>事项<i class=required></i></div><div>取水</div></div>",
        "<div><div><b>事项：</b><i></i></div><div>取水</div></div>",
    ] {
        assert_eq!(of("label=事项", text).as_deref(), Ok("取水"), "{text}");
    }
}

#[test]
fn a_label_in_two_languages_is_called_by_either_half() {
    for text in [
        "<dl><dt>编号/No.</dt><dd>1</dd><dt>申请人/Applicant</dt><dd>甲</dd><dt>事项/Item</dt><dd>乙</dd></dl>",
        "<table><tr><td>申请人 Applicant</td><td>甲</td><td>受理时间 Time of acceptance</td><td>3-1</td></tr></table>",
        "<p>申请人 Applicant：甲</p><p>事项 Item：乙</p>",
        "<div><label>申请人<br><small>Applicant</small></label><input value='甲'></div><div><label>事项 (Item)</label><input value='乙'></div>",
    ] {
        for label in
            ["label=申请人", "label=Applicant", "label=申请人/Applicant || label=申请人 Applicant || label=申请人"]
        {
            assert_eq!(of(label, text).as_deref(), Ok("甲"), "{label} of {text}");
        }
    }
    let alone = "<dl><dt>申请人 Email</dt><dd>x</dd><dt>电话</dt><dd>y</dd></dl>";
    assert!(of("label=申请人", alone).is_err());
    let both = "<dl><dt>申请人 Applicant</dt><dd>甲</dd><dt>申请人 Agent</dt><dd>乙</dd></dl>";
    assert!(of("label=申请人", both).unwrap_err().contains("2 different texts"));
}

#[test]
fn a_missing_label_names_the_labels_that_are_there_and_no_values() {
    let text = "<dl><dt>联系电话</dt><dd>13900000000</dd><dt>申请人</dt><dd>张三</dd></dl>
        <table><tr><td>李四</td><td>王五</td><td>A</td><td>B</td></tr></table>";
    let message = of("label=联系人电话", text).unwrap_err();
    assert!(message.contains("there are 申请人, 联系电话; did you mean 联系电话?"), "{message}");
    assert!(!message.contains("李四") && !message.contains("139"), "{message}");
}

#[test]
fn a_label_can_be_narrowed_by_css_attribute_and_pattern() {
    let text = "<dl><dt>附件</dt><dd><a href='f/1.pdf'>材料 12 页</a> <i>旧</i></dd></dl>";
    assert_eq!(of("label='附件' a @href", text).as_deref(), Ok("f/1.pdf"));
    assert_eq!(of("label=附件 /(\\d+) 页/", text).as_deref(), Ok("12"));
    assert!(of("label=附件 /(\\d+) 张/", text).unwrap_err().contains("does not fit the pattern"));
    assert!(of("label='附件' b", text).unwrap_err().contains("fits the CSS b"));
}

#[test]
fn a_value_that_reads_like_a_label_does_not_pass_for_one() {
    let text = "<table><tr><th>类型</th><td>申请人</td><th>名称</th><td>甲</td></tr><tr><th>申请人</th><td>乙</td></tr></table>";
    assert_eq!(of("label=申请人", text).as_deref(), Ok("乙"));
    let time = "<p>时间：2026-03-01 09:30 网址：http://a/b?c=1</p>";
    assert_eq!(of("label=时间", time).as_deref(), Ok("2026-03-01 09:30"));
    assert_eq!(of("label=Title", "<p>Title: fix foo bar: baz</p>").as_deref(), Ok("fix foo bar: baz"));
    assert_eq!(of("label=网址", time).as_deref(), Ok("http://a/b?c=1"));
}
